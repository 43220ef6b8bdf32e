"""GeoPackage: one layer, written by GDAL, read through SQLite."""

import sqlite3
import struct
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from suining_data.ingestion import delivered_files
from suining_data.ingestion.geopackage import ENVELOPE_BYTES, read_geopackage, shape_text
from suining_data.ingestion.reading import NO_SHAPE, Refused, Target
from suining_data.ingestion.wkb import is_whole_shape
from suining_data.settings import Limits
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


def loosened(path: Path) -> sqlite3.Connection:
    """A connection to the file, without the triggers that GDAL writes."""
    altered(path, "")
    return sqlite3.connect(path)


CASES = Path(__file__).parent.parent / "cases"
PLACE = ("甲", "POINT (105.5 30.5)")


def test_a_view_is_no_layer(desk: Desk):
    map_features = resource_of(["bsm", "_geometry"], format="gpkg", pattern="*.gpkg", mode="full", crs="EPSG:4490")
    desk.deliver("x.gpkg", (CASES / "hostile" / "view_endless.gpkg").read_bytes())
    [refusal] = desk.refresh(map_features).refusals
    assert refusal.zh.startswith("x.gpkg 图层 lay: 不是数据表，可能是视图")
    assert "it is no table, perhaps a view" in refusal.en


ENDLESS = "with recursive n(x) as (select 1 union all select x + 1 from n)"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ('alter table "dm_1" rename to t; create view "dm_1" as select * from t', "图层 dm_1: 不是数据表"),
        ('drop table "dm_1"; create virtual table "dm_1" using fts5(MC, geom)', "图层 dm_1: 不是数据表"),
        (
            "alter table gpkg_geometry_columns rename to g; create view gpkg_geometry_columns as "
            f"{ENDLESS} select 'dm_1' as table_name, 'geom' as column_name, 'POINT' as g, 4490 as srs_id, 0, 0 from n",
            "不是 GeoPackage 文件，或已损坏",
        ),
        (
            f"drop table gpkg_contents; create view gpkg_contents as {ENDLESS} select x as table_name, 'features' as data_type from n",
            "不是 GeoPackage 文件，或已损坏",
        ),
        ("drop table gpkg_contents", "不是 GeoPackage 文件，或已损坏"),
        ("insert into gpkg_contents (table_name, data_type) values ('道路', 'features')", "实有 2 个（dm_1、道路）"),
    ],
)
def test_only_stored_tables_are_read(desk: Desk, change: str, said: str):
    path = package(desk, PLACE)
    with loosened(path) as con:
        con.execute("pragma foreign_keys = off")
        con.executescript(change)
    assert said in desk.refresh(PLACES).refusals[0].zh


def test_rows_of_other_tables_are_unread_and_told(desk: Desk):
    path = package(desk, PLACE)
    with loosened(path) as con:
        con.executescript("""
            create table codes (code text, label text);
            insert into codes values ('1', '甲'), ('2', '乙');
            create table empty (a text);
            create table layer_styles (styleName text);
            insert into layer_styles values ('red')""")
    result = desk.refresh(PLACES)
    assert [r["MC"] for r in desk.rows(result)] == ["甲"]
    assert desk.rejected(result) == [(2, "UNREAD")]
    [(reason,)] = desk.con.execute(f"select reason from '{result.current[0].rejected}'").fetchall()
    assert reason == "图层 dm_1 之外的表 codes 有 2 行，没有读取"
    assert balances(result)


@pytest.mark.parametrize("suffix", ["-wal", "-journal"])
def test_a_file_that_a_program_still_has_open_is_refused_until_it_is_closed(desk: Desk, suffix: str):
    path = package(desk, PLACE)
    beside = desk.deliver(path.name + suffix, b"changes")
    assert delivered_files(PLACES, path) == [path, beside]
    [refusal] = desk.refresh(PLACES).refusals
    assert f"旁边有 {suffix} 文件" in refusal.zh
    assert f"a {suffix} file is beside it" in refusal.en
    beside.unlink()
    assert desk.refresh(PLACES).raw_rows == 1


def test_a_file_in_write_ahead_mode_that_was_closed_is_read(desk: Desk):
    path = package(desk, PLACE)
    with closing(sqlite3.connect(path)) as con:
        con.execute("pragma journal_mode = wal")
    assert path.read_bytes()[18:20] == b"\2\2"
    assert desk.refresh(PLACES).raw_rows == 1


def test_rows_that_a_page_does_not_count_any_more_are_damage(desk: Desk):
    """SQLite itself reads such a file without an error, and with fewer rows."""
    path = package(desk, *[(f"地名{n}", "POINT (105.5 30.5)") for n in range(200)])
    with sqlite3.connect(path) as con:
        [(root,)] = con.execute("select rootpage from sqlite_master where name = 'dm_1'").fetchall()
        [(size,)] = con.execute("pragma page_size").fetchall()
    content = bytearray(path.read_bytes())
    page = next(
        place for place in range((root - 1) * size, len(content), size)
        if content[place] == 0x0D and content[place + 3 : place + 5] > b"\0\2"
    )  # fmt: skip
    count = int.from_bytes(content[page + 3 : page + 5], "big")
    content[page + 3 : page + 5] = (count - 1).to_bytes(2, "big")
    path.write_bytes(content)
    assert "不是 GeoPackage 文件，或已损坏" in desk.refresh(PLACES).refusals[0].zh


