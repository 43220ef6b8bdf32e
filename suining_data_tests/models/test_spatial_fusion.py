"""People, households, organisations and facilities counted by division and by square kilometre, and what they live near."""

import pytest

COUNTY, TOWN = "510903000000", "510903001000"
X, Y = 105.57, 30.51  # about 554.7 km east, 3375.9 km north
METRE = 1 / 111_320  # in degrees of latitude


@pytest.fixture
def fused(bench):
    """Six people in one house, one in another 2 km to the north, one without a point; a stop 300 m and a school 800 m from the first."""
    for name, north, accuracy in (("near", 0, "door"), ("far", 2000, "building"), ("vague", 10, None)):
        point = {"longitude": X, "latitude": Y + north * METRE} if accuracy else {}
        bench.insert("spatial.address", address_id=name, address=name, division_code=TOWN, coordinate_accuracy=accuracy, **point)  # fmt: skip
    homes = ["near"] * 6 + ["far", "vague"]
    for number, home in enumerate(homes):
        bench.insert(
            "population.person", person_id=f"P{number}", is_deceased=False, household_id=f"H{home}",
            residence_address_id=home, registered_division_code=COUNTY,
        )  # fmt: skip
    bench.insert("population.person", person_id="dead", is_deceased=True, residence_address_id="near")
    bench.insert("population.household", household_id="H", member_count=6, address_id="near", division_code=TOWN)
    bench.insert("legal_entity.organization", organization_id="O", status_code="active", address_id="near", division_code=TOWN)  # fmt: skip
    for kind, north in (("transit_stop", 300), ("school", 800), ("pharmacy", 0)):
        bench.insert("spatial.facility", facility_id=kind, facility_type_code=kind, division_code=TOWN, longitude=X, latitude=Y + north * METRE)  # fmt: skip
    bench.build("code.division", "spatial.division_count", "spatial.grid_cell", "spatial.accessibility")
    return bench


def test_a_county_counts_what_its_towns_have(fused):
    counts = fused.query(
        "select division_code, registered_persons, resident_persons, households, organizations, facilities "
        f"from spatial.division_count where division_code in ('{COUNTY}', '{TOWN}') order by 1"
    )
    assert counts == [(COUNTY, 8, 8, 1, 1, 3), (TOWN, 0, 8, 1, 1, 3)]


def test_the_middle_of_a_town_is_shown_only_where_it_gives_no_point_of_an_address_away(fused):
    middle = f"select longitude from spatial.division_count where division_code = '{TOWN}'"
    assert fused.query(middle) == [(None,)]  # of two located addresses
    for number in range(3):
        fused.insert(
            "spatial.address", address_id=f"A{number}", address=f"A{number}", division_code=TOWN,
            coordinate_accuracy="door", longitude=X, latitude=Y,
        )  # fmt: skip
    fused.build("spatial.division_count")
    assert fused.query(middle) == [(X,)]


def test_a_cell_has_counts_but_not_those_of_few_people(fused):
    cells = fused.query(
        "select resident_persons, households, sum(organizations), sum(facilities) from spatial.grid_cell group by all order by all"
    )
    assert (6, None, 1, 1) in [(persons, households, int(o), min(int(f), 1)) for persons, households, o, f in cells]
    assert None in [persons for persons, *_ in cells]  # the one person in the north
    assert not fused.failures("spatial.grid_cell")


def test_a_cell_is_a_square_kilometre_named_by_its_south_west_corner(fused):
    cells = fused.query("""
        select cell_id, ST_XMin(shape), ST_YMin(shape), ST_Area(shape)
        from (select cell_id, ST_Transform(ST_GeomFromText(geometry), 'EPSG:4490', 'EPSG:4544', always_xy := true) as shape from spatial.grid_cell)
    """)
    for cell, west, south, area in cells:
        assert cell == f"E{round(west / 1000)}N{round(south / 1000)}"
        assert area == pytest.approx(1e6, rel=1e-4)


def test_people_are_counted_who_live_within_500_m_and_1_km_of_a_kind_of_facility(fused):
    found = fused.query(
        "select facility_type_code, persons, persons_within_500m, persons_within_1km from spatial.accessibility "
        f"where division_code = '{TOWN}' order by 1"
    )
    assert found == [("school", 7, 0, 6), ("transit_stop", 7, 6, 6)]
