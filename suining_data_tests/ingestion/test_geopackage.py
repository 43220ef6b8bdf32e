"""GeoPackage: one layer, written by GDAL, read through SQLite."""

import sqlite3
import struct
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suining_data.ingestion.geopackage import ENVELOPE_BYTES, shape_text
from suining_data.ingestion.reading import NO_SHAPE
from suining_data.warehouse import load_spatial
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

PLACES = resource_of(["MC", "_geometry"], format="gpkg", pattern="dm_*.gpkg", mode="full", crs="EPSG:4490")
POINT = struct.pack("<BIdd", 1, 1, 105.5, 30.5)


def package(desk: Desk, *rows: tuple[str, str | None], crs: str = "EPSG:4490", name: str = "dm_1.gpkg") -> Path:
    """A GeoPackage of (name, WKT) in landing/."""
    path = desk.deliver(name, b"")
    path.unlink()
    with duckdb.connect() as con:
        load_spatial(con)
        con.execute("create table t (n int, mc varchar, wkt varchar)")
        con.executemany("insert into t values (?, ?, ?)", [(n, *row) for n, row in enumerate(rows)])
        con.execute(
            f"copy (select mc as \"MC\", ST_GeomFromText(wkt) as geom from t order by n) to '{path}' "
            f"(format gdal, driver 'GPKG', srs '{crs}')"
        )
    return path


def test_every_feature_has_its_attributes_and_its_shape(desk: Desk):
    line = "LINESTRING (105.5 30.5, 105.6 30.6)"
    package(desk, ("遂宁站", "POINT (105.5 30.5)"), ("无图形", None), ("滨江路", line))
    result = desk.refresh(PLACES)
    rows = desk.rows(result)
    assert [(r["_line"], r["MC"]) for r in rows] == [(1, "遂宁站"), (2, "无图形"), (3, "滨江路")]
    assert rows[1]["_geometry"] == NO_SHAPE
    assert [rows[0]["_geometry"], rows[2]["_geometry"]] == ["POINT (105.5 30.5)", line]
    assert result.warnings == ()  # the key that GDAL adds is none of the department's columns
    assert balances(result)


def test_bytes_that_are_no_text_put_the_feature_aside(desk: Desk):
    path = package(desk, ("甲", "POINT (105.5 30.5)"), ("乙", "POINT (105.5 30.5)"))
    with sqlite3.connect(path) as con:
        con.create_function("ST_IsEmpty", 1, lambda _: 0)  # triggers of the spatial index ask for these
        for name in ("ST_MinX", "ST_MaxX", "ST_MinY", "ST_MaxY"):
            con.create_function(name, 1, lambda _: 0.0)
        con.execute('update "dm_1" set "MC" = cast(? as text) where fid = 1', [b"\xff\xfe"])
    result = desk.refresh(PLACES)
    assert [r["MC"] for r in desk.rows(result)] == ["乙"]
    assert desk.rejected(result) == [(1, "ENCODING")]
    assert balances(result)


def test_another_system_than_the_declared_one_is_refused(desk: Desk):
    package(desk, ("甲", "POINT (105.5 30.5)"), crs="EPSG:4326")
    [refusal] = desk.refresh(PLACES).refusals
    assert "图层: 坐标系为 EPSG:4326" in refusal.zh
    assert "EPSG:4490" in refusal.en


def test_several_layers_are_refused_by_name(desk: Desk):
    path = package(desk, ("甲", "POINT (105.5 30.5)"))
    with sqlite3.connect(path) as con:
        con.execute("pragma foreign_keys = off")
        con.execute("insert into gpkg_contents (table_name, data_type, identifier) values ('道路', 'features', '道路')")
        con.execute("insert into gpkg_geometry_columns values ('道路', 'geom', 'POINT', 4490, 0, 0)")
    [refusal] = desk.refresh(PLACES).refusals
    assert "实有 2 个（dm_1、道路）" in refusal.zh


