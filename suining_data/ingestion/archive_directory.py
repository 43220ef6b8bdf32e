"""The directory of a ZIP: the names of its members, and whether it lists all that the archive holds.

Here: names in several encodings, members that overlap or that the directory leaves out.
Not here: which member is read and how much is unpacked (archive.py).

The names of members without the UTF-8 flag are in the code page of the writer: GB18030 on Chinese Windows, UTF-8 on macOS.
"""

import struct
import zlib
from dataclasses import dataclass
from itertools import chain
from pathlib import PurePosixPath
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile, ZipInfo

from suining_data.ingestion.encodings import looks_like_utf_8
from suining_data.ingestion.reading import Refused

UTF_8_FLAG = 0x800
UNICODE_PATH = 0x7075  # an extra field: the name in UTF-8, and the checksum of the name that it stands for
LOCAL_HEADER = struct.Struct("<4s22xHH")  # signature, lengths of name and extra field
SIGNATURE = b"PK\x03\x04"
DESCRIPTORS = (0, 12, 16, 20, 24)  # lengths of what may be behind a member
LONGEST_SHOWN = 200
SYSTEM_FOLDER = "__MACOSX"  # shadow files that macOS adds beside every member
SYSTEM_FILES = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True)
class Member:
    info: ZipInfo
    name: str

    @property
    def path(self) -> PurePosixPath:
        return PurePosixPath(self.name.replace("\\", "/"))

    @property
    def shown(self) -> str:
        """The name in messages; it can have 65,535 characters."""
        return self.name if len(self.name) <= LONGEST_SHOWN else f"{self.name[:LONGEST_SHOWN]}…"

    @property
    def stem(self) -> str:
        return str(self.path).lower().removesuffix(self.path.suffix.lower())

    @property
    def is_file(self) -> bool:
        """False for folders and for what operating systems add."""
        path = self.path
        is_of_system = (
            path.parts[:1] == (SYSTEM_FOLDER,) or path.name.startswith(".") or path.name.lower() in SYSTEM_FILES
        )
        return not self.name.endswith(("/", "\\")) and not is_of_system


def members_of(archive: ZipFile) -> list[Member]:
    """All members, opened with the names as cp437, that is byte by byte."""
    return [Member(info, _name(info)) for info in archive.infolist()]


def _name(info: ZipInfo) -> str:
    if info.flag_bits & UTF_8_FLAG:
        return info.orig_filename.partition("\0")[0]
    raw = info.orig_filename.encode("cp437")
    return (_unicode_name(info.extra, raw) or _decoded(raw)).partition("\0")[0]


def _decoded(raw: bytes) -> str:
    encoding = "utf-8" if looks_like_utf_8(raw, "gb18030") else "gb18030"
    return raw.decode(encoding, "backslashreplace")


def _unicode_name(extra: bytes, raw: bytes) -> str | None:
    """The name in the extra field, unless somebody renamed the member without it."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, place)
        content = extra[place + 4 : place + 4 + length]
        if kind == UNICODE_PATH and content[1:5] == struct.pack("<I", zlib.crc32(raw)):
            return content[5:].decode("utf-8")
        place += 4 + length
    return None


def refuse_if_not_all_listed(stream: BinaryIO, archive: ZipFile) -> None:
    """Refused when members overlap, or when a member lies between those of the directory."""
    spans = sorted(_span(stream, info) for info in archive.infolist())
    place = 0
    for start, end in chain(spans, [(archive.start_dir, archive.start_dir)]):
        if start < place:
            raise Refused(
                "压缩包: 成员互相重叠，可能是压缩炸弹。请向交付方核实，并重新压缩。",
                "archive: members overlap, so it may be a zip bomb. Ask the department for a new archive.",
            )
        stream.seek(place)
        between = stream.read(min(start - place, DESCRIPTORS[-1] + len(SIGNATURE)))
        if any(between.startswith(SIGNATURE, length) for length in DESCRIPTORS):
            raise Refused(
                f"压缩包: 第 {place} 字节起的文件没有列入目录，可能是几个压缩包拼接而成。请交付方重新压缩。",
                f"archive: the directory does not list the file at byte {place}; several archives may have been joined. Ask "
                "the department for a new archive.",
            )
        place = end


def _span(stream: BinaryIO, info: ZipInfo) -> tuple[int, int]:
    """Where a member begins and where its content ends."""
    stream.seek(max(0, info.header_offset))
    header = stream.read(LOCAL_HEADER.size)
    if info.header_offset < 0 or len(header) < LOCAL_HEADER.size or not header.startswith(SIGNATURE):
        raise BadZipFile("no member where the directory says")
    _, name, extra = LOCAL_HEADER.unpack(header)
    return info.header_offset, info.header_offset + LOCAL_HEADER.size + name + extra + info.compress_size
