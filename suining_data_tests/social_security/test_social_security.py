"""Schema social_security: who is insured how, receives what, holds which card."""

from datetime import date

CITY_PENSION = "human_resources__pension_insurance"
PROVINCE = "sichuan_human_resources__insurance"
WELFARE = "civil_affairs__welfare_recipients"


def insured(bases, kind, start, status="active", *, table=PROVINCE, person="P1", **values):
    record = bases.tell(f"staged.{table}", insurance_type_code=kind, start_date=start, status_code=status, **values)
    bases.person(person, table, 8, role="insured", record_id=record, valid_from=start)


def paid(bases, month, status="paid"):
    table = "human_resources__pension_payments"
    record = bases.tell(f"staged.{table}", payment_month=month, status_code=status)
    bases.person("P1", table, 8, role="pensioner", record_id=record, valid_from=month)


def assisted(bases, kind, start, end=None):
    record = bases.tell(f"staged.{WELFARE}", welfare_type_code=kind, start_date=start, end_date=end)
    bases.person("P1", WELFARE, 8, role="welfare_recipient", record_id=record)
    bases.person("P2", WELFARE, 99, role="welfare_household_head", record_id=record)


def card(bases, number, status, issued):
    table = "human_resources__social_security_cards"
    record = bases.tell(f"staged.{table}", card_number=number, status_code=status, issued_date=issued, name="张伟")
    bases.person("P1", table, 10, role="cardholder", record_id=record, name="张伟")


def of_person(bases, columns):
    bases.build()
    return bases.query(f"select {columns} from social_security.person order by all")


def test_an_enrolment_told_by_city_and_province_is_one_as_the_city_tells_it(bases):
    insured(bases, "pension_employee", "2010-01-01", "benefit", table=CITY_PENSION)
    insured(bases, "pension_employee", "2010-01-01", "suspended", end_date="2018-01-01")
    bases.build()
    assert bases.query("select status_code, valid_to, resource_id from social_security.enrolment") == [
        ("benefit", date(2018, 1, 1), CITY_PENSION)
    ]


def test_of_several_insurances_of_a_kind_the_one_in_force_is_shown(bases):
    insured(bases, "pension_resident", "2005-01-01", "active")
    insured(bases, "pension_employee", "2012-01-01", "terminated", end_date="2015-01-01")
    insured(bases, "work_injury", "2012-01-01", "suspended")
    assert of_person(
        bases, "pension_type_code, pension_from, pension_to, work_injury_status_code, unemployment_status_code"
    ) == [("pension_resident", date(2005, 1, 1), None, "suspended", None)]


def test_pension_months_are_those_paid_the_state_is_that_of_the_last(bases):
    for month, status in (("2019-05-01", "paid"), ("2019-06-01", "paid"), ("2019-07-01", "suspended")):
        paid(bases, month, status)
    assert of_person(bases, "pension_paid_from, pension_paid_until, pension_payment_status_code") == [
        (date(2019, 5, 1), date(2019, 6, 1), "suspended")
    ]


def test_paid_after_death_stays_as_told(bases):
    bases.person("P1", "health__deaths", 1, death_date="2018-01-01")
    paid(bases, "2019-05-01")
    assert of_person(bases, "pension_paid_until, pension_payment_status_code") == [(date(2019, 5, 1), "paid")]


def test_the_head_of_a_household_does_not_receive_what_its_member_does(bases):
    assisted(bases, "rural_minimum", "2017-01-01")
    assert of_person(bases, "person_id, minimum_living_code, minimum_living_from") == [
        ("P1", "rural_minimum", date(2017, 1, 1))
    ]


def test_an_assistance_that_has_ended_gives_way_to_the_one_in_force(bases):
    assisted(bases, "urban_minimum", "2018-01-01", "2018-12-31")
    assisted(bases, "rural_minimum", "2017-01-01")
    assert of_person(bases, "minimum_living_code, minimum_living_to") == [("rural_minimum", None)]
    assert bases.broken() == {}


def test_minimum_living_standard_and_destitute_support_at_once_are_a_lead(bases):
    assisted(bases, "rural_minimum", "2017-01-01")
    assisted(bases, "rural_destitute", "2018-01-01")
    bases.build()
    assert bases.broken() == {"social_security.person minimum_living_or_destitute": 1}


def test_poverty_relief_ends_with_its_support_not_with_poverty(bases):
    table = "poverty_alleviation__households"
    households = (("P1", "left", 2017), ("P2", "left_with_support", 2017), ("P3", "poor", None), ("P4", "left", None))
    for person, left, year in households:
        record = bases.tell(
            f"staged.{table}",
            poverty_type_code="ordinary",
            registered_month="2014-01-01",
            poverty_exit_code=left,
            exit_year=year,
        )
        bases.person(person, table, 11, role="poor_household_member", record_id=record)
    assert of_person(bases, "person_id, poverty_relief_from, poverty_relief_to") == [
        ("P1", date(2014, 1, 1), date(2017, 12, 31)),
        ("P2", date(2014, 1, 1), None),
        ("P3", date(2014, 1, 1), None),
        ("P4", date(2014, 1, 1), None),
    ]


def test_a_valid_card_before_a_newer_one_that_is_lost(bases):
    card(bases, "A1", "active", "2011-01-01")
    card(bases, "A2", "lost", "2016-01-01")
    assert of_person(bases, "card_status_code, card_issued_date") == [("valid", date(2011, 1, 1))]


def test_a_record_without_a_person_is_nobodys_insurance(bases):
    insured(bases, "pension_employee", "2010-01-01", person=None)
    assert of_person(bases, "*") == []
    assert bases.query("select * from social_security.enrolment") == []


def test_of_two_housing_fund_accounts_the_one_in_use_is_shown(bases):
    for status, opened in (("active", "2012-01-01"), ("frozen", "2016-01-01")):
        record = bases.tell("staged.housing_fund__accounts", status_code=status, opened_date=opened)
        bases.person("P1", "housing_fund__accounts", 12, role="housing_fund_contributor", record_id=record)
    assert of_person(bases, "person_id, housing_fund_status_code, housing_fund_from") == [
        ("P1", "active", date(2012, 1, 1))
    ]
