"""Rows of an XLSX in the form in which every spreadsheet program writes them, read without an XML parser.

Here: the usual form: `<row r="7" ...><c r="A7" s="1" t="s"><v>3</v></c>...</row>`, no formula, no entity, no comment.
Not here: every other form; what is left here goes to the XML parser (workbook_sheet.py).

An XML parser calls Python five times for each cell, which doubles the time of a large register. A row is taken out of the
XML only when it is in the usual form from its first to its last character; the parser reads the rest, which stays
well-formed. From the first comment, CDATA section or processing instruction on, everything goes to the parser.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from suining_data.ingestion.workbook_cells import LAST_ROW, Cells
from suining_data.ingestion.workbook_values import Values

TEXT = r"([^<&\r\x00-\x08\x0B\x0C\x0E-\x1F]*)"
CELL = re.compile(
    r'<c r="([A-Z]{1,2})([1-9][0-9]*)"(?: s="([0-9]+)")?(?: t="(s|str|b|n|inlineStr)")?'
    rf'(?:/>|>(?:<v>{TEXT}</v>|<is><t(?: xml:space="preserve")?>{TEXT}</t></is>)?</c>)'
)
GROUPS = CELL.groups + 1  # of a cell, with the text between two cells
ROW = re.compile(r'<row r="([1-9][0-9]{0,6})"(?: [A-Za-z]+="[^"<&]*")*>')  # no prefix, so no namespace of its own
ROOT = re.compile(
    rb"""\s*(?:<\?xml(?:\s+(?:version|standalone)=["'][\w.]*["']|\s+encoding=["']utf-8["'])*\s*\?>\s*)?<worksheet[\s>]""",
    re.IGNORECASE,
)
END_OF_ROW = b"</row>"
LONGEST = 16 << 20  # bytes without the end of a row


class UsualRows:
    """Takes the usual rows out of the XML of a sheet; `row` is the number of the last row, from 1, for rows without one."""

    def __init__(self, cells: Cells, values: Values) -> None:
        self.cells, self.values = cells, values
        self.row = 0
        self.seen = 0
        self._rest = b""
        self._is_usual: bool | None = None
        self._letters: list[str] = []
        self._positions: list[int] | None = []

    def without(self, block: bytes) -> Iterator[bytes]:
        """The XML of the block and of what was kept back of the one before it, without the usual rows."""
        data = self._rest + block
        if self._is_usual is None:
            self._is_usual = ROOT.match(data) is not None
            start = data.find(b">") + 1  # the XML declaration is no processing instruction
        else:
            start = 0
        if b"<!" in data or b"<?" in data[start:]:
            self._is_usual = False
        end = data.rfind(END_OF_ROW) + len(END_OF_ROW) if END_OF_ROW in data else 0
        if not self._is_usual or len(data) - end > LONGEST:
            self._is_usual, self._rest = False, b""
            yield data
            return
        self._rest = data[end:]
        for piece in data[:end].decode().split("</row>")[:-1]:
            place = max(piece.find("<row "), 0)
            if not self._take(piece[place:]):
                yield f"{piece}</row>".encode()
            elif place:
                yield piece[:place].encode()

    def remainder(self) -> Iterator[bytes]:
        yield self._rest

    def _take(self, row: str) -> bool:
        """Puts the cells of a row into the sheet; False, and nothing done, when the row is not in the usual form."""
        head = ROW.match(row)
        if head is None:
            return False
        pieces = CELL.split(row[head.end() :])
        letters, numbers = pieces[1::GROUPS], pieces[2::GROUPS]
        if any(pieces[::GROUPS]) or numbers.count(head[1]) < len(numbers) or int(head[1]) > LAST_ROW:
            return False
        columns = self._columns(letters)
        if columns is None:
            return False
        shared, text = self.values.texts, self.values.text
        values = zip(pieces[3::GROUPS], pieces[4::GROUPS], pieces[5::GROUPS], pieces[6::GROUPS], strict=True)
        found = [
            shared[int(stored)]
            if kind == "s" and stored and stored.isdecimal()  # most cells, so not by a call
            else text(kind or "", style or "", stored or inline or "")
            if stored or inline
            else ""
            for style, kind, stored, inline in values
        ]
        if columns and columns[-1] + 1 > len(columns):
            texts = [""] * (columns[-1] + 1)
            for column, each in zip(columns, found, strict=True):
                texts[column] = each
            found = texts
        while found and not found[-1]:
            found.pop()
        self.row = int(head[1])
        self.seen += len(columns)
        self.cells.add_row(self.row - 1, found, sum(map(len, found)))
        return True

    def _columns(self, letters: list[str]) -> list[int] | None:
        """The positions from 0; None unless each is to the right of the one before it. Mostly they are those of the row
        before."""
        if letters != self._letters:
            columns = [_position(each) for each in letters]
            is_ascending = all(left < right for left, right in pairwise(columns))
            self._letters, self._positions = letters, columns if is_ascending else None
        return self._positions


@cache
def _position(letters: str) -> int:
    """The column from 0."""
    first, second = letters[:-1], letters[-1]
    return (ord(first) - 64 if first else 0) * 26 + ord(second) - 65
