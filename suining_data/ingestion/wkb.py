"""Well-known binary (WKB, OGC 06-103r4) as text, for the formats that store shapes so.

Here: whether bytes are a whole shape, and their conversion to WKT by DuckDB spatial. Not here: headers of a format
(geopackage.py), what makes a shape valid (elements/geometry.py).

DuckDB 1.5.5 crashes on shapes inside shapes inside shapes, and on shapes that end too early, so bytes are checked first.
"""

import struct
from pathlib import Path

import duckdb

from suining_data.ingestion.reading import GEOMETRY, LINE, RAW_PARQUET, in_file_order
from suining_data.sql import literal
from suining_data.warehouse import load_spatial

POINT, LINE_STRING, POLYGON, MULTI_POINT, MULTI_LINE, MULTI_POLYGON, COLLECTION = range(1, 8)
ANY = tuple(range(POINT, COLLECTION + 1))
PARTS = {MULTI_POINT: (POINT,), MULTI_LINE: (LINE_STRING,), MULTI_POLYGON: (POLYGON,), COLLECTION: ANY}
DEEPEST = 8  # levels of shapes in shapes; those of departments have one
SHOWN = 200  # characters of a damaged shape
HAS_Z, HAS_M, HAS_SYSTEM = 0x80000000, 0x40000000, 0x20000000  # flags of EWKB


def is_whole_shape(wkb: bytes) -> bool:
    """True when the bytes are exactly one shape: a point, line or polygon, several of one kind, or a collection."""
    try:
        return _end(wkb, 0, ANY, DEEPEST) == len(wkb)
    except (struct.error, ValueError):
        return False


def _end(wkb: bytes, start: int, allowed: tuple[int, ...], levels: int) -> int:
    """The position after the shape at `start`. Raises ValueError or struct.error when it is no whole shape."""
    if wkb[start : start + 1] not in (b"\0", b"\1"):
        raise ValueError("no byte order")
    order = "<" if wkb[start] else ">"
    [code] = struct.unpack_from(f"{order}I", wkb, start + 1)
    at = start + (9 if code & HAS_SYSTEM else 5)
    thousands, kind = divmod(code & 0x0FFFFFFF, 1000)
    if kind not in allowed or thousands > 3 or not levels:
        raise ValueError("no shape of a known kind here")
    flags = bool(code & HAS_Z) + bool(code & HAS_M)
    point_bytes = 8 * (2 + (flags or (0, 1, 1, 2)[thousands]))
    if kind == POINT:
        return _within(wkb, at + point_bytes)
    [count] = struct.unpack_from(f"{order}I", wkb, at)
    at += 4
    if kind == LINE_STRING:
        return _within(wkb, at + count * point_bytes)
    for _ in range(count):
        if kind == POLYGON:
            [points] = struct.unpack_from(f"{order}I", wkb, at)
            at = _within(wkb, at + 4 + points * point_bytes)
        else:
            at = _end(wkb, at, PARTS[kind], levels - 1)
    return at


def _within(wkb: bytes, end: int) -> int:
    if end > len(wkb):
        raise ValueError("the shape ends too early")
    return end


def write_as_text(con: duckdb.DuckDBPyConnection, rows: Path, raw: Path) -> None:
    """Copies raw rows whose shapes are hexadecimal WKB of whole shapes, with the shapes as WKT. Other texts stay."""
    load_spatial(con)
    text = f"coalesce(try(ST_AsText(ST_GeomFromHEXWKB({GEOMETRY}))), 'DAMAGED SHAPE ' || left({GEOMETRY}, {SHOWN}))"
    shape = f"case when regexp_full_match({GEOMETRY}, '0[01][0-9A-F]+') then {text} else {GEOMETRY} end"
    with in_file_order(con):
        con.execute(
            f"copy (select * replace ({shape} as {GEOMETRY}) from read_parquet({literal(rows)}) order by {LINE}) "
            f"to {literal(raw)} ({RAW_PARQUET})"
        )
