"""Tables with shapes are opened by DuckDB, GDAL and geopandas: the files say where the shapes are, and are shared while they stay."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import geopandas
import pyogrio
import pytest
from lxml import etree

from suining_data.encryption import open_database
from suining_data.ingestion import create_ledger
from suining_data.publication import next_snapshot, publish
from suining_data.publication.manifest import listed_files, read_manifest
from suining_data.quality import create_validations
from suining_data.settings import Settings
from suining_data.settings import settings as read_settings
from suining_data.warehouse import open_warehouse

SQUARE = "105.5 30.5, 105.5 30.6, 105.6 30.6, 105.6 30.5, 105.5 30.5"
PARCELS = f"""
    create or replace table spatial.parcel as from (values
        ('a', 'POLYGON (({SQUARE}))', 10.5::decimal(18, 2), date '2019-08-14'),
        ('b', 'MULTIPOLYGON (((105.7 30.5, 105.7 30.6, 105.8 30.6, 105.7 30.5)))', null, null),
        ('c', null, 3, null)
    ) as t(parcel_code, geometry, area_m2, registered_date)
"""
ADDRESSES = """
    create or replace table spatial.address as from (values
        (1, '船山区遂州中路89号', 105.57, 30.51), (2, '安居区', null, null)
    ) as t(address_id, address, longitude, latitude)
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path / "o'clock"))  # a folder may have any name
    read_settings.cache_clear()
    yield read_settings()
    read_settings.cache_clear()


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with open_warehouse(settings) as con:
        con.execute("create table governance.table_state (table_name varchar, version varchar, changed_from varchar)")
        create_ledger(con)
        create_validations(con)
        for table, sql in (("parcel", PARCELS), ("address", ADDRESSES)):
            con.execute(sql)
            con.execute("insert into governance.table_state values (?, 'v1', null)", [f"spatial.{table}"])
        con.execute("create table spatial.division as select '510900000000' as division_code")
        yield con


def package(settings: Settings, table: str) -> Path:
    return settings.published / "layers" / "spatial" / f"{table}.gpkg"


def parquet(settings: Settings, table: str) -> Path:
    return settings.published / "parquet" / "spatial" / f"{table}.parquet"


def inode(file: Path) -> int:
    return file.stat().st_ino


# no extension is installed, loaded or looked for
ALONE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "enable_external_access": False,
}


