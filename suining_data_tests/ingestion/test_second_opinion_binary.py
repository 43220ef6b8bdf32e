"""A second opinion on sound DBF, Shapefile, GeoPackage and ZIP files: another library must find the same rows and values.

Here: generated files, and the reasoned differences. Not here: broken files (test_fuzz.py), text formats.

Differences that are meant: a number is the text in the file here, a number there; a logical `?` and a date of zeros are
null there; records with a deletion mark are rejected here and left out there; a polygon without height in a file with
heights is the same shape.
"""

import io
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import dbfread
import duckdb
import numpy as np
import pyogrio.raw
import pytest
import shapefile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.catalog.model import Unit
from suining_data.settings import Settings
from suining_data.warehouse import load_spatial
from suining_data_tests.ingestion.conftest import Desk, resource_of
from suining_data_tests.ingestion.dbf_bytes import dbf_bytes
from suining_data_tests.ingestion.test_shapefile import ZONE_35

HAN = "遂宁市船山区凯旋路王小明甲乙丙丁，。（）·〇㐂"
TEXTS = st.text(st.sampled_from(HAN + "abcXYZ019 -_/*?'\""), max_size=9).map(str.strip)
NUMBERS = st.one_of(
    st.integers(-(10**9), 10**11).map(str), st.decimals(-(10**6), 10**6, places=2).map(str), st.just("")
)  # fmt: skip
DATES = st.one_of(st.dates(date(1900, 1, 1)).map(lambda d: d.strftime("%Y%m%d")), st.sampled_from(["", "00000000"]))
LOGICALS = st.sampled_from(["T", "F", "Y", "n", "?", ""])
KINDS = {b"C": (TEXTS, 40), b"N": (NUMBERS, 14), b"F": (NUMBERS, 16), b"D": (DATES, 8), b"L": (LOGICALS, 1)}
MANY = pytest.param(300, marks=pytest.mark.slow)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        load_spatial(con)
        yield con


def run(check: Callable[[Any], None], strategy: st.SearchStrategy[Any], examples: int) -> None:
    suppressed = [HealthCheck.too_slow, HealthCheck.data_too_large]
    settings(max_examples=examples, suppress_health_check=suppressed, database=None)(given(strategy)(check))()


def read(con: duckdb.DuckDBPyConnection, files: dict[str, bytes], **delivery: Any) -> tuple[Desk, Any]:
    """The files read by us, in a folder that is removed with the desk's."""
    folder = Path(tempfile.mkdtemp(dir=FOLDER.name))
    con.execute("drop schema if exists governance cascade")
    desk = Desk(con, Settings(data=folder), Unit(id="public_security", name="市公安局", origin="department"))
    for name, content in files.items():
        desk.deliver(name, content)
    sources = delivery.pop("sources")
    result = desk.refresh(resource_of(sources, **delivery))
    assert result.refusals == ()
    return desk, result


FOLDER = tempfile.TemporaryDirectory()


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[bytes, bytes, int]], list[list[str]], bytes, bytes]:
    kinds = [b"C", *draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=6))]
    columns = [(b"F%d" % n, kind, KINDS[kind][1]) for n, kind in enumerate(kinds)]
    records = draw(st.lists(st.tuples(*(KINDS[kind][0] for kind in kinds)).map(list), min_size=1, max_size=12))
    flags = bytes(draw(st.lists(st.sampled_from(b"   *"), min_size=len(records), max_size=len(records))))
    return columns, records, b" " + flags[1:], draw(st.sampled_from([b"\x1a", b"", b"\x1a\x1a"]))


def known(kind: bytes, text: str | None) -> object:
    """A value of ours as dbfread gives it."""
    if not text or (kind == b"L" and text == "?") or (kind == b"D" and text == "00000000"):
        return "" if kind == b"C" else None
    if kind in b"NF":
        return float(text)
    if kind == b"L":
        return text in "TtYy"
    return date(int(text[:4]), int(text[4:6]), int(text[6:])) if kind == b"D" else text


