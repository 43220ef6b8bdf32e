"""governance.finding: leads for departments, with the rows they rest on and without personal values."""

from datetime import date

import pytest

POLICE = "sichuan_public_security__residents"
NUMBER = "510903199003078036"
SOCIAL = "sichuan_human_resources__insurance"
MARKET = "sichuan_market_supervision__registrations"
VENUE = "culture_tourism__venue_licenses"


def findings(bases):
    return bases.query("select kind, subject_id, department, detail_zh from governance.finding order by all")


def evidence(bases):
    rows = bases.query("select unnest(evidence, max_depth := 2) from governance.finding order by all")
    return [tuple(row) for row in rows]


def pay(bases, month, status="paid"):
    record = bases.tell("staged.human_resources__pension_payments", payment_month=month, status_code=status)
    return bases.person("P1", "human_resources__pension_payments", 8, role="pensioner", record_id=record, name="张伟")


def test_paid_after_the_month_of_death_is_a_lead_with_the_death_and_the_payments(bases):
    death = bases.person("P1", "health__deaths", 1, role="deceased", name="张伟", death_date="2019-06-12")
    pay(bases, "2019-06-01")
    paid = [pay(bases, month) for month in ("2019-07-01", "2019-08-01")]
    pay(bases, "2019-09-01", status="stopped")
    bases.build()
    assert findings(bases) == [("dead_yet_paid", "P1", "human_resources", "死亡月份之后仍有 2 个月发放养老金")]
    assert bases.query("select subject_type, first_date, last_date from governance.finding") == [
        ("person", date(2019, 7, 1), date(2019, 8, 1))
    ]
    assert evidence(bases) == [
        (death, "health__deaths"),
        (paid[0], "human_resources__pension_payments"),
        (paid[1], "human_resources__pension_payments"),
    ]
    assert bases.broken() == {}


def test_two_households_at_a_time_are_for_the_police(bases):
    for number, day in (("H1", "2001-01-01"), ("H2", "2012-01-01")):
        bases.person("P1", POLICE, 1, role="household_member", household_number=number, valid_from=day)
    bases.build()
    assert findings(bases) == [("double_registration", "P1", "public_security", "同时有 2 处有效户籍")]
    assert bases.query("select first_date, last_date from governance.finding") == [(date(2012, 1, 1), None)]


@pytest.mark.parametrize(
    ("kind", "department"), [("pension_employee", "human_resources"), ("medical_employee", "medical_insurance")]
)
def test_overlapping_insurance_is_for_who_runs_the_scheme(bases, kind, department):
    for employer, start in (("E1", "2010-01-01"), ("E2", "2012-01-01")):
        record = bases.tell(f"staged.{SOCIAL}", insurance_type_code=kind, employer_code=employer, start_date=start)
        bases.person("P1", SOCIAL, 8, role="insured", record_id=record)
    bases.build()
    assert findings(bases) == [("overlapping_insurance", "P1", department, "同一险种在不同单位或身份下重复参保 1 次")]


@pytest.mark.parametrize(
    ("resources", "department"),
    [((SOCIAL,), "sichuan_human_resources"), ((SOCIAL, "health__births"), "public_security")],
    ids=["one unit tells it", "several do"],
)
def test_a_number_of_somebody_else_is_for_the_unit_that_told_it_or_for_the_police(bases, resources, department):
    owner = bases.person("P1", POLICE, 1, resident_id=NUMBER, name="张伟")
    others = [(bases.contested("P2", resource, 8, number=NUMBER, name="陈芳"), resource) for resource in resources]
    bases.build()
    assert findings(bases) == [
        (
            "shared_number",
            "P1",
            department,
            f"有 {len(resources)} 条记录使用此人的号码，而姓名、性别或出生日期不符",
        )
    ]
    assert evidence(bases) == [(owner, POLICE), *others]


def test_married_to_two_at_a_time_is_for_civil_affairs(bases):
    bases.wedding("marriage", "2001-01-01", "P1", "P2", wife_name="李娟")
    bases.wedding("marriage", "2005-01-01", "P1", "P3", wife_name="陈芳")
    bases.build()
    assert findings(bases) == [("married_twice", "P1", "civil_affairs", "婚姻关系存续期间另有 1 次结婚登记")]


def insure(bases, status="active", end=None):
    record = bases.tell(
        f"staged.{SOCIAL}",
        insurance_type_code="pension_employee",
        status_code=status,
        start_date="2010-01-01",
        end_date=end,
    )
    bases.person("P1", SOCIAL, 8, role="insured", record_id=record, employer_code="E", employer_organization_id="O1")
    return record


@pytest.mark.parametrize(("status", "is_closed"), [("revoked", True), ("deregistered", True), ("active", False)])
def test_a_closed_organisation_that_insures_somebody_is_for_social_security(bases, status, is_closed):
    closing = bases.organization("O1", MARKET, 1, name="甲厂", status_code=status, closed_date="2018-05-06")
    record = insure(bases)
    bases.build()
    expected = [("closed_yet_insuring", "O1", "human_resources", "已注销或吊销，仍有 1 人由其参保")]
    assert findings(bases) == (expected if is_closed else [])
    assert evidence(bases) == ([(closing, MARKET), (record, SOCIAL)] if is_closed else [])


@pytest.mark.parametrize(("status", "end"), [("terminated", None), ("active", "2018-05-01")])
def test_an_enrolment_that_ended_is_no_lead(bases, status, end):
    bases.organization("O1", MARKET, 1, name="甲厂", status_code="deregistered")
    insure(bases, status, end)
    bases.build()
    assert findings(bases) == []


@pytest.mark.parametrize(
    ("status", "until", "is_live"),
    [
        ("valid", "2017-01-01", True),
        (None, "2020-01-01", True),
        (None, "2017-01-01", False),
        ("deregistered", "2020-01-01", False),
    ],
    ids=["valid", "lasts longer", "ran out before", "ended"],
)
def test_a_live_licence_of_a_closed_organisation_is_for_who_issued_it(bases, status, until, is_live):
    bases.organization("O1", MARKET, 1, name="甲网吧", status_code="deregistered", closed_date="2018-05-06")
    record = bases.tell(
        f"staged.{VENUE}",
        license_type_code="internet_venue",
        license_number="1",
        name="甲网吧",
        status_code=status,
        valid_until=until,
    )
    bases.organization("O1", VENUE, 25, role="licensee", record_id=record, name="甲网吧")
    bases.build()
    expected = [("closed_with_license", "O1", "culture_tourism", "已注销或吊销，仍有 1 件有效证件")]
    assert findings(bases) == (expected if is_live else [])


def test_a_finding_keeps_its_id(bases):
    for number, day in (("H1", "2001-01-01"), ("H2", "2012-01-01")):
        bases.person("P1", POLICE, 1, role="household_member", household_number=number, valid_from=day)
    bases.build()
    first = bases.query("select finding_id from governance.finding")
    bases.person("P1", POLICE, 1, role="household_member", household_number="H3", valid_from="2013-01-01")
    bases.build()
    assert bases.query("select finding_id from governance.finding") == first
