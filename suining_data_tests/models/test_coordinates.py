"""Coordinates of map services against the reference implementation."""

import json
import random
from pathlib import Path

import duckdb
import prcoords
import pytest
import sqlglot

from suining_data.models import Renderer
from suining_data.settings import SQL
from suining_data.synthetic.city.geography import OUTLINES
from suining_data.warehouse import load_spatial

CLOSE = 1e-6  # degrees, about a decimetre


@pytest.mark.parametrize(
    ("macro", "reference"),
    [
        ("cgcs2000_from_gcj02", prcoords.gcj_wgs_bored),
        ("gcj02_from_bd09", prcoords.bd_gcj_bored),
        ("cgcs2000_from_bd09", prcoords.bd_wgs_bored),
    ],
)
def test_conversion_agrees_with_prcoords(macro, reference):
    rng = random.Random(1)
    points = [(rng.uniform(105.05, 106.0), rng.uniform(30.17, 31.19)) for _ in range(300)]
    sql, _ = Renderer(SQL).render_text(f"{{{{ {macro}('lon', 'lat') }}}}", Path("test/x.sql"))
    with duckdb.connect() as con:
        con.execute("create table p (lon double, lat double)")
        con.executemany("insert into p values (?, ?)", points)
        found = con.execute(f"select lon, lat, {sql} as point from p").fetchall()
    for lon, lat, point in found:
        expected = reference((lat, lon))
        assert abs(point["longitude"] - expected.lon) < CLOSE
        assert abs(point["latitude"] - expected.lat) < CLOSE


def test_only_a_declared_system_is_converted():
    sql, _ = Renderer(SQL, {"a__b": "BD-09"}).render_text(
        "select {{ cgcs2000('crs', '105.5', '30.5') }} as point, {{ crs('a__b') }} as declared from systems",
        Path("test/x.sql"),
    )
    with duckdb.connect() as con:
        con.execute("create table systems as select unnest(['EPSG:4490', 'GCJ-02', 'BD-09', null]) as crs")
        rows = con.execute(sql).fetchall()
    assert rows[0][0] == {"longitude": 105.5, "latitude": 30.5}
    assert rows[1][0]["longitude"] != rows[2][0]["longitude"] != 105.5
    assert rows[3][0] is None
    assert {row[1] for row in rows} == {"BD-09"}


def test_the_formula_reads_in_spark():
    sql, _ = Renderer(SQL).render_text("select {{ cgcs2000_from_bd09('x', 'y') }} as p from t", Path("test/x.sql"))
    assert "TRANSFORM(" in sqlglot.transpile(sql, read="duckdb", write="spark")[0]


def test_outlines_in_gcj_02_are_those_of_the_counties_after_conversion():
    """Half a kilometre of shift costs an outline 1 to 3 per cent of its intersection over union, and all of that comes back."""
    sql, _ = Renderer(SQL).render_text("{{ cgcs2000_from_gcj02('lon', 'lat') }}", Path("test/x.sql"))
    with duckdb.connect() as con:
        load_spatial(con)
        for feature in json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]:
            [ring] = feature["geometry"]["coordinates"]
            shifted = [prcoords.wgs_gcj((latitude, longitude)) for longitude, latitude in ring]
            con.execute("create or replace table p (i integer, lon double, lat double)")
            con.executemany("insert into p values (?, ?, ?)", [(i, p.lon, p.lat) for i, p in enumerate(shifted)])
            found = con.execute(f"select {sql} as point from p order by i").fetchall()
            converted = [(point["longitude"], point["latitude"]) for (point,) in found]
            delivered = [(p.lon, p.lat) for p in shifted]
            assert overlap(con, ring, delivered) < 0.99
            assert overlap(con, ring, converted) > 0.99999


def overlap(con, one, other):
    """Intersection over union of two rings."""
    shapes = [f"POLYGON (({', '.join(f'{x} {y}' for x, y in ring)}))" for ring in (one, other)]
    [(share,)] = con.execute(
        "select ST_Area(ST_Intersection(a, b)) / ST_Area(ST_Union(a, b)) from (select ?::GEOMETRY as a, ?::GEOMETRY as b)", shapes
    ).fetchall()  # fmt: skip
    return share
