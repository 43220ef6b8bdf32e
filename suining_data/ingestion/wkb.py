"""Well-known binary, as far as it must be checked before DuckDB spatial reads it.

Here: whether a shape of several parts is built as the standard says. Not here: what makes a shape valid
(elements/geometry.py).

DuckDB spatial crashes when collections are nested some thirty levels deep, and takes the process along.
"""

import struct

POINT, LINE, AREA = 1, 2, 3
MULTI = {4: (POINT,), 5: (LINE,), 6: (AREA,)}  # type -> types of its parts
COLLECTION = 7
DEEPEST = 8  # collections in collections; those of departments have one level
HEADER_BYTES = 5
Z_FLAG, M_FLAG, SYSTEM_FLAG = 0x80000000, 0x40000000, 0x20000000  # of PostGIS; the standard adds 1000 and 2000


def is_well_nested(wkb: bytes) -> bool:
    """False for a shape of several parts with too many levels, parts of another type, or fewer parts than it announces.

    Shapes without parts are not looked at.
    """
    kind = _kind(wkb, 0)
    if kind not in MULTI and kind != COLLECTION:
        return True
    if kind in MULTI and len(wkb) > 14 and wkb[5:9] in (b"\1\0\0\0", b"\0\0\0\1"):  # one part, by far the most frequent
        return _kind(wkb, 9) in MULTI[kind]
    try:
        _end(wkb, 0, (*MULTI, COLLECTION), DEEPEST)
    except (struct.error, ValueError):
        return False
    return True


def _kind(wkb: bytes, place: int) -> int:
    """The type without the marks of heights and measures."""
    code = int.from_bytes(wkb[place + 1 : place + HEADER_BYTES], "little" if wkb[place : place + 1] == b"\1" else "big")
    return (code & 0x0FFFFFFF) % 1000


def _end(wkb: bytes, place: int, kinds: tuple[int, ...], levels: int) -> int:
    """Where the shape at `place` ends; ValueError or struct.error when it is none of `kinds` or not all there."""
    order = {0: ">", 1: "<"}.get(wkb[place] if place < len(wkb) else -1)
    kind = _kind(wkb, place)
    if order is None or kind not in kinds or levels == 0:
        raise ValueError("no such shape")
    [code] = struct.unpack_from(f"{order}I", wkb, place + 1)
    place += HEADER_BYTES + 4 * bool(code & SYSTEM_FLAG)
    thousands = (code & 0x0FFFFFFF) // 1000
    ordinates = 2 + (thousands in (1, 3) or bool(code & Z_FLAG)) + (thousands in (2, 3) or bool(code & M_FLAG))
    if kind == POINT:
        place += 8 * ordinates
    elif kind == LINE:
        place = _after_points(wkb, place, order, ordinates)
    else:
        [parts] = struct.unpack_from(f"{order}I", wkb, place)
        place += 4
        inner = MULTI.get(kind, (POINT, LINE, AREA, *MULTI, COLLECTION))
        for _ in range(parts):
            is_ring = kind == AREA
            place = _after_points(wkb, place, order, ordinates) if is_ring else _end(wkb, place, inner, levels - 1)
    if place > len(wkb):
        raise ValueError("not all there")
    return place


def _after_points(wkb: bytes, place: int, order: str, ordinates: int) -> int:
    [points] = struct.unpack_from(f"{order}I", wkb, place)
    return place + 4 + 8 * ordinates * int(points)
