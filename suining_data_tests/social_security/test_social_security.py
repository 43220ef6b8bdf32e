"""Schema social_security: who is insured how, receives what, holds which card."""

from datetime import date

from suining_data_tests.bench import BASES

CITY_PENSION = "human_resources__pension_insurance"
PROVINCE = "sichuan_human_resources__insurance"
WELFARE = "civil_affairs__welfare_recipients"


def insured(bench, kind, start, status="active", *, table=PROVINCE, person="P1", **values):
    record = bench.insert(f"staged.{table}", insurance_type_code=kind, start_date=start, status_code=status, **values)
    bench.person(person, table, 8, role="insured", record_id=record, valid_from=start)


def paid(bench, month, status="paid"):
    table = "human_resources__pension_payments"
    record = bench.insert(f"staged.{table}", payment_month=month, status_code=status)
    bench.person("P1", table, 8, role="pensioner", record_id=record, valid_from=month)


def assisted(bench, kind, start, end=None):
    record = bench.insert(f"staged.{WELFARE}", welfare_type_code=kind, start_date=start, end_date=end)
    bench.person("P1", WELFARE, 8, role="welfare_recipient", record_id=record)
    bench.person("P2", WELFARE, 99, role="welfare_household_head", record_id=record)


def card(bench, number, status, issued):
    table = "human_resources__social_security_cards"
    record = bench.insert(f"staged.{table}", card_number=number, status_code=status, issued_date=issued, name="张伟")
    bench.person("P1", table, 10, role="cardholder", record_id=record, name="张伟")


def of_person(bench, columns):
    bench.build(*BASES, "credential", "social_security")
    return bench.query(f"select {columns} from social_security.person order by all")


def test_an_enrolment_told_by_city_and_province_is_one_as_the_city_tells_it(bench):
    insured(bench, "pension_employee", "2010-01-01", "benefit", table=CITY_PENSION)
    insured(bench, "pension_employee", "2010-01-01", "suspended", end_date="2018-01-01")
    bench.build(*BASES, "credential", "social_security")
    assert bench.query("select status_code, valid_to, resource_id from social_security.enrolment") == [
        ("benefit", date(2018, 1, 1), CITY_PENSION)
    ]


def test_of_several_insurances_of_a_kind_the_one_in_force_is_shown(bench):
    insured(bench, "pension_resident", "2005-01-01", "active")
    insured(bench, "pension_employee", "2012-01-01", "terminated", end_date="2015-01-01")
    insured(bench, "work_injury", "2012-01-01", "suspended")
    assert of_person(
        bench, "pension_type_code, pension_from, pension_to, work_injury_status_code, unemployment_status_code"
    ) == [("pension_resident", date(2005, 1, 1), None, "suspended", None)]


def test_pension_months_are_those_paid_the_state_is_that_of_the_last(bench):
    for month, status in (("2019-05-01", "paid"), ("2019-06-01", "paid"), ("2019-07-01", "suspended")):
        paid(bench, month, status)
    assert of_person(bench, "pension_paid_from, pension_paid_until, pension_payment_status_code") == [
        (date(2019, 5, 1), date(2019, 6, 1), "suspended")
    ]


def test_paid_after_death_stays_as_told(bench):
    bench.person("P1", "health__deaths", 1, death_date="2018-01-01")
    paid(bench, "2019-05-01")
    assert of_person(bench, "pension_paid_until, pension_payment_status_code") == [(date(2019, 5, 1), "paid")]


def test_the_head_of_a_household_does_not_receive_what_its_member_does(bench):
    assisted(bench, "rural_minimum", "2017-01-01")
    assert of_person(bench, "person_id, minimum_living_code, minimum_living_from") == [
        ("P1", "rural_minimum", date(2017, 1, 1))
    ]


def test_an_assistance_that_has_ended_gives_way_to_the_one_in_force(bench):
    assisted(bench, "urban_minimum", "2018-01-01", "2018-12-31")
    assisted(bench, "rural_minimum", "2017-01-01")
    assert of_person(bench, "minimum_living_code, minimum_living_to") == [("rural_minimum", None)]
    assert bench.failures(*BASES, "credential", "social_security") == {}


def test_minimum_living_standard_and_destitute_support_at_once_are_a_lead(bench):
    assisted(bench, "rural_minimum", "2017-01-01")
    assisted(bench, "rural_destitute", "2018-01-01")
    bench.build(*BASES, "credential", "social_security")
    assert bench.failures(*BASES, "credential", "social_security") == {
        "social_security.person minimum_living_or_destitute": 1
    }


