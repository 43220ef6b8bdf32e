"""docs/refusals.md as data: what it says happens to a delivery, and which test shows it."""

import re
from dataclasses import dataclass

from suining_data.settings import PROJECT

DOCUMENT = PROJECT / "docs" / "refusals.md"
TESTS = PROJECT / "suining_data_tests"


@dataclass(frozen=True)
class Entry:
    """A row of the table: `zh` and `en` are what every message of the kind contains; empty when nothing is said."""

    delivery: str
    outcome: str
    zh: str
    en: str
    test: str  # file below suining_data_tests/ :: function


def entries() -> list[Entry]:
    """The rows of the table, in order."""
    lines = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    rows = [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines]
    return [Entry(*row) for row in rows if "::" in row[-1]]


def entry_of(test: str) -> Entry:
    """The row that names the test function; AssertionError when there is none or more than one."""
    [entry] = [each for each in entries() if each.test.split("::")[1] == test]
    return entry
