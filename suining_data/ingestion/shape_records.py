"""The records of a .shp by its .shx, compared with the bytes: every shape must be in the index, once and in order.

Here: whether index and shapes agree, whether the counts within a shape fit its length.
Not here: the coordinates (GDAL reads them for shapefile.py), the attribute table (dbase.py).

An index that points outside the shapes crashes GDAL, and a count that is too small makes it leave out points silently.
"""

import mmap
import struct
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from suining_data.ingestion.reading import NO_SHAPE, Refused

FILE_CODE = b"\x00\x00\x27\x0a"  # 9994
HEADER_LENGTH = 100
INDEX_ENTRY = struct.Struct(">II")  # offset and length of a record in words of two bytes
RECORD_HEADER = struct.Struct(">II")  # number, and length in words of two bytes
SHOWN_BYTES = 100  # of a damaged record

NULL = 0
POINTS = {1: (20,), 11: (28, 36), 21: (20, 28)}  # type of shape -> the lengths that a record may have
MULTIPOINTS = {
    8: (0,),
    18: (1, 2),
    28: (0, 1),
}  # type -> number of further ordinates (heights, measures) for each point
LINES_AND_AREAS = {3: (0,), 5: (0,), 13: (1, 2), 15: (1, 2), 23: (0, 1), 25: (0, 1), 31: (1, 2)}
MULTIPATCH = 31
KINDS = {NULL, *POINTS, *MULTIPOINTS, *LINES_AND_AREAS}


@dataclass(frozen=True)
class ShapeRecords:
    """The checked index without its header, the number of shapes, and by ordinal what GDAL must not read: damaged shapes."""

    header: bytes  # of the .shp
    index: bytes
    count: int
    damaged: dict[int, str]

    def texts(self, shp: Path, ordinals: Iterable[int]) -> dict[int, str]:
        """The texts of records for which GDAL returns null: empty and damaged shapes."""
        found = {}
        with shp.open("rb") as stream:
            for ordinal in ordinals:
                offset, words = INDEX_ENTRY.unpack_from(self.index, (ordinal - 1) * INDEX_ENTRY.size)
                stream.seek(2 * offset + RECORD_HEADER.size)
                found[ordinal] = shape_text(stream.read(min(2 * words, SHOWN_BYTES)))
        return found


