"""A batch whose points are in another system than declared is refused, and every other batch is not."""

import re
from collections.abc import Callable
from pathlib import Path

import prcoords
import pytest

from suining_data.ingestion import Notice
from suining_data.linkage import address_id
from suining_data.quality import misdeclared_system
from suining_data.settings import Settings
from suining_data.sql import identifier, literal
from suining_data.warehouse import load_spatial
from suining_data_tests.bench import Bench

SCHOOLS, PARCELS, BUILDINGS = "education__schools", "natural_resources__parcels", "housing__buildings"
DOORS = "public_security__standard_addresses"
SYSTEMS = ("EPSG:4490", "GCJ-02", "BD-09")
Judge = Callable[..., Notice | None]


def at(crs: str, longitude: float, latitude: float) -> tuple[float, float]:
    """A point of CGCS2000 in another system."""
    convert = {"GCJ-02": prcoords.wgs_gcj, "BD-09": prcoords.wgs_bd}.get(crs)
    point = prcoords.Coords(latitude, longitude)
    point = convert(point) if convert else point
    return point.lon, point.lat


def place(number: int) -> tuple[float, float]:
    return 105.5 + number / 500, 30.5 + number % 7 / 100


def code(number: int) -> str:
    return f"510903001001GB{number:05}"


def square(number: int, crs: str = "EPSG:4490") -> str:
    """A parcel as the parcel map has it: in metres with zone. In another system: its corners were shifted before."""
    longitude, latitude = at(crs, *place(number))
    corners = [(longitude + x, latitude + y) for x, y in ((0, 0), (0, 3e-4), (3e-4, 3e-4), (3e-4, 0), (0, 0))]
    return f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"


@pytest.fixture
def judge(bench: Bench, tmp_path: Path) -> Judge:
    """Judges a new batch of a resource, given as rows of field -> value."""
    load_spatial(bench.con)

    def judged(resource_id: str, rows: list[dict[str, object]], declared: str | None = None) -> Notice | None:
        resource = bench.catalog.resource(resource_id)
        if declared:
            resource = resource.model_copy(update={"delivery": resource.delivery.model_copy(update={"crs": declared})})
        source = {field.name: field.source for field in resource.fields}
        selects = []
        for number, row in enumerate(rows):
            values = {source[name]: value for name, value in row.items()}
            columns = [
                f"{literal(str(values[each])) if each in values else 'null'}::varchar as {identifier(each)}"
                for each in dict.fromkeys(source.values())
            ]
            selects.append(f"select {', '.join(columns)}, {number + 2} as _line")
        raw = tmp_path / "raw.parquet"
        bench.con.execute(f"copy ({' union all '.join(selects)}) to {literal(str(raw))}")
        return misdeclared_system(bench.con, Settings(data=tmp_path), raw, resource, "b2")

    return judged


def schools(crs: str, numbers: range = range(30), metres: float = 0) -> list[dict[str, object]]:
    points = [(number, *at(crs, *place(number))) for number in numbers]
    return [
        {
            "school_code": f"36510{number:05}",
            "name": f"第{number}小学",
            "address": f"遂宁市船山区遂州中路{number}号",
            "longitude": longitude + metres / 95_800,
            "latitude": latitude,
        }
        for number, longitude, latitude in points
    ]


def parcels(bench: Bench, crs: str, numbers: range = range(30)) -> list[dict[str, object]]:
    shape = "ST_AsText(ST_Transform(ST_GeomFromText(?), 'EPSG:4490', 'EPSG:4523', always_xy := true))"
    return [
        {"parcel_code": code(n), "geometry": bench.con.execute(f"select {shape}", [square(n, crs)]).fetchall()[0][0]}
        for n in numbers
    ]


def known_schools(bench: Bench, crs: str = "EPSG:4490") -> None:
    rows = [{k: row[k] for k in ("school_code", "longitude", "latitude")} for row in schools(crs)]
    bench.stage_all(SCHOOLS, rows)  # type: ignore[arg-type]


def known_doors(bench: Bench, declared: str = "EPSG:4490", actual: str | None = None) -> None:
    for number in range(30):
        longitude, latitude = at(actual or declared, *place(number))
        bench.insert(
            "linked.address_record", address=f"船山区遂州中路{number}号", resource_id=DOORS, role="standard_address",
            crs=declared, longitude=longitude, latitude=latitude,
        )  # fmt: skip
    bench.con.execute(f"update linked.address_record set address_id = {address_id('address')}")


@pytest.mark.parametrize("declared", SYSTEMS)
@pytest.mark.parametrize("actual", SYSTEMS)
def test_the_same_rows_in_another_system_are_refused(bench: Bench, judge: Judge, declared: str, actual: str) -> None:
    known_schools(bench, declared)
    refused = judge(SCHOOLS, schools(actual), declared)
    if actual == declared:
        assert refused is None
    else:
        assert refused
        for text in (refused.zh, refused.en):
            for named in (SCHOOLS, declared, actual, "30", "--accept b2", "catalog/units/education.yaml"):
                assert named in text
        assert "本资源以前交付的坐标" in refused.zh


