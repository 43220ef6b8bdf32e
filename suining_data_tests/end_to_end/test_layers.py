"""What GIS and DuckDB open of the city: each audience gets the layers of the tables that it has, with the columns that it has of them."""

import re
from pathlib import Path

import duckdb
import geopandas
import pyogrio
import pytest
from lxml import etree

from suining_data.city import load_city
from suining_data.settings import PROJECT
from suining_data.warehouse import load_spatial
from suining_data_tests.end_to_end.conftest import City

EVERYBODY = {"division_boundary"}
ANALYST = {"parcel", "road", "facility", "city_component", "water_feature", "forest_compartment", "grid_cell"}
FULL = {"address", "building"}  # the points of homes
BOX = load_city().degrees


def folder(city: City, audience: str) -> Path:
    return (city.settings.published / audience).resolve()


@pytest.mark.parametrize(
    ("audience", "expected"),
    [("", EVERYBODY | ANALYST | FULL), ("analyst", EVERYBODY | ANALYST), ("open", EVERYBODY)],
)
def test_an_audience_gets_the_layers_that_it_may_see(delivered_city: City, audience: str, expected: set[str]) -> None:
    found = {file.stem for file in (folder(delivered_city, audience) / "layers" / "spatial").glob("*.gpkg")}
    assert found >= expected
    assert found.isdisjoint((EVERYBODY | ANALYST | FULL) - expected)


@pytest.mark.parametrize("audience", ["", "analyst", "open"])
def test_a_layer_has_the_rows_and_columns_of_its_table_and_lies_in_the_city(
    delivered_city: City, audience: str
) -> None:
    published = folder(delivered_city, audience)
    with duckdb.connect(str(published / "suining.duckdb"), read_only=True) as con:
        for file in (published / "layers").rglob("*.gpkg"):
            table = f"{file.parent.name}.{file.stem}"
            layer = pyogrio.read_info(file, layer=file.stem, force_total_bounds=True)
            frame = geopandas.read_parquet(published / "parquet" / file.parent.name / f"{file.stem}.parquet")
            [(rows,)] = con.execute(f"select count(*) from {table}").fetchall()
            columns = {name for name, *_ in con.execute(f"describe {table}").fetchall()}
            assert layer["crs"] == "EPSG:4490"
            assert frame.crs.to_epsg() == 4490
            assert layer["features"] == len(frame) == rows
            assert {*layer["fields"], "geometry"} == columns | {"geometry"}
            for west, south, east, north in (layer["total_bounds"], frame.total_bounds):
                assert BOX.west - 0.1 <= west <= east <= BOX.east + 0.1
                assert BOX.south - 0.1 <= south <= north <= BOX.north + 0.1


@pytest.mark.parametrize("audience", ["", "analyst", "open"])
def test_duckdb_reads_every_shape_and_its_coordinate_system_without_an_extension(
    delivered_city: City, audience: str
) -> None:
    file = folder(delivered_city, audience) / "suining.duckdb"
    with duckdb.connect(str(file), read_only=True, config={"enable_external_access": False}) as con:
        columns = con.execute("""
            select schema_name || '.' || table_name, data_type from duckdb_columns()
            where column_name = 'geometry' and not internal
        """).fetchall()
        assert {kind for _, kind in columns} == {"GEOMETRY('EPSG:4490')"}
        assert {table for table, _ in columns} >= {f"spatial.{table}" for table in EVERYBODY}
        for table, _ in columns:
            drawn = con.execute(f"select distinct geometry::varchar from {table} where geometry is not null").fetchall()
            assert all(re.match("(MULTI)?(POINT|LINESTRING|POLYGON) ", text) for (text,) in drawn)


def test_the_examples_of_the_document_run(
    delivered_city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = (PROJECT / "docs" / "gis.md").read_text(encoding="utf-8")
    (tmp_path / "data").symlink_to(delivered_city.settings.data)
    monkeypatch.chdir(tmp_path)
    made: dict[str, geopandas.GeoDataFrame] = {}
    for example in re.findall("```python\n(.*?)```", document, re.DOTALL):
        exec(example, made)
    frames = {name: frame for name, frame in made.items() if isinstance(frame, geopandas.GeoDataFrame)}
    assert len(frames) >= 3
    for name, frame in frames.items():
        assert (name, frame.crs.to_epsg(), frame.empty) == (name, 4490, False)
    assert made["texts"].wkt.str.startswith("POLYGON").any()
    file = folder(delivered_city, "analyst") / "suining.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        load_spatial(con)
        for sql in re.findall("```sql\n(.*?)```", document, re.DOTALL):
            for statement in duckdb.extract_statements(sql):
                assert con.execute(statement).fetchall()


@pytest.mark.parametrize("audience", ["", "analyst", "open"])
def test_the_project_of_an_audience_has_its_layers(delivered_city: City, audience: str) -> None:
    layers = folder(delivered_city, audience) / "layers"
    sources = [each.findtext("datasource") for each in etree.parse(layers / "project.qgs").iter("maplayer")]
    assert {source.split("|")[0] for source in sources} == {
        f"./{file.relative_to(layers)}" for file in layers.rglob("*.gpkg")
    }


@pytest.mark.parametrize(("audience", "words"), [("", "居住人口"), ("analyst", "居住人口"), ("open", "存续单位")])
def test_an_audience_has_a_map_of_the_counties(delivered_city: City, audience: str, words: str) -> None:
    page = (folder(delivered_city, audience) / "map" / "index.html").read_text(encoding="utf-8")
    assert words in page
    assert all(county.name in page for county in load_city().counties if county.code in ("510903", "510981"))
    assert ("居住人口" in page) == (audience != "open")


def test_dagster_shows_where_the_map_is(delivered_city: City) -> None:
    assert str(delivered_city.materialized("published", "snapshot")["overview_map"]).endswith("map/index.html")
