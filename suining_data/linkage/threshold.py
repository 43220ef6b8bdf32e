"""The threshold of a match, as threshold.yaml declares it.

Here: reading it, and its weight. Not here: what becomes of a pair above or below it (clustering.py).
"""

from math import log2
from pathlib import Path

import yaml

FILE = Path(__file__).parent / "threshold.yaml"
KEY = "match_probability"


def declared_probability() -> float:
    """The probability from which a pair of records is a match."""
    return float(yaml.safe_load(FILE.read_text(encoding="utf-8"))[KEY])


def weight_of(probability: float) -> float:
    """The weight of a probability: log2 of its odds. Rounded, so that 1024/1025 is 10 and not the number before it.

    Raises ValueError for a probability that is not between 0 and 1.
    """
    if not 0 < probability < 1:
        raise ValueError(f"{probability:g}: 概率须在 0 与 1 之间 (a probability is between 0 and 1, both excluded)")
    return round(log2(probability / (1 - probability)), 9)


ACCEPT = weight_of(declared_probability())  # weight (log2 of the odds) from which a pair is a match
