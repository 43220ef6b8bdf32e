"""The cells of one sheet of an XLSX, read from its XML.

Here: rows and cells in any form that XML allows, merged ranges, a count of the cells by their tags in the bytes.
Not here: the usual form of a row, which is read faster (workbook_rows.py), the text of a cell (workbook_values.py).
"""

import re
from collections.abc import Callable, Iterator

from suining_data.ingestion.workbook_cells import LAST_COLUMN, LAST_ROW, Cells, DamagedParts, Range
from suining_data.ingestion.workbook_parts import NAMES, Attributes, xml_parser
from suining_data.ingestion.workbook_rows import UsualRows
from suining_data.ingestion.workbook_values import Values

NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
    "http://purl.oclc.org/ooxml/spreadsheetml/main",
)
LONG_TEXT = 1 << 20  # characters; a spreadsheet program allows 32,767
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
CELL_TAG = re.compile(rb"<c[\s/>]")
PREFIXED_CELL_TAG = re.compile(rb"<[A-Za-z_][\w.-]*:c[\s/>]")


class SheetReader:
    """Reads a sheet in one pass."""

    def __init__(self, cells: Cells, values: Values) -> None:
        self.cells, self.values = cells, values
        self.usual = UsualRows(cells, values)
        self.parser = xml_parser()
        self.parser.StartElementHandler = self._root
        self.started: dict[str, Callable[[Attributes], None]] = {}
        self.ended: dict[str, Callable[[], None]] = {}
        self.row: dict[int, str] = {}  # column -> text
        self.column = -1
        self.seen = 0
        self.kind = self.style = ""
        self.stored: list[str] | None = None  # the pieces of the value; None without a value
        self.length = 0  # of the pieces
        self.has_formula = self.is_text = self.is_phonetic = False

    def read(self, blocks: Iterator[bytes]) -> Cells:
        in_file, rest = 0, b""
        for block in blocks:
            for unusual in self.usual.without(block):
                self.parser.Parse(unusual, False)
            text = rest + block
            cut = max(text.rfind(b"<"), 0)
            in_file += _tags(text[:cut])
            rest = text[cut:]
        for unusual in self.usual.remainder():
            self.parser.Parse(unusual, False)
        self.parser.Parse(b"", True)
        self.cells.refuse_unless_whole(in_file + _tags(rest), self.seen + self.usual.seen)
        return self.cells

    def _root(self, tag: str, attributes: Attributes) -> None:
        namespace, _, name = tag.rpartition(NAMES)
        if namespace not in NAMESPACES or name != "worksheet":
            raise DamagedParts
        prefix = namespace + NAMES
        self.started = {
            prefix + "row": self._start_row,
            prefix + "c": self._start_cell,
            prefix + "v": self._start_text,
            prefix + "t": self._start_text,
            prefix + "f": self._start_formula,
            prefix + "rPh": self._start_phonetic,
            prefix + "mergeCell": self._start_merged,
        }
        self.ended = {
            prefix + "row": self._end_row,
            prefix + "c": self._end_cell,
            prefix + "v": self._end_text,
            prefix + "t": self._end_text,
            prefix + "rPh": self._end_phonetic,
        }
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters

    def _start(self, tag: str, attributes: Attributes) -> None:
        if handle := self.started.get(tag):
            handle(attributes)

    def _end(self, tag: str) -> None:
        if handle := self.ended.get(tag):
            handle()

    def _characters(self, text: str) -> None:
        if self.is_text and self.stored is not None:
            self.stored.append(text)
            self.length += len(text)
            if self.length > LONG_TEXT:  # so long that it is counted before it has ended
                self.cells.budget.spend(self.cells.sheet, 0, self.length)
                self.length = 0

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes["r"]) if "r" in attributes else self.usual.row + 1
        if not 1 <= number <= LAST_ROW:
            raise DamagedParts
        self.usual.row, self.row, self.column = number, {}, -1

    def _start_cell(self, attributes: Attributes) -> None:
        self.kind, self.style = attributes.get("t", ""), attributes.get("s", "")
        self.stored, self.has_formula, self.length = None, False, 0
        self.column += 1
        if "r" in attributes:
            row, self.column = _place(attributes["r"])
            if row != self.usual.row - 1:
                self.cells.refuse_if_too_far(row + 1, self.column + 1)
                raise DamagedParts  # the cell names another row than the one it is in

    def _start_text(self, _: Attributes) -> None:
        if not self.is_phonetic:
            self.is_text, self.stored = True, self.stored or []

    def _end_text(self) -> None:
        self.is_text = False

    def _start_formula(self, _: Attributes) -> None:
        self.has_formula = True

    def _start_phonetic(self, _: Attributes) -> None:
        self.is_phonetic = True

    def _end_phonetic(self) -> None:
        self.is_phonetic = False

    def _start_merged(self, attributes: Attributes) -> None:
        self.cells.add_merged(_range(attributes["ref"]))

    def _end_cell(self) -> None:
        self.seen += 1
        stored = None if self.stored is None else "".join(self.stored)
        if self.has_formula:
            text = self.values.result(self.kind, self.style, stored)
        elif stored is None and self.kind != "e":
            return
        else:
            text = self.values.text(self.kind, self.style, stored or "")
        if text:
            self.cells.overwritten += self.column in self.row
            self.row[self.column] = text

    def _end_row(self) -> None:
        if self.row:
            texts = [self.row.get(column, "") for column in range(max(self.row) + 1)]
            self.cells.add_row(self.usual.row - 1, texts, sum(map(len, self.row.values())))
        self.row = {}


def _tags(text: bytes) -> int:
    return len(CELL_TAG.findall(text)) + (len(PREFIXED_CELL_TAG.findall(text)) if b":c" in text else 0)


def _place(reference: str) -> tuple[int, int]:
    """Row and column from 0; DamagedParts outside the sheet."""
    found = REFERENCE.fullmatch(reference.replace("$", "").upper())
    if not found:
        raise DamagedParts
    row, column = int(found[2]), column_number(found[1])
    if not (1 <= row <= LAST_ROW and column <= LAST_COLUMN):
        raise DamagedParts
    return row - 1, column - 1


def column_number(letters: str) -> int:
    """A -> 1, XFD -> 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _range(reference: str) -> Range:
    first, _, last = reference.partition(":")
    return _place(first), _place(last or first)
