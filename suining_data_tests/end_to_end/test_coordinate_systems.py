"""A later delivery in another coordinate system than declared is refused in a refresh, and the former one stays current."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import prcoords
import pyproj
import pytest
import shapefile

from suining_data.display import PlainConsole
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.settings import Settings, settings
from suining_data.warehouse import read_warehouse
from suining_data_tests.bench import FIRMS, RESIDENTS
from suining_data_tests.ingestion.test_shapefile import ZONE_35
from suining_data_tests.part import catalog_of, steps_of_part

PARCELS, BUILDINGS = "natural_resources__parcels", "housing__buildings"
COUNT = 30
SIDE = 3e-4  # degrees
FORWARD = {"EPSG:4490": lambda p: p, "GCJ-02": prcoords.wgs_gcj, "BD-09": prcoords.wgs_bd}
TO_ZONE_35 = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4523", always_xy=True)


class Town:
    """A part of the catalogue, with parcels as shapes and buildings as points on them."""

    def __init__(self, folder: Path, empty_warehouse: Path, patch: pytest.MonkeyPatch) -> None:
        patch.setenv("SUINING_DATA", str(folder))
        patch.setenv("SUINING_QUIET_SECONDS", "0")
        settings.cache_clear()
        steps = steps_of_part(catalog_of({PARCELS, BUILDINGS, RESIDENTS, FIRMS}))  # linkage needs each subject
        patch.setattr("suining_data.orchestration.refresh.pipeline", lambda: steps)
        self.settings: Settings = settings()
        self.settings.warehouse.parent.mkdir(parents=True)
        self.settings.warehouse.write_bytes(empty_warehouse.read_bytes())

    def deliver_parcels(self, name: str, crs: str) -> None:
        shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
        with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding="gbk", shapeType=shapefile.POLYGON) as writer:
            for column in ("ZDDM", "BDCDYH", "YT", "MJ"):
                writer.field(column, "C", 30)
            for number in range(COUNT):
                x, y = point(number, crs)
                ring = [(x, y), (x, y + SIDE), (x + SIDE, y + SIDE), (x + SIDE, y), (x, y)]
                writer.poly([[TO_ZONE_35.transform(*corner) for corner in ring]])
                writer.record(code(number), "", "0701", "")
        parts = {".shp": shp.getvalue(), ".shx": shx.getvalue(), ".dbf": dbf.getvalue(), ".prj": ZONE_35.encode()}
        for suffix, part in parts.items():
            self._write("natural_resources", name + suffix, part)

    def deliver_buildings(self, name: str, crs: str, east: float = 0) -> None:
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow(["zrzh", "xqmc", "dz", "cs", "jgn", "x", "y"])
        for number in range(COUNT):
            x, y = point(number, crs, east)
            writer.writerow(
                [f"{code(number)}F0001", "", f"遂宁市船山区遂州中路{number + 1}号", 6, 2005, f"{x:.7f}", f"{y:.7f}"]
            )
        self._write("housing", name, text.getvalue().encode())

    def _write(self, unit: str, name: str, content: bytes) -> None:
        file = self.settings.landing / unit / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)

    def refresh(self, *accepted: str) -> str:
        """What `suining refresh` prints."""
        output = io.StringIO()
        outcome = run_refresh(self.settings, PlainConsole(file=output, width=2000), accepted)
        assert outcome is not Outcome.FAILED, output.getvalue()
        return output.getvalue()

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with read_warehouse(self.settings) as con:
            return con.sql(sql).fetchall()

    def batches(self) -> dict[str, str]:
        return dict(self.rows("select file_name, status from governance.batch"))  # type: ignore[arg-type]


def point(number: int, crs: str, east: float = 0) -> tuple[float, float]:
    longitude, latitude = 105.52 + number / 500 + east / 95_800, 30.5 + number % 7 / 100
    found = FORWARD[crs](prcoords.Coords(latitude, longitude))
    return found.lon, found.lat


def code(number: int) -> str:
    return f"510903001001GB{number:05}"


@pytest.fixture(scope="module")
def town(empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with pytest.MonkeyPatch.context() as patch:
        yield Town(tmp_path_factory.mktemp("systems") / "data", empty_warehouse, patch)
    settings.cache_clear()


def test_a_later_delivery_in_another_system_is_refused_and_a_correction_is_not(town: Town) -> None:
    town.deliver_parcels("zdtb_1", "EPSG:4490")
    town.deliver_buildings("ldjzw_1.csv", "BD-09")
    town.refresh()
    assert set(town.batches().values()) == {"in_force"}
    assert town.rows("select count(*) from spatial.coordinate_offset") == [(2,)]
    assert town.rows("from spatial.misdeclared_system") == []
    points = "select building_code, longitude, latitude from spatial.building order by all"
    shapes = "select parcel_code, geometry from spatial.parcel order by all"
    before = town.rows(points), town.rows(shapes)
    assert all(shape for _, shape in before[1])

    town.deliver_parcels("zdtb_2", "GCJ-02")
    town.deliver_buildings("ldjzw_2.csv", "GCJ-02")
    said = town.refresh()
    for resource, declared in ((PARCELS, "EPSG:4523"), (BUILDINGS, "BD-09")):
        assert f"（{resource}）登记的坐标系是 {declared}" in said
    assert said.count("疑似实为 GCJ-02") == 2
    assert {name: status for name, status in town.batches().items() if status != "in_force"} == {
        "zdtb_2.shp": "refused",
        "ldjzw_2.csv": "refused",
    }
    assert (town.rows(points), town.rows(shapes)) == before

    town.deliver_buildings("ldjzw_3.csv", "BD-09", east=20)  # a correction of all points
    town.refresh()
    assert town.batches()["ldjzw_3.csv"] == "in_force"
    moved = town.rows(points)
    assert all(18 < (now[1] - then[1]) * 95_800 < 22 for now, then in zip(moved, before[0], strict=True))  # type: ignore[operator]

    [(batch,)] = town.rows("select batch_id from governance.batch where file_name = 'zdtb_2.shp'")
    town.refresh(str(batch))
    assert town.batches()["zdtb_2.shp"] == "in_force"
    assert town.rows("select resource_id, suspected_crs, is_decided from spatial.misdeclared_system") == [
        (PARCELS, "GCJ-02", True)
    ]
    assert town.rows("select count(geometry), count(delivered_geometry) from spatial.parcel") == [(0, COUNT)]
