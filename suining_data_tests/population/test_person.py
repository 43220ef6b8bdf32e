"""population.person, person_identifier, person_address, household: which value wins, and what stays visible."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

POLICE = "sichuan_public_security__residents"
ZHANG = "11010119900307803X"


def household_member(bench, person, number, relation, **values):
    return bench.person(
        person, POLICE, 1, role="household_member", household_number=number, head_relation_code=relation, **values
    )


def test_the_more_authoritative_source_wins_and_is_named(bench):
    police = bench.person("P1", POLICE, 1, name="张伟", valid_from="2010-01-01")
    bench.person("P1", "medical_insurance__enrolments", 9, name="张玮", valid_from="2019-01-01")
    bench.build(*BASES)
    assert bench.query("select name, name_from, record_count, resource_count from population.person") == [
        ("张伟", police, 2, 2)
    ]


def test_among_equals_the_later_record_wins(bench):
    bench.person("P1", "human_resources__social_security_cards", 20, phone="13800000000", valid_from="2015-01-01")
    bench.person("P1", "sichuan_human_resources__insurance", 20, phone="13900000000", valid_from="2018-01-01")
    bench.person("P1", "sichuan_human_resources__insurance", 20, phone="13700000000")
    bench.build(*BASES)
    assert bench.query("select phone, first_valid_from, last_valid_from from population.person") == [
        ("13900000000", date(2015, 1, 1), date(2018, 1, 1))
    ]


def test_a_value_that_the_authority_lacks_comes_from_the_next(bench):
    bench.person("P1", POLICE, 1, name="张伟")
    bench.person("P1", "civil_affairs__cremations", 8, death_date="2019-05-02")
    bench.build(*BASES)
    assert bench.query("select name, is_deceased, death_date from population.person") == [
        ("张伟", True, date(2019, 5, 2))
    ]


def test_the_address_id_is_that_of_the_winning_address(bench):
    bench.insert("spatial.address", address_id="A1", division_code="510903001001")
    bench.insert("spatial.address", address_id="A2")
    bench.insert("spatial.division", division_code="510903001001")
    for authority, address in ((1, "A1"), (5, "A2"), (9, "A3")):
        bench.person("P1", POLICE, authority, registered_address=address, registered_address_id=address)
    bench.build(*BASES)
    assert bench.query("select registered_address_id, registered_division_code from population.person") == [
        ("A1", "510903001001")
    ]
    assert bench.query("select address_id, address_type, is_current from population.person_address order by 1") == [
        ("A1", "registered", True),
        ("A2", "registered", False),
    ]


def test_a_former_address_ends_with_the_next_or_is_only_known_by_its_records(bench):
    for address in ("A1", "A2", "A3"):
        bench.insert("spatial.address", address_id=address)
    for authority, day, address in ((1, "2010-01-01", "A1"), (9, "2012-01-01", "A2"), (1, "2015-01-01", "A3")):
        bench.person("P1", POLICE, authority, valid_from=day, registered_address=address, registered_address_id=address)
    bench.build(*BASES)
    assert bench.query(
        "select address_id, valid_from, valid_to, valid_to_kind from population.person_address order by 1"
    ) == [
        ("A1", date(2010, 1, 1), date(2015, 1, 1), "derived"),
        ("A2", date(2012, 1, 1), None, "known_by"),  # of a lesser authority: a conflict, not the past
        ("A3", date(2015, 1, 1), None, None),
    ]


def test_an_employer_whom_nobody_knows_tells_of_no_employer(bench):
    bench.organization("O1", "market_supervision__registrations", 1)
    known = {"employer_code": "E1", "employer_organization_id": "O1", "valid_from": "2010-01-01"}
    known_from = bench.person("P1", "sichuan_human_resources__insurance", 2, **known)
    bench.person("P1", "sichuan_human_resources__insurance", 2, employer_code="E2", valid_from="2018-01-01")
    bench.build(*BASES)
    assert bench.query("select employer_organization_id, employer_from from population.person") == [("O1", known_from)]
    assert bench.query(
        "select record_id from population.person_provenance where attribute = 'employer_organization_id'"
    ) == [(known_from,)]


def test_an_address_or_division_that_space_does_not_know_is_no_dangling_key(bench):
    bench.person("P1", POLICE, registered_address="x", registered_address_id="A9", registered_division_code="1")
    bench.person("P1", POLICE, employer_code="x", employer_organization_id="O9")
    bench.build(*BASES)
    assert bench.query(
        "select registered_address_id, registered_division_code, employer_organization_id from population.person"
    ) == [(None, None, None)]
    assert bench.failures(*BASES) == {}


def test_whoever_moved_out_has_no_household_until_they_are_registered_again(bench):
    bench.insert("spatial.address", address_id="A1")
    here = {"registered_address": "a", "registered_address_id": "A1"}
    for person, changes in {"P1": [], "P2": ["moved_out"], "P3": ["moved_out", "moved_in"]}.items():
        household_member(bench, person, "H1", "02" if person == "P1" else "20", valid_from="2001-01-01", **here)
        for day, change in enumerate(changes, start=1):
            record = household_member(
                bench, person, "H1", "20", valid_from=f"2018-01-0{day}", **(here if change == "moved_in" else {})
            )
            bench.insert(
                "staged.public_security__household_changes",
                record_id=record,
                change_code=change,
                change_date=f"2018-01-0{day}",
            )
    bench.build(*BASES)
    assert bench.query(
        "select person_id, household_number, registered_address_id, moved_out_date from population.person order by 1"
    ) == [("P1", "H1", "A1", None), ("P2", None, None, date(2018, 1, 1)), ("P3", "H1", "A1", None)]
    assert bench.query("select member_count from population.household") == [(2,)]


@pytest.mark.parametrize(
    ("back", "is_back"),
    [
        ({"household_number": "H2", "valid_from": "2018-01-05"}, True),
        ({"registered_division_code": "510903001001", "valid_from": "2018-01-05"}, True),
        ({"household_number": "H2", "record_id": (7 << 24) + 9}, True),
        ({"household_number": "H2", "record_id": (8 << 24) + 9}, False),
        ({"household_number": "H2", "valid_from": "2018-01-01"}, False),
        ({"valid_from": "2018-01-05"}, False),
    ],
    ids=["household", "division", "below in the same file", "in another file", "earlier", "neither"],
)
def test_who_moved_back_need_not_have_an_address(bench, back, is_back):
    out = household_member(bench, "P1", "H1", "02", record_id=(7 << 24) + 4, valid_from="2018-01-03")
    changes = "staged.public_security__household_changes"
    bench.insert(changes, record_id=out, change_code="moved_out", change_date="2018-01-03")
    record = bench.person("P1", POLICE, 1, role="household_member", **{"record_id": (9 << 24) + 1, **back})
    bench.insert(changes, record_id=record, change_code="moved_in")
    bench.build(*BASES)
    assert bench.query("select moved_out_date is null from population.person") == [(is_back,)]


def test_the_relation_to_the_head_may_come_from_another_row_of_the_household(bench):
    bench.person("P1", POLICE, 1, household_number="H1", valid_from="2019-01-01")
    told = household_member(bench, "P1", "H1", "02", valid_from="2010-01-01")
    household_member(bench, "P1", "H0", "30", valid_from="2015-01-01")
    unnumbered = household_member(bench, "P2", None, "20")
    bench.build(*BASES)
    assert bench.query("select person_id, head_relation_code from population.person order by 1") == [
        ("P1", "02"),
        ("P2", "20"),
    ]
    assert bench.query(
        "select record_id from population.person_provenance where attribute = 'head_relation_code' order by person_id"
    ) == [(told,), (unnumbered,)]
    assert bench.failures(*BASES) == {}


@pytest.mark.parametrize(
    ("code", "address_division", "expected"),
    [
        ("510922111001", None, "510981111001"),
        ("510922001001", None, None),
        ("510922001001", "510981001000", "510981001001"),
        ("510922001001", "510981111000", "510981111000"),
    ],
    ids=["certain", "uncertain", "the address lies in that town", "the address lies elsewhere"],
)
def test_a_village_under_the_former_code_of_its_county_is_that_of_today(bench, code, address_division, expected):
    for former, today, is_certain in (
        ("510922111001", "510981111001", True),
        ("510922001001", "510981001001", False),
    ):
        bench.insert("spatial.division", division_code=today)
        bench.insert("spatial.renumbered_division", former_code=former, division_code=today, is_certain=is_certain)
    bench.insert("spatial.address", address_id="A1", division_code=address_division)
    place = {"registered_address": "a", "registered_address_id": "A1", "registered_division_code": code}
    bench.person("P1", POLICE, 1, **place)
    bench.organization("O1", "market_supervision__registrations", 1, address="a", address_id="A1", division_code=code)
    bench.build(*BASES)
    assert bench.query("select registered_division_code from population.person") == [(expected,)]
    assert bench.query("select division_code from legal_entity.organization") == [(expected,)]


@pytest.mark.parametrize(
    ("others", "status"),
    [
        ([], "30"),
        ([("marriage", "2016-01-01", "P3")], "20"),
        ([("divorce", "2012-01-01", "P2")], "40"),
        ([("divorce", None, "P2")], "20"),
        ([("divorce", "2009-01-01", "P2")], "30"),
    ],
    ids=["no other", "wedding after", "divorce before", "divorce of an unknown day", "wedded again"],
)
def test_who_outlives_the_registered_spouse_is_widowed(bench, others, status):
    codes = {"marriage": "20", "divorce": "40"}
    for kind, day, wife in [("marriage", "2010-01-01", "P2"), *others]:
        bench.wedding(kind, day, "P1", wife, marital_status_code=codes[kind])
    death = bench.person("P2", "health__deaths", 1, role="deceased", batch_id="b", death_date="2015-01-01")
    bench.build(*BASES)
    assert bench.query("select marital_status_code from population.person where person_id = 'P1'") == [(status,)]
    winner = bench.query(
        "select p.marital_status_code_from = v.record_id, v.record_id from population.person as p "
        "join population.person_provenance as v using (person_id) "
        "where person_id = 'P1' and attribute = 'marital_status_code'"
    )
    assert [row[0] for row in winner] == [True]
    assert (winner[0][1] == death) == (status == "30")
    assert bench.failures(*BASES) == {}


def test_who_died_first_stays_married(bench):
    bench.wedding("marriage", "2010-01-01", "P1", "P2", marital_status_code="20")
    for person, day in (("P1", "2014-01-01"), ("P2", "2015-01-01")):
        bench.person(person, "health__deaths", 1, role="deceased", batch_id="b", death_date=day)
    bench.build(*BASES)
    assert bench.query("select person_id, marital_status_code from population.person order by 1") == [
        ("P1", "20"),
        ("P2", "30"),
    ]


def test_every_document_of_a_person_is_an_identifier_and_one_is_primary(bench):
    bench.person("P1", POLICE, resident_id=ZHANG, is_resident_id_derived=False)
    bench.person("P1", "medical_insurance__enrolments", resident_id=ZHANG, is_resident_id_derived=True)
    bench.person("P1", "public_security__residence_registrations", other_id_type_code="414", other_id="E12345678")
    bench.person("P2", "education__enrolment_changes", other_id_type_code="414", other_id="G00000001")
    bench.build(*BASES)
    assert bench.query(
        "select person_id, identifier_type, identifier, is_derived, is_primary, len(resource_ids) "
        "from population.person_identifier order by all"
    ) == [
        ("P1", "414", "E12345678", False, False, 1),
        ("P1", "resident_id", ZHANG, False, True, 2),
        ("P2", "414", "G00000001", False, True, 1),
    ]


def test_a_household_has_its_living_head_and_counts_the_living(bench):
    bench.insert("spatial.address", address_id="A1")
    household_member(bench, "P1", "510001", "02", registered_address="a", registered_address_id="A1")
    household_member(bench, "P2", "510001", "12")
    household_member(bench, "P3", "510001", "02", death_date="2012-01-01")
    bench.build(*BASES)
    assert bench.query(
        "select household_number, head_person_id, address_id, member_count, deceased_count from population.household"
    ) == [("510001", "P1", "A1", 2, 1)]
    assert bench.query(
        "select person_id, head_relation_code from population.relationship "
        "where relation_type = 'household_head' and related_person_id = 'P1' order by 1"
    ) == [("P2", "12"), ("P3", "02")]
    assert bench.failures(*BASES) == {}