def test_a_missing_column_is_named(desk: Desk):
    path = package(desk, ("甲", "POINT (105.5 30.5)"))
    with sqlite3.connect(path) as con:
        con.execute('alter table "dm_1" rename column "MC" to "NAME"')
    assert "图层 dm_1" in desk.refresh(PLACES).refusals[0].zh


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 3], lambda b: b"PK" + b, lambda b: b"SQLite format 3\0"])
def test_a_broken_file_is_refused(desk: Desk, damage):
    content = package(desk, *[(f"地名{n}", "POINT (105.5 30.5)") for n in range(3000)]).read_bytes()
    desk.deliver("dm_1.gpkg", damage(content))
    assert "不是 GeoPackage 文件，或已损坏" in desk.refresh(PLACES).refusals[0].zh


def altered(path: Path, change: str) -> None:
    """Statements run in the file, which no rule of its own forbids any more."""
    with sqlite3.connect(path) as con:
        for (trigger,) in con.execute("select name from sqlite_master where type = 'trigger'").fetchall():
            con.execute(f'drop trigger "{trigger}"')
        for table in ("gpkg_geometry_columns", "gpkg_spatial_ref_sys"):
            con.executescript(f"""
                pragma foreign_keys = off;
                create table loose as select * from {table};
                drop table {table};
                alter table loose rename to {table}""")
        con.executescript(change)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("update gpkg_geometry_columns set table_name = x'ff'", "不是 GeoPackage 文件，或已损坏"),
        ("update gpkg_geometry_columns set column_name = null", "不是 GeoPackage 文件，或已损坏"),
        ("update gpkg_spatial_ref_sys set srs_name = null, organization = 5", "坐标系为 5:4490"),
        ("update gpkg_geometry_columns set srs_id = null", "坐标系为 NONE:-1"),
    ],
)
def test_values_of_no_expected_type_in_its_own_tables_are_refused(desk: Desk, change: str, said: str):
    altered(package(desk, ("甲", "POINT (105.5 30.5)")), change)
    assert said in desk.refresh(PLACES).refusals[0].zh


def test_a_shape_of_no_expected_type_is_damaged_and_the_row_stays(desk: Desk):
    altered(package(desk, ("甲", "POINT (105.5 30.5)")), 'update "dm_1" set geom = 5')
    [row] = desk.rows(desk.refresh(PLACES))
    assert row["_geometry"] == "DAMAGED SHAPE 35"


@given(little=st.booleans(), code=st.sampled_from(sorted(ENVELOPE_BYTES)), x=st.floats(), y=st.floats())
def test_what_stands_after_the_header_is_the_shape(little: bool, code: int, x: float, y: float):
    wkb = struct.pack("<BIdd", 1, 1, x, y)
    header = b"GP\0" + bytes([code << 1 | little]) + struct.pack("<i" if little else ">i", 4490)
    blob = header + bytes(ENVELOPE_BYTES[code]) + wkb
    assert bytes.fromhex(shape_text(blob, 4490)) == wkb
    assert shape_text(blob, 4326).startswith("SHAPE OF SYSTEM 4490 ")
    for damaged in (blob[: -len(wkb)], blob[:-1], blob + b"\0"):
        assert shape_text(damaged, 4490).startswith("DAMAGED SHAPE ")


@given(blob=st.binary(max_size=60))
def test_no_bytes_break_it_and_damage_is_never_a_shape(blob: bytes):
    text = shape_text(blob, 4490)
    if blob[:2] != b"GP":
        assert text == NO_SHAPE if not blob else text.startswith("DAMAGED SHAPE ")


def test_an_empty_shape_is_none():
    assert shape_text(None, 4490) == NO_SHAPE
    assert shape_text(b"GP\0" + bytes([0b10001]) + struct.pack("<i", 4490) + POINT, 4490) == NO_SHAPE
