"""A DBF byte by byte, with every field of the header as the test wants it.

Here: header and records. Not here: what the reader makes of it (test_dbase.py).
"""

import struct
from collections.abc import Sequence

Column = tuple[bytes, bytes, int]  # name, type, width


def dbf_bytes(
    columns: Sequence[Column],
    records: Sequence[Sequence[bytes]],
    *,
    announced: int | None = None,
    driver: int = 0,
    flags: bytes = b"",
    end: bytes = b"\x1a",
) -> bytes:
    """`announced` is the number of records in the header, `flags` the first bytes of the records, `end` what is behind."""
    length = 1 + sum(width for _, _, width in columns)
    count = len(records) if announced is None else announced
    head = struct.pack("<4BIHH17xBxx", 3, 119, 8, 31, count, 32 * len(columns) + 33, length, driver)
    fields = b"".join(struct.pack("<11sc4xBB14x", name, kind, width, 0) for name, kind, width in columns)
    flags = flags or b" " * len(records)
    body = b"".join(
        bytes([flag])
        + b"".join(value.ljust(width)[:width] for value, (_, _, width) in zip(record, columns, strict=True))
        for flag, record in zip(flags, records, strict=True)
    )
    return head + fields + b"\r" + body + end
