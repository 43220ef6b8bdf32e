"""legal_entity.organization, organization_identifier, organization_name: golden values, old numbers, former names."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

CITY, PROVINCE = "market_supervision__registrations", "sichuan_market_supervision__registrations"
TAX = "taxation__taxpayers"
USCC = "91310115MA1K3BTP2B"


def test_the_registrar_wins_and_taxation_keeps_its_own_status(bench):
    city = bench.organization("O1", CITY, 1, name="遂宁市甲有限公司", status_code="active", valid_from="2018-01-01")
    bench.organization("O1", PROVINCE, 2, name="遂宁市乙有限公司", status_code="deregistered", valid_from="2017-01-01")
    bench.organization("O1", TAX, 6, role="taxpayer", name="甲公司", tax_status_code="abnormal")
    bench.organization("O1", "statistics__basic_units", 8, role="statistical_unit", employee_count=12)
    bench.build(*BASES)
    assert bench.query(
        "select name, status_code, tax_status_code, employee_count, name_from, record_count, resource_count "
        "from legal_entity.organization"
    ) == [("遂宁市甲有限公司", "active", "abnormal", 12, city, 4, 4)]


def represented(bench, organization, resource, authority, name, person):
    record = bench.organization(organization, resource, authority, representative_name=name)
    bench.person(person, resource, 10, role="legal_representative", record_id=record, name=name)


def test_the_representative_is_the_person_whom_a_row_of_that_name_speaks_of(bench):
    represented(bench, "O1", CITY, 1, "张伟", None)
    represented(bench, "O1", PROVINCE, 2, "张伟", "P1")
    represented(bench, "O2", CITY, 1, "陈芳", None)
    represented(bench, "O2", PROVINCE, 2, "张伟", "P1")
    represented(bench, "O3", CITY, 1, None, "P1")
    bench.build(*BASES)
    assert bench.query(
        "select representative_name, representative_person_id from legal_entity.organization order by organization_id"
    ) == [("张伟", "P1"), ("陈芳", None), (None, "P1")]


def test_the_division_is_that_of_the_address_where_none_is_told(bench):
    bench.insert("spatial.division", division_code="510903001001")
    bench.insert("spatial.address", address_id="A1", division_code="510903001001")
    bench.organization("O1", CITY, 1, address="某路1号", address_id="A1", division_code="999999000000")
    bench.build(*BASES)
    assert bench.query("select address_id, division_code from legal_entity.organization") == [("A1", "510903001001")]


def test_old_numbers_stay_identifiers(bench):
    bench.organization("O1", CITY, 1, uscc=USCC, name="甲", registration_number="510900000000011")
    bench.organization("O1", TAX, 6, role="taxpayer", registration_number="510900000000022")
    bench.build(*BASES)
    assert bench.query(
        "select identifier_type, identifier, is_derived, is_current "
        "from legal_entity.organization_identifier order by all"
    ) == [
        ("organization_code", USCC[8:17], True, True),
        ("registration_number", "510900000000011", False, True),
        ("registration_number", "510900000000022", False, False),
        ("uscc", USCC, False, True),
    ]


def test_a_renamed_firm_has_a_history_and_may_return_to_its_name(bench):
    for name, day in (("甲", "2010-01-01"), ("乙", "2012-01-01"), ("乙", "2013-01-01"), ("甲", "2015-01-01")):
        bench.organization("O1", CITY, 1, name=f"遂宁市{name}有限公司", valid_from=day)
    bench.build(*BASES)
    assert bench.query(
        "select name, valid_from, valid_to, is_current from legal_entity.organization_name order by valid_from"
    ) == [
        ("遂宁市甲有限公司", date(2010, 1, 1), date(2012, 1, 1), False),
        ("遂宁市乙有限公司", date(2012, 1, 1), date(2015, 1, 1), False),
        ("遂宁市甲有限公司", date(2015, 1, 1), None, True),
    ]
    assert bench.query("select name from legal_entity.organization") == [("遂宁市甲有限公司",)]


def test_what_others_call_a_firm_is_no_renaming(bench):
    bench.organization("O1", CITY, 1, name="遂宁市甲有限公司", valid_from="2015-01-01")
    bench.organization("O1", TAX, 6, role="taxpayer", name="遂宁市乙有限公司", valid_from="2016-01-01")
    listed = {"role": "listed_entity", "name": "甲公司", "valid_from": "2019-01-01"}
    bench.organization("O1", "market_supervision__penalties", 20, **listed)
    bench.build(*BASES)
    assert bench.query(
        "select name, name_type, valid_to, is_current from legal_entity.organization_name order by name_type, name"
    ) == [
        ("甲公司", "also_known", None, False),
        ("遂宁市乙有限公司", "also_known", None, False),
        ("遂宁市甲有限公司", "registered", None, True),
    ]
    assert bench.failures(*BASES) == {}


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("广卓商贸", "遂宁市广卓商贸有限公司"),
        ("广卓商贸有限公司", "遂宁市广卓商贸有限公司"),
        ("遂宁广卓商贸", "遂宁广卓商贸有限责任公司"),
        ("安居区广卓商贸", "安居区广卓商贸有限公司"),
    ],
)
def test_a_short_form_of_a_name_counts_as_the_full_name(bench, short, full):
    first = bench.organization("O1", CITY, 1, name=short, valid_from="2018-01-01")
    bench.organization("O1", TAX, 6, role="taxpayer", name=full)
    bench.build(*BASES)
    assert bench.query("select name, name_from from legal_entity.organization") == [(full, first)]
    assert bench.query("select name, name_type from legal_entity.organization_name order by name_type") == [
        (short, "also_known"),
        (full, "registered"),
    ]
    assert bench.query(
        "select record_id, reason_code from legal_entity.organization_provenance where attribute = 'name'"
    ) == [(first, "all_agree")]
    assert bench.query("select * from legal_entity.organization_conflict") == []
    assert bench.failures(*BASES) == {}


@pytest.mark.parametrize(
    "other", ["四川省遂宁市广卓商贸有限公司", "遂宁市广卓商贸有限责任公司", "遂宁市广卓商贸有限公司安居分公司"]
)
def test_a_name_that_is_whole_is_no_short_form(bench, other):
    bench.organization("O1", CITY, 1, name="遂宁市广卓商贸有限公司")
    bench.organization("O1", TAX, 6, role="taxpayer", name=other)
    bench.build(*BASES)
    assert bench.query("select name from legal_entity.organization") == [("遂宁市广卓商贸有限公司",)]


def test_a_sole_trader_may_have_no_name(bench):
    bench.organization("O1", CITY, 1, uscc=USCC, representative_name="张伟")
    bench.build(*BASES)
    assert bench.query("select name from legal_entity.organization") == [(None,)]
    assert bench.query("select count(*) from legal_entity.organization_name") == [(0,)]
    assert bench.failures(*BASES) == {}
