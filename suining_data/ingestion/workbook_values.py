"""The text of a cell of an XLSX: type, style and stored value as they are in the file.

Here: shared texts, booleans, errors, ISO dates, formulas without a result.
Not here: the text of a number (workbook_cells.py, workbook_formats.py), the XML (workbook_sheet.py, workbook_rows.py).
"""

import re

from suining_data.ingestion.workbook_cells import FORMULA, BooleanText, DamagedParts, DateText, number_cell
from suining_data.ingestion.workbook_formats import NumberFormat
from suining_data.ingestion.workbook_parts import Outline

ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
ISO_MIDNIGHT = re.compile(r"T00:00(?::00(?:\.0+)?)?Z?$")
SHOWN_CHARACTERS = 100  # of a value that is no number
REMEMBERED = 100_000  # texts of numbers


class Values:
    """The texts of the cells of a workbook."""

    def __init__(self, outline: Outline, texts: list[str]) -> None:
        self.outline, self.texts = outline, texts
        self.plain_styles = set[str]()  # in which a whole number is its own text
        if not outline.from_1904:
            self.plain_styles = {str(n) for n, each in enumerate(outline.formats) if each is None}
            if self._format("") is None:
                self.plain_styles.add("")
        self._remembered: dict[tuple[str, str], str] = {}

    def text(self, kind: str, style: str, stored: str) -> str:
        """The text of a cell without a formula."""
        if not kind or kind == "n":
            if stored.isdecimal() and style in self.plain_styles and _is_whole(stored):
                return stored
            return self._number(style, stored)
        if kind == "s":
            return self._shared(stored)
        if kind in ("str", "inlineStr"):
            return unescaped(stored)
        return self._other(kind, stored.strip())

    def result(self, kind: str, style: str, stored: str | None) -> str:
        """The text of a cell with a formula; `stored` is None when there is no value."""
        if stored is None or (kind != "str" and not stored.strip()):
            return FORMULA  # an empty text is a result, no value is none
        if self.outline.recalculates and kind in ("", "n") and stored.strip() == "0":
            return FORMULA
        return self.text(kind, style, stored)

    def _shared(self, number: str) -> str:
        if "-" in number:
            raise DamagedParts  # Python would count from the end
        return self.texts[int(number)] if number.strip() else ""

    def _other(self, kind: str, stored: str) -> str:
        if kind == "e":
            return stored if stored.startswith("#") else f"#ERROR! {stored[:SHOWN_CHARACTERS]}".strip()
        if not stored:
            return ""
        if kind == "b":
            return BooleanText("TRUE" if stored in ("1", "true") else "FALSE")
        if kind == "d":
            return DateText(ISO_MIDNIGHT.sub("", stored).replace("T", " "))
        return f"#ERROR! {stored[:SHOWN_CHARACTERS]}"

    def _number(self, style: str, stored: str) -> str:
        known = self._remembered.get((style, stored))
        if known is not None:
            return known
        number = stored.strip()
        text = (
            number_cell(number[:SHOWN_CHARACTERS], self._format(style), from_1904=self.outline.from_1904)
            if number
            else ""
        )
        if len(self._remembered) < REMEMBERED:
            self._remembered[style, stored] = text
        return text

    def _format(self, style: str) -> NumberFormat | None:
        formats = self.outline.formats
        if not formats:
            return None  # a workbook without styles
        if "-" in style:
            raise DamagedParts
        return formats[int(style)] if style else formats[0]


def unescaped(text: str) -> str:
    """_x000D_ is how the format writes a character that XML cannot hold."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _is_whole(digits: str) -> bool:
    return len(digits) < 16 and digits.isascii() and (digits[0] != "0" or digits == "0")