def test_the_offset_is_in_the_message(bench: Bench, judge: Judge) -> None:
    known_schools(bench)
    refused = judge(SCHOOLS, schools("GCJ-02"))
    x, y = place(15)
    shifted = at("GCJ-02", x, y)
    east, north = (shifted[0] - x) * 95_800, (shifted[1] - y) * 111_195
    assert refused
    metres = [int(text.replace(",", "")) for text in re.findall(r"[+-][0-9,]+(?= 米)", refused.zh)]
    assert metres == pytest.approx([east, north], abs=30)


@pytest.mark.parametrize("moved", [0, 20, 300])
def test_corrected_points_are_not_refused(bench: Bench, judge: Judge, moved: float) -> None:
    known_schools(bench)
    assert judge(SCHOOLS, schools("EPSG:4490", metres=moved)) is None


def test_few_points_prove_nothing(bench: Bench, judge: Judge) -> None:
    known_schools(bench)
    assert judge(SCHOOLS, schools("GCJ-02", range(19))) is None
    assert judge(SCHOOLS, schools("GCJ-02", range(20)))


def test_new_rows_are_compared_with_what_others_report_of_their_addresses(bench: Bench, judge: Judge) -> None:
    """A first delivery, or rows that are all new."""
    assert judge(SCHOOLS, schools("GCJ-02")) is None, "nothing is known"
    known_doors(bench, "BD-09")
    refused = judge(SCHOOLS, schools("GCJ-02"))
    assert refused
    assert DOORS in refused.zh
    assert judge(SCHOOLS, schools("EPSG:4490")) is None


def test_where_the_known_points_may_be_the_wrong_ones_it_is_said(bench: Bench, judge: Judge) -> None:
    """Points of CGCS2000 that are declared in GCJ-02 are off from true ones as those would be in GCJ-02."""
    known_doors(bench, "GCJ-02", actual="EPSG:4490")
    refused = judge(SCHOOLS, schools("EPSG:4490"))
    assert refused
    assert f"也可能是 {DOORS} 的坐标系登记有误，实为 EPSG:4490" in refused.zh
    assert f"Or {DOORS} is really in EPSG:4490" in refused.en


def test_a_resource_that_is_in_doubt_itself_proves_nothing(bench: Bench, judge: Judge) -> None:
    """The first delivery was wrong, and so is the second: others know it."""
    known_schools(bench, "GCJ-02")
    assert judge(SCHOOLS, schools("GCJ-02")) is None
    known_doors(bench)
    bench.insert(
        "spatial.misdeclared_system",
        resource_id=SCHOOLS,
        declared_crs="EPSG:4490",
        suspected_crs="GCJ-02",
        is_decided=True,
    )
    assert judge(SCHOOLS, schools("GCJ-02"))
    assert judge(SCHOOLS, schools("EPSG:4490")) is None


def test_shapes_are_compared_by_their_middle(bench: Bench, judge: Judge) -> None:
    bench.stage_all(PARCELS, parcels(bench, "EPSG:4490"))  # type: ignore[arg-type]
    assert judge(PARCELS, parcels(bench, "EPSG:4490")) is None
    refused = judge(PARCELS, parcels(bench, "GCJ-02"))
    assert refused
    assert "EPSG:4523" in refused.en
    assert "correct delivery.crs" not in refused.en, "a shape cannot be declared in GCJ-02"


def test_buildings_lie_on_their_parcels(bench: Bench, judge: Judge) -> None:
    bench.stage_all(PARCELS, parcels(bench, "EPSG:4490"))  # type: ignore[arg-type]

    def buildings(crs: str) -> list[dict[str, object]]:
        points = [(number, *at(crs, *place(number))) for number in range(30)]
        return [{"building_code": f"{code(n)}F0001", "longitude": x, "latitude": y} for n, x, y in points]

    assert judge(BUILDINGS, buildings("BD-09")) is None
    refused = judge(BUILDINGS, buildings("GCJ-02"))
    assert refused
    assert PARCELS in refused.zh


def test_a_warehouse_without_tables_knows_nothing(judge: Judge, bench: Bench) -> None:
    for table in (f"staged.{SCHOOLS}", "linked.address_record", "spatial.misdeclared_system"):
        bench.con.execute(f"drop table {table}")
    assert judge(SCHOOLS, schools("GCJ-02")) is None


def test_of_two_files_in_a_first_refresh_the_second_is_compared_with_the_first(
    bench: Bench, judge: Judge, tmp_path: Path
) -> None:
    """Nothing is staged yet, but the first file is in raw/."""
    bench.con.execute(f"drop table staged.{SCHOOLS}")
    assert judge(SCHOOLS, schools("EPSG:4490")) is None
    folder = tmp_path / "raw" / SCHOOLS
    folder.mkdir(parents=True)
    (tmp_path / "raw.parquet").rename(folder / "b1.parquet")
    assert judge(SCHOOLS, schools("GCJ-02"))
    assert judge(SCHOOLS, schools("EPSG:4490", metres=20)) is None


def test_a_resource_without_coordinates_costs_nothing(bench: Bench, tmp_path: Path) -> None:
    [resource] = [each for each in bench.catalog.shared if each.id == "civil_affairs__marriages"]
    assert misdeclared_system(bench.con, Settings(data=tmp_path), tmp_path / "is not read", resource, "b1") is None
