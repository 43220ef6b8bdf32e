"""governance.finding: leads for departments, with the rows they rest on and without personal values."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

POLICE = "sichuan_public_security__residents"
NUMBER = "510903199003078036"
SOCIAL = "sichuan_human_resources__insurance"
MARKET = "sichuan_market_supervision__registrations"
VENUE = "culture_tourism__venue_licenses"


def findings(bench):
    return bench.query("select kind, subject_id, department, detail_zh from governance.finding order by all")


def evidence(bench):
    rows = bench.query("select unnest(evidence, max_depth := 2) from governance.finding order by all")
    return [tuple(row) for row in rows]


def pay(bench, month, status="paid"):
    record = bench.insert("staged.human_resources__pension_payments", payment_month=month, status_code=status)
    return bench.person("P1", "human_resources__pension_payments", 8, role="pensioner", record_id=record, name="张伟")


def test_paid_after_the_month_of_death_is_a_lead_with_the_death_and_the_payments(bench):
    death = bench.person("P1", "health__deaths", 1, role="deceased", name="张伟", death_date="2019-06-12")
    pay(bench, "2019-06-01")
    paid = [pay(bench, month) for month in ("2019-07-01", "2019-08-01")]
    pay(bench, "2019-09-01", status="stopped")
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == [("dead_yet_paid", "P1", "human_resources", "死亡月份之后仍有 2 个月发放养老金")]
    assert bench.query("select subject_type, first_date, last_date from governance.finding") == [
        ("person", date(2019, 7, 1), date(2019, 8, 1))
    ]
    assert evidence(bench) == [
        (death, "health__deaths"),
        (paid[0], "human_resources__pension_payments"),
        (paid[1], "human_resources__pension_payments"),
    ]
    assert bench.failures(*BASES, "social_security", "governance") == {}


def test_two_households_at_a_time_are_for_the_police(bench):
    for number, day in (("H1", "2001-01-01"), ("H2", "2012-01-01")):
        bench.person("P1", POLICE, 1, role="household_member", household_number=number, valid_from=day)
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == [("double_registration", "P1", "public_security", "同时有 2 处有效户籍")]
    assert bench.query("select first_date, last_date from governance.finding") == [(date(2012, 1, 1), None)]


@pytest.mark.parametrize(
    ("kind", "department"), [("pension_employee", "human_resources"), ("medical_employee", "medical_insurance")]
)
def test_overlapping_insurance_is_for_who_runs_the_scheme(bench, kind, department):
    for employer, start in (("E1", "2010-01-01"), ("E2", "2012-01-01")):
        record = bench.insert(f"staged.{SOCIAL}", insurance_type_code=kind, employer_code=employer, start_date=start)
        bench.person("P1", SOCIAL, 8, role="insured", record_id=record)
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == [("overlapping_insurance", "P1", department, "同一险种在不同单位或身份下重复参保 1 次")]


@pytest.mark.parametrize(
    ("resources", "department"),
    [((SOCIAL,), "sichuan_human_resources"), ((SOCIAL, "health__births"), "public_security")],
    ids=["one unit tells it", "several do"],
)
def test_a_number_of_somebody_else_is_for_the_unit_that_told_it_or_for_the_police(bench, resources, department):
    owner = bench.person("P1", POLICE, 1, resident_id=NUMBER, name="张伟")
    others = [(bench.contested("P2", resource, 8, number=NUMBER, name="陈芳"), resource) for resource in resources]
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == [
        (
            "shared_number",
            "P1",
            department,
            f"有 {len(resources)} 条记录使用此人的号码，而姓名、性别或出生日期不符",
        )
    ]
    assert evidence(bench) == [(owner, POLICE), *others]


def test_married_to_two_at_a_time_is_for_civil_affairs(bench):
    bench.wedding("marriage", "2001-01-01", "P1", "P2", wife_name="李娟")
    bench.wedding("marriage", "2005-01-01", "P1", "P3", wife_name="陈芳")
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == [("married_twice", "P1", "civil_affairs", "婚姻关系存续期间另有 1 次结婚登记")]


def insure(bench, status="active", end=None):
    record = bench.insert(
        f"staged.{SOCIAL}",
        insurance_type_code="pension_employee",
        status_code=status,
        start_date="2010-01-01",
        end_date=end,
    )
    bench.person("P1", SOCIAL, 8, role="insured", record_id=record, employer_code="E", employer_organization_id="O1")
    return record


@pytest.mark.parametrize(("status", "is_closed"), [("revoked", True), ("deregistered", True), ("active", False)])
def test_a_closed_organisation_that_insures_somebody_is_for_social_security(bench, status, is_closed):
    closing = bench.organization("O1", MARKET, 1, name="甲厂", status_code=status, closed_date="2018-05-06")
    record = insure(bench)
    bench.build(*BASES, "social_security", "governance")
    expected = [("closed_yet_insuring", "O1", "human_resources", "已注销或吊销，仍有 1 人由其参保")]
    assert findings(bench) == (expected if is_closed else [])
    assert evidence(bench) == ([(closing, MARKET), (record, SOCIAL)] if is_closed else [])


@pytest.mark.parametrize(("status", "end"), [("terminated", None), ("active", "2018-05-01")])
def test_an_enrolment_that_ended_is_no_lead(bench, status, end):
    bench.organization("O1", MARKET, 1, name="甲厂", status_code="deregistered")
    insure(bench, status, end)
    bench.build(*BASES, "social_security", "governance")
    assert findings(bench) == []


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
def test_a_live_licence_of_a_closed_organisation_is_for_who_issued_it(bench, status, until, is_live):
    bench.organization("O1", MARKET, 1, name="甲网吧", status_code="deregistered", closed_date="2018-05-06")
    record = bench.insert(
        f"staged.{VENUE}",
        license_type_code="internet_venue",
        license_number="1",
        name="甲网吧",
        status_code=status,
        valid_until=until,
    )
    bench.organization("O1", VENUE, 25, role="licensee", record_id=record, name="甲网吧")
    bench.build(*BASES, "social_security", "governance")
    expected = [("closed_with_license", "O1", "culture_tourism", "已注销或吊销，仍有 1 件有效证件")]
    assert findings(bench) == (expected if is_live else [])


def test_a_finding_keeps_its_id(bench):
    for number, day in (("H1", "2001-01-01"), ("H2", "2012-01-01")):
        bench.person("P1", POLICE, 1, role="household_member", household_number=number, valid_from=day)
    bench.build(*BASES, "social_security", "governance")
    first = bench.query("select finding_id from governance.finding")
    bench.person("P1", POLICE, 1, role="household_member", household_number="H3", valid_from="2013-01-01")
    bench.build(*BASES, "social_security", "governance")
    assert bench.query("select finding_id from governance.finding") == first
