"""The stream of an XLS workbook (97-2003) before a library opens it: extracted, checked, written to a new compound file.

Here: the compound file (MS-CFB) and the number of cells (MS-XLS). Calamine follows a circular chain of sectors without
end, and allocates the memory that a damaged number claims; both end the process.
Not here: cell values (workbook.py).
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from python_calamine import PasswordError
from xlwt.CompoundDoc import XlsDoc

from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook_parts import DamagedParts

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = struct.Struct("<30xHH14xI4xII4xI4x109I")  # of the file: sizes of sectors, first sectors of its tables
ENTRY = struct.Struct("<64sHB49xII4x")  # of the directory: name, length of the name in bytes, kind, first sector, size
END_OF_CHAIN = 0xFFFFFFFE
NO_SECTOR = 0xFFFFFFFF
STREAM, ROOT = 2, 5
ROOT_NAME = ""
WORKBOOKS = ("Workbook", "Book")

BEGIN, END, CONTINUE = (0x0009, 0x0209, 0x0409, 0x0809), 0x000A, 0x003C
ENCRYPTED, SHEET, STRINGS, EXTENT = 0x002F, 0x0085, 0x00FC, 0x0200
CELLS = (0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00FD)  # the records that calamine reads as cells
CELLS_OF_A_ROW = 0x00BD
IGNORED = 0xFFFF
MOST_CELLS = 10_000_000  # of all sheets; the longest sheet, 65,536 rows, may have 150 columns
LEAST_TEXT_BYTES = 3  # of a shared text


def sound_copy(file: Path) -> bytes:
    """A compound file that holds the workbook of `file` and nothing else.

    Refused when its sheets have too many cells, PasswordError when it is encrypted, DamagedParts when `file` is damaged or
    is not a workbook.
    """
    try:
        stream = bytearray(_workbook(file.read_bytes()))
        _refuse_if_damaged(stream)
        _refuse_if_too_many_cells(stream)
    except (struct.error, IndexError, ValueError):
        raise DamagedParts from None
    out = io.BytesIO()
    XlsDoc().save(out, bytes(stream))
    return out.getvalue()


@dataclass(frozen=True)
class _Sectors:
    """Pieces of the same size; `following` has for each sector the next sector of its chain."""

    data: bytes
    size: int
    following: tuple[int, ...]

    def chain(self, start: int) -> bytes:
        pieces: list[bytes] = []
        while start != END_OF_CHAIN:
            pieces.append(self.data[start * self.size : (start + 1) * self.size])
            start = self.following[start]
            if len(pieces) > len(self.following):
                raise DamagedParts
        return b"".join(pieces)


def _workbook(data: bytes) -> bytes:
    if not data.startswith(SIGNATURE):
        raise DamagedParts
    size_bits, small_bits, directory, smallest, small_table, more, *tables = HEADER.unpack_from(data)
    if size_bits not in (9, 12) or small_bits != 6:
        raise DamagedParts
    size = 1 << size_bits
    body = data[size:]
    sectors = _Sectors(body, size, _numbers(b"".join(_tables(body, size, tables, more))))
    entries = _entries(sectors.chain(directory))
    if "EncryptedPackage" in entries:
        raise PasswordError
    name = next((name for name in WORKBOOKS if name in entries), "")
    if not name or ROOT_NAME not in entries:
        raise DamagedParts
    start, stream_size = entries[name]
    if stream_size < smallest:
        small = sectors.chain(entries[ROOT_NAME][0])
        stream = _Sectors(small, 1 << small_bits, _numbers(sectors.chain(small_table))).chain(start)
    else:
        stream = sectors.chain(start)
    if len(stream) < stream_size:
        raise DamagedParts
    return stream[:stream_size]


def _entries(directory: bytes) -> dict[str, tuple[int, int]]:
    """First sector and size of each stream by its name. Small streams are stored inside the stream of the root."""
    entries: dict[str, tuple[int, int]] = {}
    for offset in range(0, len(directory) - ENTRY.size + 1, ENTRY.size):
        name, length, kind, start, size = ENTRY.unpack_from(directory, offset)
        if kind in (STREAM, ROOT):
            text = name[: max(0, length - 2)].decode("utf-16-le", "replace")
            entries.setdefault(ROOT_NAME if kind == ROOT else text, (start, size))
    return entries


def _tables(body: bytes, size: int, first: list[int], more: int) -> Iterator[bytes]:
    """The sectors that hold the chains: the header lists 109 of them, further sectors list the others."""
    named, seen = first, 0
    while True:
        for sector in named:
            if sector != NO_SECTOR:
                yield body[sector * size : (sector + 1) * size]
        if more in (END_OF_CHAIN, NO_SECTOR):
            return
        seen += 1
        if seen * size > len(body):
            raise DamagedParts
        *named, more = _numbers(body[more * size : (more + 1) * size])


def _numbers(table: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])


def _records(stream: bytearray) -> Iterator[tuple[int, int, int, int]]:
    """Offset, kind, start and end of the body of every complete record."""
    offset = 0
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        end = offset + 4 + length
        if end > len(stream):
            return
        yield offset, kind, offset + 4, end
        offset = end


def _refuse_if_damaged(stream: bytearray) -> None:
    """DamagedParts when a sheet starts where no sheet begins, or when it claims more texts than there can be.

    Records that only claim memory are overwritten in `stream`.
    """
    begins: set[int] = set()
    sheets: list[int] = []
    texts = text_bytes = previous = 0
    for offset, kind, start, end in _records(stream):
        if kind == ENCRYPTED and any(stream[start : start + 2]):
            raise PasswordError
        if kind in BEGIN:
            begins.add(offset)
        elif kind == SHEET:
            sheets += struct.unpack_from("<I", stream, start)
        elif kind == EXTENT:
            struct.pack_into("<H", stream, offset, IGNORED)
        elif kind == STRINGS:
            texts += struct.unpack_from("<4xI", stream, start)[0]
        if STRINGS in (kind, previous) and kind in (STRINGS, CONTINUE):
            text_bytes += end - start
        previous = previous if kind == CONTINUE else kind
    if texts * LEAST_TEXT_BYTES > text_bytes or not begins.issuperset(sheets) or len(set(sheets)) < len(sheets):
        raise DamagedParts


def _refuse_if_too_many_cells(stream: bytearray) -> None:
    """Calamine keeps all sheets in memory, each from A1 to its last row and column, so all their cells count."""
    rows = columns = cells = 0
    for _, kind, start, end in _records(stream):
        if kind in CELLS:
            row, column = struct.unpack_from("<HH", stream, start)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == CELLS_OF_A_ROW:
            row, column = struct.unpack_from("<HH", stream, start)
            rows, columns = max(rows, row + 1), max(columns, column + (end - start - 6) // 6)
        elif kind == END:
            cells += rows * columns
            rows = columns = 0
    if cells + rows * columns > MOST_CELLS:
        raise Refused(
            f"全文件: 工作表延伸得太远，超过 {MOST_CELLS:,} 格。请交付方删去表格之外的单元格后重新导出。",
            f"whole file: the sheets reach too far, over more than {MOST_CELLS:,} cells. Ask the department for an export "
            "without the cells outside the table.",
        )
