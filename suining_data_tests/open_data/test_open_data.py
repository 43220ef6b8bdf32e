"""Schema open_data: who is counted for the public, as the catalogue's open terms have it."""

import pytest

from suining_data_tests.bench import BASES, FIRMS, RESIDENTS, TAXPAYERS

TOWN, VILLAGE = "510903001000", "510903001001"


@pytest.fixture
def counted(bench):
    """Build everything and count."""

    def build(opened=()):
        bench.insert(
            "staged.natural_resources__divisions",
            division_code="510903000000",
            code_system_code="NBS",
            name="船山区",
            level_code="county",
        )
        bench.insert(
            "staged.natural_resources__divisions",
            division_code=TOWN,
            code_system_code="NBS",
            name="南津路街道",
            level_code="town",
        )
        bench.insert(
            "staged.natural_resources__divisions",
            division_code=VILLAGE,
            code_system_code="NBS",
            name="油坊街社区居民委员会",
            level_code="village",
        )
        bench.build("spatial", "code")
        for resource in opened:
            bench.con.execute(
                "update code.resource set open_type_code = 'conditional' where resource_id = ?", [resource]
            )
        bench.build(*BASES, "open_data")
        assert bench.failures("open_data") == {}
        return bench

    return build


def resident(bench, person, **values):
    bench.person(person, RESIDENTS, resident_id=None, household_number="H1", registered_division_code=VILLAGE, **values)


def test_people_are_not_counted_while_the_catalogue_opens_no_register(bench, counted):
    resident(bench, "P1", sex_code="1", birth_date="1987-03-02")
    assert counted().query("from open_data.person_by_birth_and_sex") == []


def test_people_are_counted_by_town_sex_and_five_years_once_their_register_is_open(bench, counted):
    resident(bench, "P1", sex_code="1", birth_date="1987-03-02")
    resident(bench, "P2", sex_code="1", birth_date="1989-12-31")
    resident(bench, "P3", sex_code="2", birth_date="1990-01-01")
    resident(bench, "P4")
    resident(bench, "P5", sex_code="1", birth_date="1988-01-01", death_date="2018-01-01")
    assert counted([RESIDENTS]).query("from open_data.person_by_birth_and_sex order by all") == [
        (TOWN, "0", "unknown", 1),
        (TOWN, "1", "1985", 2),
        (TOWN, "2", "1990", 1),
    ]


def test_firms_of_which_only_a_closed_resource_reports_a_registration_are_not_counted(bench, counted):
    common = {"status_code": "active", "division_code": VILLAGE, "organization_type_code": "enterprise"}
    bench.organization("O1", FIRMS, name="甲", industry_code="H6210", **common)
    bench.organization("O2", FIRMS, name="乙", **common)
    bench.organization("O3", TAXPAYERS, name="丙", industry_code="H6210", **common)
    bench.organization("O4", FIRMS, name="丁", **(common | {"status_code": "revoked"}))
    found = counted()
    assert found.query("from open_data.organization_by_industry order by all") == [(TOWN, "H", 1), (TOWN, "unknown", 1)]
    assert found.query("from open_data.organization_by_type") == [(TOWN, "enterprise", 2)]