@pytest.mark.parametrize("examples", [20, MANY])
def test_dbf_as_dbfread_and_gdal_read_it(con: duckdb.DuckDBPyConnection, examples: int) -> None:
    def check(table: tuple[list[tuple[bytes, bytes, int]], list[list[str]], bytes, bytes]) -> None:
        columns, records, flags, end = table
        rows = [[value.encode("gb18030") for value in record] for record in records]
        aligned = [
            [v.rjust(width) if kind in b"NF" else v for v, (_, kind, width) in zip(row, columns, strict=True)]
            for row in rows
        ]
        content = dbf_bytes(columns, aligned, flags=flags, end=end)
        names = [name.decode() for name, _, _ in columns]
        desk, result = read(con, {"x.dbf": content}, sources=names, format="dbf", encoding="gb18030")
        path = desk.settings.landing / desk.unit.id / "x.dbf"
        ours = [
            [known(kind, row[n]) for n, (_, kind, _) in zip(names, columns, strict=True)] for row in desk.rows(result)
        ]
        theirs = dbfread.DBF(path, encoding="gb18030", load=True)
        assert ours == [[_stripped(value) for value in row.values()] for row in theirs.records]
        assert [rule for _, rule in desk.rejected(result)] == ["DELETED_RECORD"] * len(theirs.deleted)
        meta, _, _, fields = pyogrio.raw.read(path, encoding="gb18030", read_geometry=False)
        assert list(meta["fields"]) == names
        by_gdal = list(zip(*(column.tolist() for column in fields), strict=True))
        texts = [n for n, (_, kind, _) in enumerate(columns) if kind == b"C"]
        assert [[row[n] or "" for n in texts] for row in by_gdal] == [[row[n] for n in texts] for row in ours]

    run(check, tables(), examples)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else float(value) if type(value) is int else value


COORDINATES = st.tuples(
    st.integers(0, 4000).map(lambda n: 35_548_000 + n / 8), st.integers(0, 4000).map(lambda n: 3_375_000 + n / 8)
)
RINGS = st.tuples(COORDINATES, st.integers(1, 50), st.integers(1, 50)).map(
    lambda t: [t[0], (t[0][0], t[0][1] + t[2]), (t[0][0] + t[1], t[0][1] + t[2]), (t[0][0] + t[1], t[0][1]), t[0]]
)
SHAPES: dict[int, st.SearchStrategy[Any]] = {
    shapefile.POINT: st.tuples(COORDINATES).map(lambda t: t[0]),
    shapefile.POLYLINE: st.lists(st.lists(COORDINATES, min_size=2, max_size=6), min_size=1, max_size=3),
    shapefile.POLYGON: st.lists(RINGS, min_size=1, max_size=3),
    shapefile.MULTIPOINT: st.lists(COORDINATES, min_size=1, max_size=5),
}


@st.composite
def layers(draw: st.DrawFn) -> tuple[int, list[tuple[str, Any]]]:
    kind = draw(st.sampled_from(sorted(SHAPES)))
    return kind, draw(st.lists(st.tuples(TEXTS, st.one_of(st.none(), SHAPES[kind])), min_size=1, max_size=10))


def as_text(con: duckdb.DuckDBPyConnection, wkbs: list[bytes | None]) -> list[str]:
    empty = "GEOMETRYCOLLECTION EMPTY"
    hexes = [wkb.hex() if wkb else None for wkb in wkbs]
    found = con.execute("select ST_AsText(ST_GeomFromHEXWKB(unnest(?::varchar[])))", [hexes]).fetchall()
    return [text or empty for (text,) in found]


@pytest.mark.parametrize("examples", [20, MANY])
def test_shapefiles_as_gdal_reads_them(con: duckdb.DuckDBPyConnection, examples: int) -> None:
    def check(layer: tuple[int, list[tuple[str, Any]]]) -> None:
        kind, records = layer
        shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
        with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding="gb18030", shapeType=kind) as writer:
            writer.field("MC", "C", 60)
            write = {
                shapefile.POINT: lambda shape: writer.point(*shape), shapefile.POLYLINE: writer.line,
                shapefile.POLYGON: writer.poly, shapefile.MULTIPOINT: writer.multipoint,
            }[kind]  # fmt: skip
            for name, shape in records:
                writer.null() if shape is None else write(shape)
                writer.record(name)
        files = {"x.shp": shp, "x.shx": shx, "x.dbf": dbf, "x.prj": io.BytesIO(ZONE_35.encode())}
        desk, result = read(
            con, {name: part.getvalue() for name, part in files.items()}, sources=["MC", "_geometry"],
            format="shp", encoding="gb18030", crs="EPSG:4523", pattern="*.shp",
        )  # fmt: skip
        path = desk.settings.landing / desk.unit.id / "x.shp"
        _, _, wkbs, [names] = pyogrio.raw.read(path, encoding="gb18030")
        ours = [(row["MC"] or "", row["_geometry"]) for row in desk.rows(result)]
        assert ours == list(zip([name or "" for name in names], as_text(con, wkbs.tolist()), strict=True))
        assert len(ours) == len(records)

    run(check, layers(), examples)


def wkb_point(x: float, y: float) -> bytes:
    return struct.pack("<BIdd", 1, 1, x, y)


def wkb_line(points: list[tuple[float, float]]) -> bytes:
    return struct.pack("<BII", 1, 2, len(points)) + b"".join(struct.pack("<dd", *point) for point in points)


