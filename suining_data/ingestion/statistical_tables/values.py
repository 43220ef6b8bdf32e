"""What the cell of a figure says: a number, a mark behind it, a sign in place of it.

Here: numbers, percent signs, brackets, marks and their status. Not here: the notes that explain a mark (context.py).
"""

import re
from dataclasses import dataclass, replace
from functools import cache

from suining_data.catalog.statistical_layouts import words
from suining_data.ingestion.statistical_tables.words import plain
from suining_data.ingestion.workbook_cells import Column, Holds, SpecialText

NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:E[+-]?\d+)?|[+-]?\.\d+"
FIGURE = re.compile(rf"(?P<open>\()?(?P<number>{NUMBER})(?P<unit>%|‰|个?百分点)?(?(open)\))(?P<behind>.*)", re.I)
RATIO = re.compile(r"\d+(?:\.\d+)?(?::\d+(?:\.\d+)?){1,2}")  # 15.5:45.2:39.3
FOOTNOTE = re.compile(r"\(?([①-⑳]|\[?\d\]|注\d?)\)?")
REVISED = ("r", "(r)", "(修订)", "(修订数)")
COLUMN = Column(Holds.NUMBER, is_plain_number=True)


@dataclass(frozen=True)
class Value:
    """The text of the number ('' where a sign stands for it), its unit where the cell says it, its status and footnote."""

    number: str
    status: str = "A"
    unit: str | None = None
    footnote: str | None = None
    is_revised: bool = False


def value_of(text: str) -> Value | None:
    """The figure of a cell; None when its text is neither a number nor a sign for one."""
    given = text.in_column(COLUMN) if isinstance(text, SpecialText) else text
    written, circles = _without_circles(str(given))
    words_ = plain(written)
    if not words_:
        return None
    if not circles and (status := _signs().get(words_)):
        return Value("", status)
    found = None if RATIO.fullmatch(words_) else FIGURE.fullmatch(words_)
    if found is None:
        return Value(words_) if RATIO.fullmatch(words_) else None
    number = found["number"].replace(",", "").lstrip("+")
    if found["open"]:
        number = "-" + number.lstrip("-")
    unit = found["unit"].replace("个", "") if found["unit"] else None
    return _marked(Value(number, unit=unit), found["behind"].lower(), circles)


def _marked(value: Value, behind: str, circles: str) -> Value | None:
    """The figure with the status and footnote of the mark behind it; None when what stands there is no mark."""
    if not behind:
        return replace(value, status="P", footnote=circles) if circles else value
    if status := _behind().get(behind):
        return replace(value, status=status, footnote=circles or behind)
    if behind in REVISED:
        return replace(value, footnote=behind, is_revised=True)
    note = FOOTNOTE.fullmatch(behind)
    return replace(value, status="P", footnote=note[1]) if note else None


def _without_circles(text: str) -> tuple[str, str]:
    """The text and the circled numbers behind it, which would be digits in half-width form."""
    found = re.search(r"[(（]?([①-⑳]+)[)）]?\s*$", text)
    return (text[: found.start()], found[1]) if found else (text, "")


@cache
def _signs() -> dict[str, str]:
    return {plain(sign): status for status, signs in words().marks.items() for sign in signs}


@cache
def _behind() -> dict[str, str]:
    return {plain(sign).lower(): status for status, signs in words().behind.items() for sign in signs}
