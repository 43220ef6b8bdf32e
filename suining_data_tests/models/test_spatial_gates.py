"""Parcels that overlap, are not drawn or have no land use are reported, each by its code."""

import prcoords

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


def test_a_delivery_in_gcj_02_that_is_declared_as_cgcs2000_is_found_by_its_offset(bench):
    for number in range(6):
        longitude, latitude = 105.5 + number / 100, 30.5 + number / 100
        shifted = prcoords.wgs_gcj(prcoords.Coords(latitude, longitude))
        places = {
            "map": ("EPSG:4490", longitude, latitude),
            "doors": ("GCJ-02", shifted.lon, shifted.lat),  # as declared
            "schools": ("EPSG:4490", shifted.lon, shifted.lat),  # not as declared
        }
        for resource, (crs, x, y) in places.items():
            bench.insert(
                "linked.address_record", address_id=f"A{number}", resource_id=resource, role="r", crs=crs, longitude=x, latitude=y
            )  # fmt: skip
    bench.build("spatial.coordinate_offset")
    found = dict(bench.query("select resource_id, suspected_crs from spatial.coordinate_offset"))
    assert found == {"map": None, "doors": None, "schools": "GCJ-02"}
    assert bench.broken("spatial.coordinate_offset", "system_as_declared") == 1
