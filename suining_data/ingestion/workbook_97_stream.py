"""The stream of an XLS workbook (97-2003) in its compound file (MS-CFB), and the records of the stream.

Here: sectors and their chains, which a damaged file closes to a circle; the records and where their bodies lie.
Not here: what the records say (workbook_97.py).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from suining_data.ingestion.workbook_cells import DamagedParts, Locked

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HEADER = struct.Struct("<30xHH14xI4xII4xI4x109I")  # of the file: sizes of sectors, first sectors of its tables
ENTRY = struct.Struct("<64sHB49xII4x")  # of the directory: name, length of the name in bytes, kind, first sector, size
END_OF_CHAIN = 0xFFFFFFFE
NO_SECTOR = 0xFFFFFFFF
STREAM, ROOT = 2, 5
ROOT_NAME = ""
WORKBOOKS = ("Workbook", "Book")


def workbook_stream(file: Path) -> bytes:
    """The records of the workbook in a compound file. Locked when it is encrypted, DamagedParts when it is none."""
    try:
        return _workbook(file.read_bytes())
    except (struct.error, IndexError, ValueError):
        raise DamagedParts from None


def records(stream: bytes, offset: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Offset, kind and body of every complete record from an offset on."""
    while offset + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, offset)
        end = offset + 4 + length
        if end > len(stream):
            return
        yield offset, kind, stream[offset + 4 : end]
        offset = end


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
        raise Locked
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
