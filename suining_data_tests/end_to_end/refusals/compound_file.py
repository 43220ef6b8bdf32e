"""A workbook with a password, as small as it gets: a compound file (MS-CFB) with the stream EncryptedPackage."""

import struct

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def encrypted_workbook() -> bytes:
    """Header, one sector of the allocation table, one of the directory; what the stream holds does not matter."""
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        0x3E, 3, 0xFFFE, 9, 6,
        0, 1, 1, 0, 4096, END, 0, END, 0,
    )  # fmt: skip
    header += struct.pack("<109I", 0, *[FREE] * 108)
    table = struct.pack("<128I", FAT, END, *[FREE] * 126)
    directory = (
        _entry("Root Entry", kind=5, child=1) + _entry("EncryptedPackage", kind=2) + _entry("", 0) + _entry("", 0)
    )
    return header + table + directory


def _entry(name: str, kind: int, child: int = FREE) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack(
        "<64sHBBIII16xI8x8xIQ", text, length, kind, 1, FREE, FREE, child, 0, END if kind else 0, 0
    )  # fmt: skip
