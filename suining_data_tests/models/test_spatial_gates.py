"""Parcels that overlap, are not drawn or have no land use are reported, each by its code."""

import prcoords
import pytest

from suining_data.warehouse import load_spatial

REGISTER = "staged.natural_resources__real_estate_register"
MAP = "staged.natural_resources__parcels"
BUILT = ("spatial.address", "spatial.real_estate_unit", "spatial.division_boundary", "spatial.parcel")


def square(east: float, side: float = 30) -> str:
    """A square in metres with zone, `east` metres from where the first one begins."""
    west, south = 35548000 + east, 3375648
    corners = [(west, south), (west, south + side), (west + side, south + side), (west + side, south), (west, south)]
    return f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"


def draw(bench, number, east, kind="GB", **values):
    code = f"510903001001{kind}{number:05}"
    bench.insert(MAP, parcel_code=code, geometry=square(east), **{"land_use_code": "0701"} | values)
    return code


def test_every_pair_of_parcels_that_overlap_by_more_than_a_square_metre_is_named(bench):
    first = draw(bench, 1, 0)
    second = draw(bench, 2, 20)  # 10 m deep in the first
    draw(bench, 3, 50)  # has an edge with the second
    draw(bench, 4, 79.99)  # 1 cm deep in the third: 0.3 square metres
    bench.build(*BUILT, "spatial.parcel_overlap")
    [(one, other, area, share)] = bench.query("from spatial.parcel_overlap")
    assert (one, other) == (first, second)
    assert abs(area - 300) < 0.1
    assert abs(share - 1 / 3) < 0.001
    assert bench.broken("spatial.parcel_overlap", "parcels_do_not_overlap") == 1


def test_a_homestead_has_the_land_use_that_its_code_says(bench):
    bench.insert(REGISTER, real_estate_unit_code="510903001001JC00001F00010001", holder_name="张三")
    bench.insert(REGISTER, real_estate_unit_code="510903001001GB00002F00010001", holder_name="李四")
    draw(bench, 3, 0, land_use_code=None)
    bench.build(*BUILT)
    found = dict(bench.query("select substr(parcel_code, 13), land_use_code from spatial.parcel"))
    assert found == {"JC00001": "0702", "GB00002": None, "GB00003": None}
    assert bench.broken("spatial.parcel", "land_use_known") == 1  # of those that are drawn
    assert bench.broken("spatial.parcel", "drawn_if_registered") == 2


def test_a_building_without_a_parcel_is_reported(bench):
    draw(bench, 1, 0)
    for number in (1, 2):
        bench.insert("staged.housing__buildings", building_code=f"510903001001GB0000{number}F0001")
    bench.build(*BUILT, "spatial.building")
    assert bench.broken("spatial.building", "on_a_parcel") == 1


def at(crs, longitude, latitude):
    """A point of CGCS2000 in another system."""
    convert = {"GCJ-02": prcoords.wgs_gcj, "BD-09": prcoords.wgs_bd}.get(crs)
    point = convert(prcoords.Coords(latitude, longitude)) if convert else prcoords.Coords(latitude, longitude)
    return point.lon, point.lat


def report(bench, resource, declared, actual, addresses=6, role="map"):
    """Points of addresses in their actual system, under the declared one."""
    for number in range(addresses):
        x, y = at(actual, 105.5 + number / 100, 30.5 + number / 100)
        bench.insert(
            "linked.address_record", address_id=f"A{number}", address=f"船山区遂州中路{number}号", resource_id=resource, role=role,
            crs=declared, longitude=x, latitude=y,
        )  # fmt: skip


SYSTEMS = ("spatial.coordinate_offset", "spatial.misdeclared_system")


def misdeclared(bench):
    bench.build(*SYSTEMS)
    return {
        resource: (suspected, decided)
        for resource, suspected, decided in bench.query(
            "select resource_id, suspected_crs, is_decided from spatial.misdeclared_system"
        )
    }


