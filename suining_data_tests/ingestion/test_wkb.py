"""A whole shape is told from bytes that only look like one; whatever the bytes, DuckDB never sees what crashes it."""

import random
import struct

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suining_data.ingestion.reading import GEOMETRY, LINE
from suining_data.ingestion.wkb import is_whole_shape, write_as_text
from suining_data.warehouse import load_spatial

WHOLE = (
    "POINT (1 2)", "POINT EMPTY", "LINESTRING (0 0, 1 1)", "LINESTRING EMPTY", "POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))",
    "MULTIPOINT ((1 1), (2 2))", "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))", "MULTIPOLYGON (((0 0, 1 0, 1 1, 0 0)), ((5 5, 6 5, 6 6, 5 5)))",
    "GEOMETRYCOLLECTION (POINT (1 1), LINESTRING (0 0, 1 1))", "GEOMETRYCOLLECTION EMPTY",
    "POINT Z (1 2 3)", "POINT M (1 2 3)", "POINT ZM (1 2 3 4)", "POLYGON Z ((0 0 1, 1 0 1, 1 1 1, 0 0 1))",
)  # fmt: skip


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        load_spatial(con)
        yield con


def wkb(con: duckdb.DuckDBPyConnection, text: str) -> bytes:
    return bytes(con.execute("select ST_AsWKB(ST_GeomFromText(?))", [text]).fetchall()[0][0])


@pytest.mark.parametrize("text", WHOLE)
def test_a_shape_is_whole_and_every_cut_or_addition_is_not(con: duckdb.DuckDBPyConnection, text: str) -> None:
    shape = wkb(con, text)
    assert is_whole_shape(shape)
    assert not any(is_whole_shape(shape[:end]) for end in range(len(shape)))
    assert not is_whole_shape(shape + b"\0")


@pytest.mark.parametrize("kind", [4, 5, 6, 7, 1007, 0x80000007, 0x20000007])
@pytest.mark.parametrize("levels", [9, 40, 100_000])
def test_shapes_inside_shapes_inside_shapes_are_damage(kind: int, levels: int) -> None:
    system = struct.pack("<I", 4490) if kind == 0x20000007 else b""
    level = struct.pack("<BI", 1, kind) + system + struct.pack("<I", 1)
    assert not is_whole_shape(level * levels + struct.pack("<BIdd", 1, 1, 1.0, 1.0))


def test_counts_that_are_too_large_are_damage() -> None:
    for parts in ((2, 0xFFFFFFFF), (3, 0xFFFFFFFF), (3, 1, 0xFFFFFFFF), (6, 0xFFFFFFFF)):
        assert not is_whole_shape(b"\1" + b"".join(struct.pack("<I", part) for part in parts))


def test_whatever_is_called_whole_is_read(con: duckdb.DuckDBPyConnection, tmp_path) -> None:
    """Thousands of damaged shapes: those that pass become WKT, and nothing crashes."""
    rng = random.Random(5)
    shapes = [wkb(con, text) for text in WHOLE]
    damaged = []
    while len(damaged) < 5_000:
        shape = bytearray(rng.choice(shapes))
        for _ in range(rng.randint(1, 3)):
            shape[rng.randrange(len(shape))] = rng.choice((0, 1, 2, 7, 0x7F, 0x80, 0xFF, rng.randrange(256)))
        if is_whole_shape(bytes(shape)):
            damaged.append(bytes(shape).hex().upper())
    rows, raw = tmp_path / "rows.parquet", tmp_path / "raw.parquet"
    table = pa.table({GEOMETRY: [*damaged, "DAMAGED SHAPE 00"], LINE: range(1, len(damaged) + 2)})
    pq.write_table(table, rows)
    write_as_text(con, rows, raw)
    texts = pq.read_table(raw).column(GEOMETRY).to_pylist()
    assert texts[-1] == "DAMAGED SHAPE 00"
    assert all(text[0].isalpha() for text in texts)
    assert sum(text.startswith("DAMAGED SHAPE") for text in texts) < 500
