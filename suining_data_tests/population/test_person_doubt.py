"""Values in doubt: they lose to every value without a doubt, whatever the authority, and provenance says why."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

POLICE = "sichuan_public_security__residents"
CHANGES = "public_security__household_changes"
MARRIAGES = "sichuan_civil_affairs__marriages"
SCHOOLS = "sichuan_education__enrolments"
MEDICAL = "medical_insurance__enrolments"
SOCIAL = "sichuan_human_resources__insurance"
PENSION = "human_resources__pension_insurance"
ZHANG = "11010119900307803X"  # a man, born on 1990-03-07


def golden(bench, attribute, person="P1"):
    """The golden value, and the reason for it."""
    [(value,)] = bench.query(f"select {attribute} from population.person where person_id = '{person}'")
    reasons = bench.query(
        f"select reason_code from population.person_provenance where person_id = '{person}' and attribute = '{attribute}'"
    )
    return value, *(code for (code,) in reasons)


def losers(bench):
    return bench.query(
        "select attribute, winning_value, losing_value, winning_record_id from population.person_conflict"
    )


@pytest.mark.parametrize(
    ("police", "others", "expected"),
    [
        ("张伟（户主）", ["张伟"], ("张伟", "noted")),
        ("张丽", ["张丽群"], ("张丽群", "abbreviated")),
        ("张丽", ["张丽", "张丽群"], ("张丽", "higher_authority")),  # two departments write it so
        ("张均", ["张军", "张军"], ("张军", "misspelt")),
        ("张国建", ["张建国", "张建国"], ("张建国", "misspelt")),
        ("张均", ["张军"], ("张均", "higher_authority")),  # one against one
        ("张永福", ["张军", "张军"], ("张永福", "higher_authority")),  # a new name, not a slip
        ("张伟（户主）", [], ("张伟（户主）", "only_source")),
    ],
)
def test_a_name_with_a_flaw_loses_to_a_clean_one(bench, police, others, expected):
    bench.person("P1", POLICE, 1, name=police)
    for resource, name in zip((MEDICAL, SOCIAL), others, strict=False):
        bench.person("P1", resource, 9, name=name)
    bench.build(*BASES)
    assert golden(bench, "name") == expected


def test_a_former_name_explains_why_others_write_another(bench):
    bench.person("P1", POLICE, 1, name="张均", former_name="张军")
    for resource in (MEDICAL, SOCIAL):
        bench.person("P1", resource, 9, name="张军")
    bench.build(*BASES)
    assert golden(bench, "name") == ("张均", "higher_authority")


def test_copies_of_one_department_are_one_voice(bench):
    bench.person("P1", POLICE, 1, name="张均")
    for resource in (MEDICAL, "sichuan_medical_insurance__enrolments"):
        bench.person("P1", resource, 9, name="张军")
    bench.build(*BASES)
    assert golden(bench, "name") == ("张均", "higher_authority")


def test_the_number_tells_birth_and_sex_where_no_record_does(bench):
    bench.person("P1", MEDICAL, 9, resident_id=ZHANG, is_resident_id_derived=False, name="张伟")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (date(1990, 3, 7), "derived_from_number")
    assert golden(bench, "sex_code") == ("1", "derived_from_number")
    assert bench.query(
        "select record_id, resource_id, record_count, value_count from population.person_provenance "
        "where attribute = 'birth_date'"
    ) == [(None, None, 0, 1)]
    assert bench.query("select birth_date_from, sex_code_from from population.person") == [(None, None)]
    assert bench.failures(*BASES) == {}


def test_who_has_no_number_has_no_birth_of_a_number(bench):
    bench.person("P1", MEDICAL, 9, name="张伟", other_id="H1", other_id_type_code="414")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (None,)


def test_a_birth_that_contradicts_the_number_loses_and_is_a_conflict(bench):
    bench.person("P1", POLICE, 1, resident_id=ZHANG, name="张伟", birth_date="1990-02-07", sex_code="2")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (date(1990, 3, 7), "derived_from_number")
    assert golden(bench, "sex_code") == ("1", "derived_from_number")
    assert sorted(losers(bench)) == [
        ("birth_date", "1990-03-07", "1990-02-07", None),
        ("sex_code", "1", "2", None),
    ]


def test_a_record_that_agrees_with_the_number_is_the_source(bench):
    bench.person("P1", POLICE, 1, resident_id=ZHANG, birth_date="1990-02-07")
    agreeing = bench.person("P1", SCHOOLS, 6, resident_id=ZHANG, birth_date="1990-03-07")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (date(1990, 3, 7), "contradicts_number")
    assert bench.query("select birth_date_from from population.person") == [(agreeing,)]


def test_two_departments_outweigh_the_number(bench):
    police = bench.person("P1", POLICE, 1, resident_id=ZHANG, birth_date="1990-02-07")
    bench.person("P1", MARRIAGES, 7, resident_id=ZHANG, birth_date="1990-02-07")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (date(1990, 2, 7), "all_agree")
    assert bench.query("select birth_date_from from population.person") == [(police,)]


def test_two_deliveries_of_one_department_do_not(bench):
    for resource in (POLICE, CHANGES):
        bench.person("P1", resource, 1, resident_id=ZHANG, birth_date="1990-02-07")
    bench.build(*BASES)
    assert golden(bench, "birth_date") == (date(1990, 3, 7), "derived_from_number")


def test_an_unknown_sex_loses_to_the_number(bench):
    bench.person("P1", POLICE, 1, resident_id=ZHANG, sex_code="9")
    bench.build(*BASES)
    assert golden(bench, "sex_code") == ("1", "derived_from_number")


def test_a_phone_of_many_households_loses_to_a_personal_one(bench):
    for number in range(5):
        bench.person(f"Q{number}", SOCIAL, 20, phone="15400000000")
    bench.person("P1", SOCIAL, 20, phone="15400000000", valid_from="2019-01-01")
    bench.person("P1", MEDICAL, 20, phone="15411111111", valid_from="2009-01-01")
    bench.build(*BASES)
    assert golden(bench, "phone") == ("15411111111", "shared")
    assert golden(bench, "phone", "Q1") == ("15400000000", "only_source")


def test_a_phone_of_one_household_is_a_good_phone(bench):
    for number in range(5):
        bench.person(f"Q{number}", POLICE, 20, household_number="H1", phone="15400000000")
    bench.person("P1", POLICE, 20, household_number="H1", phone="15400000000", valid_from="2019-01-01")
    bench.person("P1", MEDICAL, 20, phone="15411111111", valid_from="2009-01-01")
    bench.build(*BASES)
    assert golden(bench, "phone") == ("15400000000", "more_recent")


def test_of_phones_of_one_day_the_one_with_more_sources_survives(bench):
    bench.person("P1", SOCIAL, 20, phone="15400000000", valid_from="2019-01-01", name="张伟", sex_code="1")
    for resource in (MEDICAL, SCHOOLS):
        bench.person("P1", resource, 20, phone="15411111111", valid_from="2019-01-01")
    bench.build(*BASES)
    assert golden(bench, "phone") == ("15411111111", "outvoted")


def test_a_newer_phone_is_not_outvoted(bench):
    bench.person("P1", SOCIAL, 20, phone="15400000000", valid_from="2019-01-02")
    for resource in (MEDICAL, SCHOOLS):
        bench.person("P1", resource, 20, phone="15411111111", valid_from="2019-01-01")
    bench.build(*BASES)
    assert golden(bench, "phone") == ("15400000000", "more_recent")


def test_an_insurance_that_has_ended_tells_no_employer_where_one_runs(bench):
    for code in ("O1", "O2"):
        bench.organization(code, "market_supervision__registrations", 1)
    ended = bench.insert("staged.human_resources__pension_insurance", status_code="terminated")
    bench.person(
        "P1", PENSION, 1, record_id=ended, employer_code="E1", employer_organization_id="O1", valid_from="2019-01-01"
    )
    bench.person("P1", SOCIAL, 1, employer_code="E2", employer_organization_id="O2", valid_from="2010-01-01")
    bench.build(*BASES)
    assert golden(bench, "employer_organization_id") == ("O2", "ended")


def test_the_statement_says_the_doubt_and_the_authority_of_its_source(bench):
    bench.person("P1", POLICE, 1, name="张伟（户主）")
    bench.person("P1", MEDICAL, 9, name="张伟")
    bench.build(*BASES)
    assert bench.query(
        "select value, authority, doubt from population.person_statement where attribute = 'name' order by authority"
    ) == [("张伟（户主）", 1, "noted"), ("张伟", 9, None)]
    assert bench.failures(*BASES) == {}