@pytest.mark.parametrize(
    ("declared", "actual"),
    [
        ("EPSG:4490", "GCJ-02"),
        ("EPSG:4490", "BD-09"),
        ("GCJ-02", "EPSG:4490"),
        ("GCJ-02", "BD-09"),
        ("BD-09", "GCJ-02"),
        ("BD-09", "EPSG:4490"),
    ],
)
def test_a_resource_in_another_system_than_declared_is_found_by_its_offset(bench, declared, actual):
    report(bench, "map", "EPSG:4490", "EPSG:4490")
    report(bench, "doors", "GCJ-02", "GCJ-02")
    report(bench, "buildings", "BD-09", "BD-09")
    report(bench, "schools", declared, actual)
    assert misdeclared(bench) == {"schools": (actual, True)}
    assert bench.broken("spatial.misdeclared_system", "system_as_declared") == 1


def test_resources_in_their_declared_systems_are_not_suspected(bench):
    report(bench, "map", "EPSG:4490", "EPSG:4490")
    report(bench, "doors", "GCJ-02", "GCJ-02")
    report(bench, "buildings", "BD-09", "BD-09")
    assert misdeclared(bench) == {}
    [(pairs,)] = bench.query(
        "select count(*) from spatial.coordinate_offset where sqrt(power(east_m, 2) + power(north_m, 2)) < 1"
    )
    assert pairs == 6


def test_the_one_that_all_others_disagree_with_is_wrong(bench):
    """Doors in GCJ-02 as they should be and schools that are not: alone, the doors could as well be the wrong ones."""
    report(bench, "doors", "GCJ-02", "EPSG:4490", 20)
    report(bench, "schools", "EPSG:4490", "EPSG:4490", 6)
    assert misdeclared(bench) == {"doors": ("EPSG:4490", False), "schools": ("GCJ-02", False)}
    report(bench, "hydrants", "EPSG:4490", "EPSG:4490", 6)
    assert misdeclared(bench) == {"doors": ("EPSG:4490", True)}


def test_points_that_scatter_prove_nothing(bench):
    report(bench, "map", "EPSG:4490", "EPSG:4490")
    report(bench, "schools", "EPSG:4490", "GCJ-02")
    bench.con.execute(
        "update linked.address_record set longitude = longitude + (record_id % 5 - 2) / 100 where resource_id = 'schools'"
    )
    assert misdeclared(bench) == {}


def test_a_point_of_a_resource_in_another_system_is_no_point_of_an_address(bench):
    """A door comes before a site, but not when it is half a kilometre off."""
    report(bench, "doors", "EPSG:4490", "GCJ-02", role="standard_address")
    report(bench, "schools", "EPSG:4490", "EPSG:4490", 5, role="school_site")
    bench.build(*SYSTEMS, "spatial.address", "spatial.address_point")
    found = dict(bench.query("select address_id, coordinate_source from spatial.address"))
    assert found == {**{f"A{number}": "schools" for number in range(5)}, "A5": None}
    [(off,)] = bench.query("select max(abs(longitude - 105.5)) from spatial.address_point where address_id = 'A0'")
    assert off < 1e-6


def test_buildings_and_parcels_are_compared(bench):
    """A parcel map in metres can be made of points in GCJ-02, too; then no parcel is drawn where it is not."""
    for number in range(6):
        east = 100 * number
        x, y = to_degrees(bench, 548000 + east + 15, 3375663)
        longitude, latitude = at("BD-09", x, y)
        code = f"510903001001GB{number:05}"
        bench.insert("staged.housing__buildings", building_code=f"{code}F0001", longitude=longitude, latitude=latitude)
        bench.insert(MAP, parcel_code=code, geometry=square(east), land_use_code="0701")
    assert misdeclared(bench) == {}
    bench.con.execute(
        "update staged.natural_resources__parcels set geometry = ST_AsText(ST_Translate(ST_GeomFromText(geometry), ?, ?))",
        shift_of_gcj_02(bench),
    )
    assert misdeclared(bench) == {"natural_resources__parcels": ("GCJ-02", True)}
    bench.build(*BUILT)
    assert bench.query("select count(geometry), count(delivered_geometry) from spatial.parcel") == [(0, 6)]