def test_poverty_relief_ends_with_its_support_not_with_poverty(bench):
    table = "poverty_alleviation__households"
    households = (("P1", "left", 2017), ("P2", "left_with_support", 2017), ("P3", "poor", None), ("P4", "left", None))
    for person, left, year in households:
        record = bench.insert(
            f"staged.{table}",
            poverty_type_code="ordinary",
            registered_month="2014-01-01",
            poverty_exit_code=left,
            exit_year=year,
        )
        bench.person(person, table, 11, role="poor_household_member", record_id=record)
    assert of_person(bench, "person_id, poverty_relief_from, poverty_relief_to") == [
        ("P1", date(2014, 1, 1), date(2017, 12, 31)),
        ("P2", date(2014, 1, 1), None),
        ("P3", date(2014, 1, 1), None),
        ("P4", date(2014, 1, 1), None),
    ]


def test_a_valid_card_before_a_newer_one_that_is_lost(bench):
    card(bench, "A1", "active", "2011-01-01")
    card(bench, "A2", "lost", "2016-01-01")
    assert of_person(bench, "card_status_code, card_issued_date") == [("valid", date(2011, 1, 1))]


def test_a_record_without_a_person_is_nobodys_insurance(bench):
    insured(bench, "pension_employee", "2010-01-01", person=None)
    assert of_person(bench, "*") == []
    assert bench.query("select * from social_security.enrolment") == []


def test_of_two_housing_fund_accounts_the_one_in_use_is_shown(bench):
    for status, opened in (("active", "2012-01-01"), ("frozen", "2016-01-01")):
        record = bench.insert("staged.housing_fund__accounts", status_code=status, opened_date=opened)
        bench.person("P1", "housing_fund__accounts", 12, role="housing_fund_contributor", record_id=record)
    assert of_person(bench, "person_id, housing_fund_status_code, housing_fund_from") == [
        ("P1", "active", date(2012, 1, 1))
    ]


def employed(bench, employer, start, status="active", *, kind="pension_employee", **values):
    """An enrolment of P1 by an employer, who is registered."""
    if not bench.query(f"select 1 from linked.organization_record where organization_id = '{employer}'"):
        bench.organization(employer, "market_supervision__registrations", 1)
    record = bench.insert(
        f"staged.{PROVINCE}", insurance_type_code=kind, start_date=start, status_code=status, **values
    )
    bench.person(
        "P1", PROVINCE, 8, role="insured", record_id=record, valid_from=start, employer_organization_id=employer
    )


def employments(bench):
    bench.build(*BASES, "credential", "social_security")
    return bench.query(
        "select employer_organization_id, valid_from, valid_to, valid_to_kind from social_security.employment order by all"
    )


def test_insurances_that_overlap_are_one_employment_until_the_last_ends(bench):
    employed(bench, "O1", "2010-01-01", "terminated", end_date="2014-01-01")
    employed(bench, "O1", "2012-01-01", "terminated", kind="work_injury", end_date="2015-06-30")
    employed(bench, "O1", "2016-01-01", kind="maternity")
    assert employments(bench) == [
        ("O1", date(2010, 1, 1), date(2015, 6, 30), "reported"),
        ("O1", date(2016, 1, 1), None, None),
    ]


def test_an_end_without_a_day_is_the_start_with_the_next_employer(bench):
    employed(bench, "O1", "2010-01-01", "terminated")
    employed(bench, "O2", "2013-01-01", "terminated", kind="work_injury")
    assert employments(bench) == [
        ("O1", date(2010, 1, 1), date(2013, 1, 1), "derived"),
        ("O2", date(2013, 1, 1), None, "known_by"),
    ]


def test_an_end_before_the_start_is_no_end_that_anybody_knows(bench):
    employed(bench, "O1", "2015-01-01", "terminated", end_date="2010-01-01")
    employed(bench, "O1", "2015-01-01", "terminated", kind="work_injury", end_date="2011-01-01")
    assert employments(bench) == [("O1", date(2015, 1, 1), None, "known_by")]


def test_who_has_two_employers_has_left_neither(bench):
    employed(bench, "O1", "2010-01-01")
    employed(bench, "O2", "2013-01-01", kind="work_injury")
    assert employments(bench) == [("O1", date(2010, 1, 1), None, None), ("O2", date(2013, 1, 1), None, None)]