DEGREES = st.tuples(st.floats(105, 106), st.floats(30, 31))
WKB = {
    "Point": DEGREES.map(lambda p: wkb_point(*p)),
    "LineString": st.lists(DEGREES, min_size=2, max_size=8).map(wkb_line),
    "MultiPoint": st.lists(DEGREES.map(lambda p: wkb_point(*p)), min_size=1, max_size=4).map(
        lambda parts: struct.pack("<BII", 1, 4, len(parts)) + b"".join(parts)
    ),
}


@st.composite
def features(draw: st.DrawFn) -> tuple[str, list[tuple[str, int, float, bool, bytes | None]]]:
    kind = draw(st.sampled_from(sorted(WKB)))
    numbers = st.one_of(st.floats(-1e6, 1e6), st.integers(-100, 100).map(float))
    row = st.tuples(TEXTS, st.integers(-(2**62), 2**62), numbers, st.booleans(), st.one_of(st.none(), WKB[kind]))
    return kind, draw(st.lists(row, min_size=1, max_size=10))


@pytest.mark.parametrize("examples", [20, MANY])
def test_geopackages_as_gdal_writes_and_reads_them(con: duckdb.DuckDBPyConnection, examples: int) -> None:
    def check(layer: tuple[str, list[tuple[str, int, float, bool, bytes | None]]]) -> None:
        kind, records = layer
        path = Path(tempfile.mkdtemp(dir=FOLDER.name)) / "x.gpkg"
        names, wholes, numbers, flags, wkbs = (list(column) for column in zip(*records, strict=True))
        columns = [np.array(names, object), np.array(wholes, "int64"), np.array(numbers), np.array(flags)]
        pyogrio.raw.write(
            path, np.array(wkbs, object), columns, ["mc", "n", "x", "sf"], geometry_type=kind, crs="EPSG:4490",
            driver="GPKG",
        )  # fmt: skip
        sources = ["mc", "n", "x", "sf", "_geometry"]
        desk, result = read(con, {"x.gpkg": path.read_bytes()}, sources=sources, format="gpkg", crs="EPSG:4490")
        _, _, found, [mc, n, x, sf] = pyogrio.raw.read(path)
        ours = [(row["mc"] or "", int(row["n"]), float(row["x"]), row["sf"] == "1") for row in desk.rows(result)]
        assert ours == [(m or "", *rest) for m, *rest in zip(mc, n.tolist(), x.tolist(), sf.tolist(), strict=True)]
        geometries = [row["_geometry"] for row in desk.rows(result)]
        load_spatial(con)
        as_wkb = [con.execute("select ST_AsWKB(ST_GeomFromText(?))", [g]).fetchall()[0][0] for g in geometries]
        empty = [geometry.endswith("EMPTY") for geometry in geometries]
        assert [None if none else wkb for none, wkb in zip(empty, as_wkb, strict=True)] == found.tolist()

    run(check, features(), examples)


MEMBERS = st.lists(
    st.text(st.sampled_from(HAN[:10] + "abc1/ -"), min_size=1, max_size=12), max_size=5, unique_by=str.lower
)


@pytest.mark.parametrize("examples", [20, MANY])
def test_archives_as_gdal_reads_them(con: duckdb.DuckDBPyConnection, examples: int) -> None:
    def check(given_members: tuple[list[str], list[list[str]], int]) -> None:
        others, rows, method = given_members
        table = "".join(f"{a},{b}\n" for a, b in [["a", "b"], *rows])
        buffer = io.BytesIO()
        others = [
            name for name in others if not name.startswith("/") and not name.endswith("/")
        ]  # no roots, no hidden files
        with zipfile.ZipFile(buffer, "w", method) as archive:
            for name in others:
                archive.writestr(f"{name}.txt", name)
            archive.writestr("目录/表.csv", table)
        desk, result = read(
            con,
            {"x.zip": buffer.getvalue()},
            sources=["a", "b"],
            format="csv",
            archive="zip",
            member="*.csv",
            pattern="*.zip",
        )
        path = desk.settings.landing / desk.unit.id / "x.zip"
        _, _, _, fields = pyogrio.raw.read(f"/vsizip/{path}/目录/表.csv", read_geometry=False)
        assert [(r["a"] or "", r["b"] or "") for r in desk.rows(result)] == list(zip(*map(list, fields), strict=True))
        unread = desk.con.execute(
            f"select raw_text from '{result.current[0].rejected}' where rule = 'UNREAD'"
        ).fetchall()
        assert sorted(name for (name,) in unread) == sorted(f"{name}.txt" for name in others)

    cells = st.text(st.sampled_from(HAN[:10] + "abc"), min_size=1, max_size=6)
    rows = st.lists(st.lists(cells, min_size=2, max_size=2), min_size=6, max_size=9)
    run(check, st.tuples(MEMBERS, rows, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])), examples)