def to_degrees(bench, x, y):
    load_spatial(bench.con)
    sql = "select ST_Transform(ST_Point(?, ?), 'EPSG:4544', 'EPSG:4490', always_xy := true) as p"
    [point] = bench.query(f"select [ST_X(p), ST_Y(p)] from ({sql})".replace("?", "{}").format(x, y))
    return point[0]


def shift_of_gcj_02(bench):
    """Metres to the east and to the north, where the parcels are."""
    x, y = at("GCJ-02", *to_degrees(bench, 548000, 3375648))
    sql = f"select ST_Transform(ST_Point({x}, {y}), 'EPSG:4490', 'EPSG:4544', always_xy := true) as p"
    [(east, north)] = bench.query(f"select ST_X(p) - 548000, ST_Y(p) - 3375648 from ({sql})")
    return [east, north]


IN_CHUANSHAN, IN_SHEHONG, ELSEWHERE = (105.57, 30.52), (105.39, 30.87), (105.9, 31.15)
OUTLINES = (("510900000000", "city", 105.3, 30.4, 105.7, 31.0), ("510903000000", "county", 105.5, 30.4, 105.7, 30.6))


def test_roads_waters_and_facilities_lie_in_their_county_and_in_the_city(bench):
    for code, level, west, south, east, north in OUTLINES:
        corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
        outline = f"POLYGON (({', '.join(f'{x} {y}' for x, y in corners)}))"
        bench.insert(
            "staged.natural_resources__division_boundaries",
            division_code=code,
            name=code,
            level_code=level,
            geometry=outline,
        )
    for number, (x, y) in enumerate((IN_CHUANSHAN, IN_SHEHONG, ELSEWHERE)):
        line, point = f"LINESTRING ({x} {y}, {x + 0.001} {y})", f"POINT ({x} {y})"
        bench.insert(
            "staged.sichuan_surveying__map_features", feature_code=f"F{number}", feature_type_code="road", name="遂州路",
            division_code="510903000000", geometry=line,
        )  # fmt: skip
        bench.insert("staged.transport__roads", route_code="G318", start_stake=f"K{number}", geometry=line)
        bench.insert(
            "staged.water_resources__waters_and_permits", feature_code=f"W{number}", feature_type_code="intake",
            name="取水口", geometry=point,
        )  # fmt: skip
        bench.insert(
            "staged.civil_air_defence__shelters", shelter_code=f"S{number}", name="工程", longitude=x, latitude=y
        )
    for number, (x, y) in enumerate((IN_CHUANSHAN, IN_SHEHONG)):
        bench.insert(
            "linked.address_record", address_id=f"A{number}", address="船山区遂州中路1号", division_code="510903000000",
            resource_id="education__schools", role="school_site", crs="EPSG:4490", longitude=x, latitude=y,
        )  # fmt: skip
        school = bench.insert("staged.education__schools", school_code=f"3651{number}", name=f"第{number}小学")
        bench.organization(None, "education__schools", role="school", record_id=school, address_id=f"A{number}")
    bench.build(*SYSTEMS, "spatial.address", "spatial.division_boundary")
    bench.build("spatial.road", "spatial.water_feature", "spatial.facility")
    assert bench.query("select route_code, is_in_county, is_in_city from spatial.road order by record_id") == [
        (None, True, True), ("G318", None, True),
        (None, False, True), ("G318", None, True),
        (None, False, False), ("G318", None, False),
    ]  # fmt: skip
    assert bench.query("select is_in_city from spatial.water_feature order by feature_code") == [
        (True,),
        (True,),
        (False,),
    ]
    assert bench.query("select is_in_county, is_in_city from spatial.facility order by facility_type_code, local_code") == [
        (None, True), (None, True), (None, False), (True, True), (False, True),
    ]  # fmt: skip
    for table, outside in (("spatial.road", 2), ("spatial.water_feature", 1), ("spatial.facility", 1)):
        assert bench.broken(table, "within_the_city") == outside
    assert (
        bench.broken("spatial.road", "within_its_county"),
        bench.broken("spatial.facility", "within_its_county"),
    ) == (2, 1)
