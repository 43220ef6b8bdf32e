"""Expressions that derived columns of several resources share, by name.

Here: reading derivations.yaml. Not here: the columns that use an expression (units/*.yaml), whether it is valid there
(checking_rows.py).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

DERIVATIONS = Path(__file__).resolve().parent / "derivations.yaml"


@cache
def shared_derivations() -> Mapping[str, str]:
    """Name -> DuckDB expression over fields of one row, in the order of the file."""
    content: Mapping[str, str] = yaml.safe_load(DERIVATIONS.read_text(encoding="utf-8"))
    return content