def limited(path: Path, folder: Path, **limits: Any) -> None:
    with duckdb.connect() as con:
        read_geopackage(con, path, PLACES, Target(folder / "raw", folder / "rejected", folder, Limits(**limits)))


@pytest.mark.parametrize(
    ("limits", "named"),
    [
        ({"document_mb": 1}, "SUINING_LIMIT_DOCUMENT_MB"),
        ({"columns": 1}, "SUINING_LIMIT_COLUMNS"),
        ({"reader_seconds": 1e-9}, "SUINING_LIMIT_READER_SECONDS"),
    ],
)
def test_each_limit_is_named(desk: Desk, tmp_path: Path, limits: dict[str, float], named: str):
    path = package(desk, *[(f"地名{n}", "POINT (105.5 30.5)") for n in range(3000)])
    with loosened(path) as con:
        con.execute('alter table "dm_1" add column more text')
        con.execute('update "dm_1" set more = zeroblob(2000000) where fid = 1')
    with pytest.raises(Refused, match=named) as refused:
        limited(path, tmp_path, **limits)
    assert named in refused.value.zh


def test_columns_in_other_capitals_pictures_and_whole_numbers(desk: Desk):
    path = package(desk, PLACE, ("乙", None))
    with loosened(path) as con:
        con.executescript("""
            alter table "dm_1" rename column "MC" to "mc";
            alter table "dm_1" add column photo blob;
            alter table "dm_1" add column code real;
            alter table "dm_1" add column doubled generated always as (code * 2) virtual;
            update "dm_1" set photo = x'ffd8', code = 13800138000;
            update "dm_1" set code = 0.5 where fid = 2""")
    resource = resource_of(["MC", "code", "doubled", "_geometry"], format="gpkg", pattern="dm_*.gpkg", crs="EPSG:4490")
    rows = desk.rows(desk.refresh(resource))
    assert [(r["MC"], r["code"], r["doubled"], r["photo"]) for r in rows] == [
        ("甲", "13800138000", "27600276000", "FFD8"),
        ("乙", "0.5", "1", "FFD8"),
    ]


def test_a_nul_in_a_text_puts_the_feature_aside(desk: Desk):
    path = package(desk, PLACE, ("乙", None))
    with loosened(path) as con:
        con.execute("update \"dm_1\" set MC = '丙' || char(0) || 'x' where fid = 2")
    assert desk.rejected(desk.refresh(PLACES)) == [(2, "NUL")]


def collection(*shapes: bytes, kind: int = 7) -> bytes:
    return struct.pack("<BII", 1, kind, len(shapes)) + b"".join(shapes)


def nested(levels: int, kind: int = 7, first: bytes = b"") -> bytes:
    shape = POINT
    for _ in range(levels):
        shape = collection(*([first] if first else []), shape, kind=kind)
    return shape


LINE = struct.pack("<BII4d", 1, 2, 2, 105.5, 30.5, 105.6, 30.6)
AREA = struct.pack("<BIII8d", 1, 3, 1, 4, 105.5, 30.5, 105.6, 30.5, 105.6, 30.6, 105.5, 30.5)


@pytest.mark.parametrize(
    "wkb",
    [
        POINT, LINE, AREA, nested(1), nested(3), collection(POINT, LINE, AREA), collection(), collection(kind=6),
        collection(POINT, POINT, kind=4), collection(LINE, LINE, kind=5), collection(AREA, AREA, kind=6),
        collection(AREA, kind=6), collection(collection(AREA, kind=6), POINT),
        struct.pack(">BII", 0, 4, 2) + struct.pack(">BIdd", 0, 1, 105.5, 30.5) * 2,
        struct.pack("<BII", 1, 1004, 2) + struct.pack("<BIddd", 1, 1001, 105.5, 30.5, 1) * 2,
        struct.pack("<BII", 1, 3004, 2) + struct.pack("<BIdddd", 1, 3001, 105.5, 30.5, 1, 1) * 2,
        struct.pack("<BIII", 1, 0xA0000004, 4490, 2) + struct.pack("<BIddd", 1, 0x80000001, 105.5, 30.5, 1) * 2,
    ],
)  # fmt: skip
def test_shapes_of_several_parts_are_passed_on(wkb: bytes):
    assert is_whole_shape(wkb)


@pytest.mark.parametrize(
    "wkb",
    [
        nested(9), nested(50), nested(100_000), nested(50, kind=4), nested(40, first=POINT), collection(nested(50), POINT),
        collection(POINT, kind=6), collection(POINT, LINE, kind=4), collection(AREA, AREA, kind=6)[:-1],
        struct.pack("<BII", 1, 7, 2**32 - 1), struct.pack("<BII", 1, 6, 2) + struct.pack("<BII", 1, 3, 2**32 - 1),
        struct.pack("<BII", 1, 7, 1) + b"\7" + POINT[1:], b"\1\7\0\0\0", struct.pack("<BII", 1, 7, 1) + b"\1\x63\0\0\0",
    ],
)  # fmt: skip
def test_shapes_that_are_nested_without_end_never_reach_the_spatial_functions(wkb: bytes):
    header = b"GP\0" + bytes([1]) + struct.pack("<i", 4490)
    assert shape_text(header + wkb, 4490).startswith("DAMAGED SHAPE ")