@pytest.fixture(params=["plain", "encrypted"])
def duckdb_file(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file, opened to read by DuckDB alone."""
    if request.param == "encrypted":
        use_key(tmp_path, monkeypatch)
    publish(request.getfixturevalue("con"), read_settings(), "run1")
    file = (settings.published / "suining.duckdb").resolve()
    if request.param == "plain":
        with duckdb.connect(str(file), read_only=True, config=ALONE) as con:
            yield con
    else:
        with open_database(file, read_only=True) as con:
            yield con


def use_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key"
    key.write_text("ab" * 32, encoding="ascii")
    key.chmod(0o600)
    monkeypatch.setenv("SUINING_KEY_FILE", str(key))
    read_settings.cache_clear()


def test_duckdb_alone_reads_the_shapes_and_their_coordinate_system(duckdb_file: duckdb.DuckDBPyConnection) -> None:
    of_parcel = "where table_name = 'parcel' and column_name = 'geometry'"
    types = duckdb_file.execute(f"select data_type from information_schema.columns {of_parcel}").fetchall()
    assert types == [("GEOMETRY('EPSG:4490')",)]
    found = duckdb_file.execute("""
        select parcel_code, geometry::varchar, ST_CRS(geometry), to_json(geometry)::varchar from spatial.parcel order by 1
    """).fetchall()
    text = f"POLYGON (({SQUARE}))"
    assert found[0] == ("a", text, "EPSG:4490", f'"{text}"')
    assert [row[1] is None for row in found] == [False, False, True]


def test_duckdb_alone_counts_groups_and_sorts_shapes(duckdb_file: duckdb.DuckDBPyConnection) -> None:
    [counted] = duckdb_file.execute(f"""
        select count(distinct geometry), count(*) filter (geometry = 'POLYGON (({SQUARE}))'),
            (select count(*) from spatial.parcel join spatial.parcel as other using (parcel_code) where other.geometry is null),
            (select count(*) from (from spatial.parcel except from spatial.parcel)),
            (select list(parcel_code order by geometry::varchar) from spatial.parcel)
        from spatial.parcel
    """).fetchall()
    assert counted == (2, 1, 1, 0, ["b", "a", "c"])


def test_parquet_and_geopackage_have_the_coordinate_system_all_rows_and_their_bounds(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    publish(con, settings, "run1")
    for table, rows, bounds in (
        ("parcel", 3, (105.5, 30.5, 105.8, 30.6)),
        ("address", 2, (105.57, 30.51, 105.57, 30.51)),
    ):
        frame = geopandas.read_parquet(parquet(settings, table))
        layer = pyogrio.read_info(package(settings, table), layer=table, force_total_bounds=True)
        assert frame.crs.to_epsg() == 4490
        assert layer["crs"] == "EPSG:4490"
        assert len(frame) == layer["features"] == rows
        assert tuple(frame.total_bounds) == tuple(layer["total_bounds"]) == bounds


def test_a_geopackage_has_one_kind_of_shapes_and_the_columns_of_its_table(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    publish(con, settings, "run1")
    kinds = {table: pyogrio.read_info(package(settings, table))["geometry_type"] for table in ("parcel", "address")}
    assert kinds == {"parcel": "MultiPolygon", "address": "Point"}
    parcels = pyogrio.read_dataframe(package(settings, "parcel")).set_index("parcel_code")
    assert parcels.loc["a", "area_m2"] == 10.5
    assert str(parcels.loc["a", "registered_date"])[:10] == "2019-08-14"
    assert parcels.loc["c", "geometry"] is None


def test_a_table_without_shapes_is_no_layer(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    assert parquet(settings, "division").exists()
    assert not package(settings, "division").exists()


def test_every_geopackage_is_in_the_manifest(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    listed = listed_files(read_manifest(settings.published / "manifest.json"))
    assert {"layers/spatial/parcel.gpkg", "layers/spatial/address.gpkg"} <= listed.keys()


def test_what_did_not_change_is_one_file_on_the_disk(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    before = {table: inode(package(settings, table)) for table in ("parcel", "address")}
    con.execute("update spatial.parcel set area_m2 = 1")
    con.execute("update governance.table_state set version = 'v2' where table_name = 'spatial.parcel'")
    publish(con, settings, "run2")
    assert inode(package(settings, "address")) == before["address"]
    assert inode(package(settings, "parcel")) != before["parcel"]
    assert set(pyogrio.read_dataframe(package(settings, "parcel")).area_m2) == {1.0}


def test_a_damaged_geopackage_is_written_again(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    package(settings, "parcel").resolve().write_bytes(b"SQLite format 3")
    publish(con, settings, "run2")
    assert pyogrio.read_info(package(settings, "parcel"))["features"] == 3


def test_text_of_an_older_version_becomes_shapes_although_the_table_stayed(
    con: duckdb.DuckDBPyConnection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as older:
        for name in ("typed_shape", "with_shape"):
            older.setattr(next_snapshot, name, lambda con, rows: rows)
        publish(con, settings, "run1")
    assert not package(settings, "parcel").exists()
    publish(con, settings, "run2")
    assert len(geopandas.read_parquet(parquet(settings, "parcel"))) == 3
    assert pyogrio.read_info(package(settings, "parcel"))["features"] == 3


def test_with_a_key_nothing_lies_there_in_plain(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    use_key(tmp_path, monkeypatch)
    publish(request.getfixturevalue("con"), read_settings(), "run1")
    assert parquet(settings, "address").read_bytes()[:4] == b"PARE"
    assert not (settings.published / "layers").exists()


def test_the_qgis_project_leads_to_every_layer_by_a_relative_path(
    con: duckdb.DuckDBPyConnection, settings: Settings, tmp_path: Path
) -> None:
    con.execute("comment on table spatial.parcel is '宗地（图斑） · Parcels'")
    publish(con, settings, "run1")
    moved = shutil.copytree(settings.published / "layers", tmp_path / "moved")
    project = etree.parse(moved / "project.qgs")
    assert project.findtext("projectCrs/spatialrefsys/authid") == "EPSG:4490"
    assert str(project.findtext("projectCrs/spatialrefsys/wkt")).endswith('ID["EPSG",4490]]')
    assert project.findtext("properties/SpatialRefSys/ProjectionsEnabled") == "1"
    layers = {layer.findtext("id"): layer for layer in project.iter("maplayer")}
    assert list(layers) == ["spatial.address", "spatial.parcel"]  # points above areas
    assert layers["spatial.parcel"].findtext("layername") == "宗地"
    assert layers["spatial.parcel"].findtext("layerOpacity") == "0.5"  # counties do not hide parcels
    for layer in layers.values():
        path, name = layer.findtext("datasource").split("|layername=")
        assert path.startswith("./")
        assert pyogrio.read_info(moved / path, layer=name)["crs"] == layer.findtext("srs/spatialrefsys/authid")