def shape_records(shp: Path, shx: Path) -> ShapeRecords:
    """Refused when the parts are truncated or disagree about the shapes."""
    for part in (shp, shx):
        _refuse_if_truncated(part)
    index = shx.read_bytes()[HEADER_LENGTH:]
    index = index[: len(index) // INDEX_ENTRY.size * INDEX_ENTRY.size]
    with shp.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        spans, numbers, damaged = [], [], {}
        for ordinal, (offset, words) in enumerate(INDEX_ENTRY.iter_unpack(index), start=1):
            start = 2 * offset
            end = start + RECORD_HEADER.size + 2 * words
            if start < HEADER_LENGTH or end > len(content):
                raise _index_disagrees()
            number, length = RECORD_HEADER.unpack_from(content, start)
            if length != words:
                raise _index_disagrees()
            if not _has_all_points(content, start + RECORD_HEADER.size, 2 * length):
                damaged[ordinal] = shape_text(
                    content[start + RECORD_HEADER.size : min(end, start + RECORD_HEADER.size + SHOWN_BYTES)]
                )
            spans.append((start, end))
            numbers.append(number)
        _refuse_if_shuffled(spans, numbers)
        _refuse_if_unread(content, spans, numbers)
        return ShapeRecords(content[:HEADER_LENGTH], index, len(spans), damaged)


def shape_text(content: bytes) -> str:
    """The text of a record that is no readable shape: NO_SHAPE when it is empty, otherwise its first bytes."""
    kind = int.from_bytes(content[:4], "little")
    is_empty = len(content) >= 4 and (kind == NULL or _points(content, 0, len(content)) == 0)
    return NO_SHAPE if is_empty else f"DAMAGED SHAPE {content[:SHOWN_BYTES].hex()}"


def _refuse_if_truncated(part: Path) -> None:
    with part.open("rb") as stream:
        head = stream.read(HEADER_LENGTH)
    size = part.stat().st_size
    if len(head) < HEADER_LENGTH or head[:4] != FILE_CODE:
        raise Refused(
            f"{part.suffix}: 不是 Shapefile 文件，或文件头损坏。请交付方重新导出。",
            f"{part.suffix}: not part of a Shapefile, or its header is damaged. Ask the department for a new export.",
        )
    declared = 2 * int.from_bytes(head[24:28], "big")
    if size < declared or (size - HEADER_LENGTH) % 2:
        raise Refused(
            f"{part.suffix}: 文件头称有 {declared} 字节，实有 {size} 字节，传输可能中断。请交付方重新交付。",
            f"{part.suffix}: the header announces {declared} bytes, but the file has {size}; the transfer may have been "
            "interrupted. Ask the department for a new delivery.",
        )


def _index_disagrees() -> Refused:
    return Refused(
        ".shx: 索引与 .shp 中的图形对不上。请交付方重新导出整套文件。",
        ".shx: the index does not match the shapes in .shp. Ask the department for a new export of all parts.",
    )


def _points(content: bytes | mmap.mmap, start: int, length: int) -> int | None:
    """The number of points that a shape of several points announces; None for other shapes."""
    kind = int.from_bytes(content[start : start + 4], "little")
    place = start + 36 if kind in MULTIPOINTS else start + 40 if kind in LINES_AND_AREAS else None
    if place is None or place + 4 > start + length:
        return None
    return int.from_bytes(content[place : place + 4], "little")


def _has_all_points(content: mmap.mmap, start: int, length: int) -> bool:
    """False when the counts of a shape do not fit the length of its record. Unknown types are left to GDAL."""
    kind = int.from_bytes(content[start : start + 4], "little")
    if kind in LINES_AND_AREAS:
        if length < 44:
            return False
        parts, points = struct.unpack_from("<II", content, start + 36)
        per_part = 8 if kind == MULTIPATCH else 4
        begins_at_once = not parts or content[start + 44 : start + 48] == bytes(4)
        rest = length - 44 - per_part * parts - 16 * points
        return begins_at_once and rest in _rests(LINES_AND_AREAS[kind], points)
    if kind in MULTIPOINTS:
        if length < 40:
            return False
        [points] = struct.unpack_from("<I", content, start + 36)
        return length - 40 - 16 * points in _rests(MULTIPOINTS[kind], points)
    return kind not in POINTS or length in POINTS[kind]


def _rests(ordinates: Sequence[int], points: int) -> list[int]:
    """The bytes that so many further ordinates of each point take, with their range."""
    return [count * (16 + 8 * points) for count in ordinates]


def _refuse_if_shuffled(spans: Sequence[tuple[int, int]], numbers: Sequence[int]) -> None:
    """Refused when an index in another order than the shapes is not confirmed by their own numbers.

    A GIS program that enlarges a shape writes it anew at the end, under its old number.
    """
    is_in_file_order = all(one < next for one, next in pairwise(spans))
    if not is_in_file_order and list(numbers) != list(range(numbers[0], numbers[0] + len(numbers))):
        raise _index_disagrees()


def _refuse_if_unread(content: mmap.mmap, spans: Sequence[tuple[int, int]], numbers: Sequence[int]) -> None:
    """Refused when the .shp holds shapes that the index does not have, or when a shape stands twice in the index."""
    newest = {number: start for (start, _), number in sorted(zip(spans, numbers, strict=True))}
    place, unread = HEADER_LENGTH, 0
    for start, end in [*sorted(spans), (len(content), len(content))]:
        if start < place:
            raise _index_disagrees()
        if start > place:
            unread += _shapes_between(content, place, start, newest)
        place = end
    if unread:
        raise Refused(
            f".shp: 有 {len(spans) + unread} 个图形，.shx 只有 {len(spans)} 个。请交付方重新导出整套文件。",
            f".shp: it holds {len(spans) + unread} shapes, but .shx only {len(spans)}. Ask the department for a new export "
            "of all parts.",
        )


def _shapes_between(content: mmap.mmap, place: int, end: int, newest: Mapping[int, int]) -> int:
    """The number of shapes in a gap of the index, without those that stand further behind under the same number."""
    unread = 0
    while place + RECORD_HEADER.size < end:
        number, words = RECORD_HEADER.unpack_from(content, place)
        after = place + RECORD_HEADER.size + 2 * words
        kind = int.from_bytes(content[place + RECORD_HEADER.size : place + RECORD_HEADER.size + 4], "little")
        if words < 2 or after > end or kind not in KINDS:
            break
        unread += newest.get(number, 0) < place
        place = after
    if end == len(content) and content[place:end].strip(b"\0"):
        raise Refused(
            f".shp: 最后一个图形之后还有 {end - place} 字节。请交付方重新导出整套文件。",
            f".shp: {end - place} bytes follow the last shape. Ask the department for a new export of all parts.",
        )
    return unread
