"""The cells of an XLS (Excel 5.0 to 2003), read from its records (MS-XLS).

Here: sheets, number formats, shared texts, cells of every kind, and a count of the cells by their records.
Not here: the compound file (workbook_97_stream.py), the text of a number (workbook_formats.py).

A library would be shorter, but calamine gives no number formats and reads errors as empty cells, and xlrd is no longer
maintained. Both read the same files in the tests.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook_97_stream import records, workbook_stream
from suining_data.ingestion.workbook_cells import (
    FORMULA,
    BooleanText,
    Budget,
    Cells,
    DamagedParts,
    Locked,
    Sheet,
    number_cell,
)
from suining_data.ingestion.workbook_formats import BUILT_IN, NumberFormat, number_format
from suining_data.settings import Limits

BEGIN, END, CONTINUE = 0x0809, 0x000A, 0x003C
LOCKED, SHEET, STRINGS, FORMAT, STYLE = 0x002F, 0x0085, 0x00FC, 0x041E, 0x00E0
DATES, CODE_PAGE, MERGED, CALCULATED = 0x0022, 0x0042, 0x00E5, 0x01C1
NUMBER, RK, RK_ROW, FORMULA_CELL, BOOLEAN_OR_ERROR = 0x0203, 0x027E, 0x00BD, 0x0006, 0x0205
LABEL, RICH_LABEL, SHARED_LABEL, RESULT = 0x0204, 0x00D6, 0x00FD, 0x0207
CELL_KINDS = {NUMBER, RK, FORMULA_CELL, BOOLEAN_OR_ERROR, LABEL, RICH_LABEL, SHARED_LABEL}
VERSION_97, VERSION_95 = 0x0600, 0x0500
GLOBALS, WORKSHEET = 0x0005, 0x0010
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}  # fmt: skip
CODE_PAGES = {1200: "utf-16-le", 936: "gbk", 950: "cp950", 10008: "gb2312", 65001: "utf-8"}
NO_NUMBER = b"\xff\xff"  # in a formula: its result is no number
RECALCULATED = 0x0003  # flags of a formula whose result is computed when the file is opened
DAMAGE = (struct.error, LookupError, ValueError, OverflowError)


@dataclass
class _Globals:
    """What the workbook says about all its sheets."""

    version: int = VERSION_97
    encoding: str = "gbk"
    from_1904: bool = False
    is_calculated: bool = False  # by a spreadsheet program; other programs leave results to the one that opens the file
    sheets: list[tuple[int, str, bool]] = field(default_factory=list)  # offset, name, whether it is hidden
    codes: dict[int, str] = field(default_factory=dict)
    styles: list[int] = field(default_factory=list)  # number of the format of each cell style
    texts: list[str] = field(default_factory=list)

    def format(self, style: int) -> NumberFormat:
        number = self.styles[style]
        return number_format(self.codes.get(number, BUILT_IN.get(number, "")))


def open_xls(file: Path, limits: Limits) -> list[Sheet]:
    """The sheets in the order of the workbook. Locked when it has a password, DamagedParts when it cannot be read."""
    stream = workbook_stream(file)
    try:
        found = _globals(stream)
        offsets = [offset for offset, _, _ in found.sheets]
        if len(set(offsets)) < len(offsets):
            raise DamagedParts
        counted = _counted(stream, set(offsets))
    except DAMAGE:
        raise DamagedParts from None
    budget = Budget(limits)

    def reader(offset: int, name: str) -> Callable[[], Cells]:
        return lambda: _read(stream, offset, Cells(name, budget), found, counted[offset])

    return [Sheet(name, is_hidden, reader(offset, name)) for offset, name, is_hidden in found.sheets]


def _globals(stream: bytes) -> _Globals:
    found = _Globals()
    table: list[bytes] = []  # the shared texts and the records that continue them
    previous = None
    for offset, kind, body in records(stream):
        if offset == 0:
            found.version = _version(kind, body)
        elif kind == END:
            break
        elif kind == STRINGS or (kind == CONTINUE and previous == STRINGS):
            table.append(body)
        else:
            _add_global(found, kind, body)
        previous = previous if kind == CONTINUE else kind
    else:
        raise DamagedParts
    if table:
        pieces = _Pieces(table, 8)
        found.texts = [pieces.text(pieces.number(2)) for _ in range(struct.unpack_from("<4xI", table[0])[0])]
    return found


def _version(kind: int, body: bytes) -> int:
    version, content = struct.unpack_from("<HH", body)
    if kind != BEGIN or version not in (VERSION_97, VERSION_95) or content != GLOBALS:
        raise DamagedParts
    return int(version)


def _add_global(found: _Globals, kind: int, body: bytes) -> None:
    if kind == LOCKED and any(body[:2]):
        raise Locked
    if kind == CODE_PAGE:
        page = struct.unpack_from("<H", body)[0]
        found.encoding = CODE_PAGES.get(page, f"cp{page}")
    elif kind == DATES:
        found.from_1904 = struct.unpack_from("<H", body)[0] == 1
    elif kind == CALCULATED:
        found.is_calculated = True
    elif kind == SHEET:
        _add_sheet(found, body)
    elif kind == FORMAT:
        number = struct.unpack_from("<H", body)[0]
        found.codes[number] = _text(found, [body[2:]], width=2 if found.version == VERSION_97 else 1)
    elif kind == STYLE:
        found.styles.append(struct.unpack_from("<H", body, 2)[0])


def _add_sheet(found: _Globals, body: bytes) -> None:
    offset, visibility, kind = struct.unpack_from("<IBB", body)
    if kind == 0:  # a worksheet, not a chart or a macro
        found.sheets.append((offset, _text(found, [body[6:]], width=1), bool(visibility & 3)))


def _counted(stream: bytes, listed: set[int]) -> dict[int, int]:
    """The number of cells of each listed sheet, by their records. DamagedParts when a sheet does not begin where it should;
    Refused when one with cells is not listed, because its rows would be lost."""
    begins: dict[int, int] = {}
    open_now: list[int | None] = []  # where the sheets and charts begin that have not ended; None for a chart
    for offset, kind, body in records(stream):
        if kind == BEGIN:
            is_sheet = struct.unpack_from("<H", body, 2)[0] == WORKSHEET
            open_now.append(offset if is_sheet else None)
            if is_sheet:
                begins[offset] = 0
        elif kind == END and open_now:
            open_now.pop()
        elif open_now and open_now[-1] is not None:
            cells = (len(body) - 6) // 6 if kind == RK_ROW else int(kind in CELL_KINDS)
            begins[open_now[-1]] += cells
    if not listed.issubset(begins):
        raise DamagedParts
    unlisted = [cells for offset, cells in begins.items() if offset not in listed and cells]
    if unlisted:
        raise Refused(
            f"全文件: 除目录中的 {len(listed)} 张工作表外，还有 {len(unlisted)} 张不在目录中，有 {sum(unlisted):,} 个单元格。"
            "请交付方用表格软件打开、核对并另存后重新交付。",
            f"whole file: beside the {len(listed)} sheets in its index the file has {len(unlisted)} more, with "
            f"{sum(unlisted):,} cells. Ask the department to open, check and save it anew.",
        )
    return begins


def _read(stream: bytes, offset: int, cells: Cells, found: _Globals, in_file: int) -> Cells:
    try:
        rows: dict[int, dict[int, str]] = {}
        seen = 0
        for row, column, text in _cells(stream, offset, found, cells):
            seen += 1
            if text:
                at = rows.setdefault(row, {})
                cells.overwritten += column in at
                at[column] = text
        for number in sorted(rows):
            at = rows[number]
            row_texts = [at.get(column, "") for column in range(max(at) + 1)]
            cells.add_row(number, row_texts, sum(map(len, at.values())))
        cells.refuse_unless_whole(in_file, seen)
        return cells
    except DAMAGE:
        raise DamagedParts from None


def _cells(stream: bytes, offset: int, found: _Globals, cells: Cells) -> Iterator[tuple[int, int, str]]:
    """Row and column from 0, and text of every cell with content. The sheet must have an end."""
    depth = 0
    awaiting: tuple[int, int] | None = None  # the formula whose text comes in a later record
    result: list[bytes] = []
    values = _Values(found)
    for _, kind, body in records(stream, offset):
        if kind == CONTINUE and result:
            result.append(body)
            continue
        if awaiting and (result or kind in (FORMULA_CELL, END)):
            yield *awaiting, _text(found, result, width=2) if result else FORMULA
            awaiting = None
        result = [body] if kind == RESULT else []
        depth += (kind == BEGIN) - (kind == END)
        if depth == 0:
            return
        if depth > 1:
            continue  # a chart in the sheet has cells of its own
        if kind == FORMULA_CELL and body[6] == 0 and body[12:14] == NO_NUMBER:
            awaiting = struct.unpack_from("<HH", body)
        elif kind in CELL_KINDS:
            row, column, style = struct.unpack_from("<HHH", body)
            yield row, column, values.text(kind, style, body[6:])
        elif kind == RK_ROW:
            row, column = struct.unpack_from("<HH", body)
            for place in range((len(body) - 6) // 6):
                style = struct.unpack_from("<H", body, 4 + place * 6)[0]
                yield row, column + place, values.text(RK, style, body[6 + place * 6 :])
        elif kind == MERGED:
            for place in range(struct.unpack_from("<H", body)[0]):
                first_row, last_row, first, last = struct.unpack_from("<4H", body, 2 + place * 8)
                cells.add_merged(((first_row, first), (last_row, last)))
    raise DamagedParts


class _Values:
    """The texts of the cells of a workbook."""

    def __init__(self, found: _Globals) -> None:
        self.found = found
        self.formats = [found.format(style) for style in range(len(found.styles))]

    def text(self, kind: int, style: int, stored: bytes) -> str:
        """The text of a cell from its record, behind its place and its style."""
        if kind == SHARED_LABEL:
            return self.found.texts[struct.unpack_from("<I", stored)[0]]
        if kind in (NUMBER, RK):
            return self._number(_rk(stored) if kind == RK else struct.unpack_from("<d", stored)[0], style)
        if kind == BOOLEAN_OR_ERROR:
            return _boolean_or_error(stored[0], is_error=bool(stored[1]))
        return self._result(style, stored) if kind == FORMULA_CELL else _text(self.found, [stored], width=2)

    def _result(self, style: int, stored: bytes) -> str:
        """The result of a formula that is no text. An empty text is a result, unless it is still to be computed."""
        if stored[6:8] != NO_NUMBER:
            return self._number(struct.unpack_from("<d", stored)[0], style)
        if stored[0] in (1, 2):
            return _boolean_or_error(stored[2], is_error=stored[0] == 2)
        is_computed = self.found.is_calculated and not struct.unpack_from("<H", stored, 8)[0] & RECALCULATED
        return "" if is_computed else FORMULA

    def _number(self, value: float, style: int) -> str:
        return number_cell(repr(value), self.formats[style], from_1904=self.found.from_1904)


def _rk(body: bytes) -> float:
    """A number in four bytes: a whole number or the upper half of a double, perhaps a hundredth of it."""
    packed = struct.unpack_from("<i", body)[0]
    value = packed >> 2 if packed & 2 else struct.unpack("<d", bytes(4) + struct.pack("<i", packed & ~3))[0]
    return float(value / 100 if packed & 1 else value)


def _boolean_or_error(value: int, *, is_error: bool) -> str:
    if is_error:
        return ERRORS.get(value, f"#ERROR! {value}")
    return BooleanText("TRUE" if value else "FALSE")


def _text(found: _Globals, bodies: list[bytes], width: int) -> str:
    """A text with its length before it, in `width` bytes."""
    if found.version == VERSION_97:
        pieces = _Pieces(bodies, 0)
        return pieces.text(pieces.number(width))
    length = int.from_bytes(bodies[0][:width], "little")
    whole = b"".join(bodies)[width : width + length]
    if len(whole) < length:
        raise DamagedParts
    return whole.decode(found.encoding)


class _Pieces:
    """Texts that lie in a record and in those that continue it. A text that is continued says anew whether its
    characters have one byte or two."""

    def __init__(self, bodies: list[bytes], start: int) -> None:
        self.bodies, self.at, self.place = bodies, 0, start

    def _take(self, length: int) -> bytes:
        taken = b""
        while len(taken) < length:
            if self.place >= len(self.bodies[self.at]):
                self._next()
            part = self.bodies[self.at][self.place : self.place + length - len(taken)]
            taken += part
            self.place += len(part)
        return taken

    def _next(self) -> None:
        self.at, self.place = self.at + 1, 0
        if self.at >= len(self.bodies):
            raise DamagedParts

    def number(self, width: int) -> int:
        return int.from_bytes(self._take(width), "little")

    def text(self, length: int) -> str:
        flags = self.number(1)
        runs = self.number(2) if flags & 8 else 0
        phonetic = self.number(4) if flags & 4 else 0
        shown: list[str] = []
        while length:
            if self.place >= len(self.bodies[self.at]):
                self._next()
                flags = self.number(1)
            size = 2 if flags & 1 else 1
            part = self.bodies[self.at][self.place : self.place + length * size]
            part = part[: len(part) // size * size]
            if not part:
                raise DamagedParts
            shown.append(part.decode("utf-16-le" if size == 2 else "latin-1", "surrogatepass"))
            self.place += len(part)
            length -= len(part) // size
        self._take(runs * 4)
        self._take(phonetic)
        return "".join(shown).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
