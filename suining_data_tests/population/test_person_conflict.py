"""population.person_conflict: what lost stays visible, what excludes itself is reported."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

POLICE = "sichuan_public_security__residents"
NUMBER = "510903199003078036"


def conflicts(bench, kind):
    return bench.query(
        "select person_id, attribute, winning_value, losing_value, winning_resource_id, losing_resource_id "
        f"from population.person_conflict where kind = '{kind}' order by all"
    )


def test_a_losing_value_is_kept_with_both_sources(bench):
    won = bench.person("P1", POLICE, 1, name="张伟", birth_date="1990-03-07")
    lost = bench.person("P1", "medical_insurance__enrolments", 9, name="张玮", birth_date="1990-03-07")
    bench.person("P1", "sichuan_medical_insurance__enrolments", 10, name="张玮")
    bench.build(*BASES)
    assert conflicts(bench, "different_value") == [
        ("P1", "name", "张伟", "张玮", POLICE, "medical_insurance__enrolments")
    ]
    assert bench.query("select winning_record_id, losing_record_id from population.person_conflict") == [(won, lost)]


def test_all_dates_of_death_are_kept(bench):
    bench.person("P1", "health__deaths", 1, death_date="2019-01-02")
    bench.person("P1", "civil_affairs__cremations", 2, death_date="2019-01-03")
    bench.person("P1", "sichuan_public_security__cancellations", 3, death_date="2019-02-20")
    bench.build(*BASES)
    assert [row[2:4] for row in conflicts(bench, "different_value")] == [
        ("2019-01-02", "2019-01-03"),
        ("2019-01-02", "2019-02-20"),
    ]


def test_a_former_name_and_an_unknown_sex_contradict_nothing(bench):
    bench.person("P1", POLICE, 1, name="张伟", former_name="张小伟", sex_code="1")
    bench.person("P1", "medical_insurance__enrolments", 9, name="张小伟", sex_code="9")
    bench.build(*BASES)
    assert conflicts(bench, "different_value") == []


@pytest.mark.parametrize(
    ("registered", "day", "is_conflict"),
    [
        ("10", "2018-01-01", True),
        ("10", "2010-01-01", False),
        ("10", None, False),
        ("21", "2018-01-01", False),
        ("90", "2018-01-01", False),
    ],
    ids=["updated since", "not updated since", "undated", "married is married", "unspecified"],
)
def test_a_marital_status_contradicts_when_the_register_was_updated_after_the_wedding(
    bench, registered, day, is_conflict
):
    bench.person("P1", "civil_affairs__marriages", 1, marital_status_code="20", valid_from="2015-05-01")
    bench.person("P1", POLICE, 5, marital_status_code=registered, valid_from=day)
    bench.build(*BASES)
    expected = [("P1", "marital_status_code", "20", registered, "civil_affairs__marriages", POLICE)]
    assert conflicts(bench, "different_value") == (expected if is_conflict else [])


def test_a_record_whose_number_is_somebody_elses_is_reported(bench):
    bench.person("P1", POLICE, 1, resident_id=NUMBER, name="张伟")
    record = bench.contested(None, "sichuan_human_resources__insurance", 8, NUMBER, name="陈芳")
    bench.person(None, "health__births", 3, name="王小")
    bench.build(*BASES)
    assert conflicts(bench, "one_number_two_persons") == [
        ("P1", "name", "张伟", "陈芳", POLICE, "sichuan_human_resources__insurance")
    ]
    assert bench.query("select losing_record_id from population.person_conflict") == [(record,)]


@pytest.mark.parametrize("moved_out", [False, True])
def test_two_active_registrations_unless_one_was_left(bench, moved_out):
    for number, day in (("H1", "2001-01-01"), ("H2", "2012-01-01")):
        bench.person("P1", POLICE, 1, role="household_member", household_number=number, valid_from=day)
    if moved_out:
        record = bench.insert(
            "staged.public_security__household_changes",
            household_number="H1",
            change_code="moved_out",
            change_date="2011-12-30",
        )
        bench.person("P1", "public_security__household_changes", 1, role="household_member", record_id=record)
    bench.build(*BASES)
    expected = [] if moved_out else [("P1", "household_number", "H2", "H1", POLICE, POLICE)]
    assert conflicts(bench, "two_active_registrations") == expected


def test_married_twice_is_an_overlap_of_two_marriages(bench):
    bench.wedding("marriage", "2001-01-01", "P1", "P2", wife_name="李娟")
    bench.wedding("divorce", "2006-01-01", "P1", "P2", wife_name="李娟")
    bench.wedding("marriage", "2005-01-01", "P1", "P3", wife_name="陈芳")
    bench.wedding("marriage", "2007-01-01", "P4", "P2", wife_name="李娟")
    bench.build(*BASES)
    assert conflicts(bench, "married_twice") == [
        ("P1", "spouse", "李娟", "陈芳", "civil_affairs__marriages", "civil_affairs__marriages")
    ]
    assert bench.query("select valid_from, valid_to from population.person_conflict where kind = 'married_twice'") == [
        (date(2005, 1, 1), date(2006, 1, 1))
    ]


def insured(bench, kind, employer, start, end=None, *, status="active", table="sichuan_human_resources__insurance"):
    record = bench.insert(
        f"staged.{table}",
        insurance_type_code=kind,
        employer_code=employer,
        start_date=start,
        end_date=end,
        status_code=status,
    )
    bench.person("P1", table, 8, role="insured", record_id=record, valid_from=start)


@pytest.mark.parametrize(
    ("second", "is_conflict"),
    [
        (("pension_employee", "E2", "2012-01-01"), True),
        (("pension_resident", None, "2012-01-01"), True),
        (("pension_employee", "E2", "2015-01-01"), False),
        (("work_injury", "E2", "2012-01-01"), False),
        (("medical_employee", "E2", "2012-01-01"), False),
        (("pension_employee", "E2", "2012-01-01", "suspended"), False),
    ],
    ids=["two employers", "and resident", "one after the other", "another insurance", "another scheme", "ended"],
)
def test_overlapping_insurance(bench, second, is_conflict):
    insured(bench, "pension_employee", "E1", "2010-01-01", "2015-01-01")
    insured(bench, *second[:3], status=second[3] if len(second) > 3 else "active")
    bench.build(*BASES)
    assert len(conflicts(bench, "overlapping_insurance")) == int(is_conflict)


def test_a_spouse_of_one_name_and_day_is_one_spouse_under_two_numbers(bench):
    bench.wedding("marriage", "2001-01-01", "P1", "P2", wife_name="李娟")
    bench.wedding("marriage", "2001-01-01", "P1", "P3", wife_name="李娟")
    bench.build(*BASES)
    assert conflicts(bench, "married_twice") == []


def test_of_one_day_is_one_enrolment_though_one_register_knows_another_employer(bench):
    insured(bench, "medical_employee", "E1", "2010-01-01", table="medical_insurance__enrolments")
    insured(bench, "medical_employee", "E2", "2010-01-01", table="sichuan_medical_insurance__enrolments")
    bench.build(*BASES)
    assert conflicts(bench, "overlapping_insurance") == []


def test_an_enrolment_told_by_city_and_province_is_no_overlap(bench):
    for table in ("medical_insurance__enrolments", "sichuan_medical_insurance__enrolments"):
        insured(bench, "medical_employee", "E1", "2010-01-01", table=table)
    bench.build(*BASES)
    assert conflicts(bench, "overlapping_insurance") == []
    assert bench.failures(*BASES) == {}
