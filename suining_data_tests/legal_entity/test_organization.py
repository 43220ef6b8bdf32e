"""legal_entity.organization, organization_identifier, organization_name: golden values, old numbers, former names."""

from datetime import date

import pytest

CITY, PROVINCE = "market_supervision__registrations", "sichuan_market_supervision__registrations"
TAX = "taxation__taxpayers"
USCC = "91310115MA1K3BTP2B"


def test_the_registrar_wins_and_taxation_keeps_its_own_status(bases):
    city = bases.organization("O1", CITY, 1, name="遂宁市甲有限公司", status_code="active", valid_from="2018-01-01")
    bases.organization("O1", PROVINCE, 2, name="遂宁市乙有限公司", status_code="deregistered", valid_from="2019-01-01")
    bases.organization("O1", TAX, 6, role="taxpayer", name="甲公司", tax_status_code="abnormal")
    bases.organization("O1", "statistics__basic_units", 8, role="statistical_unit", employee_count=12)
    bases.build()
    assert bases.query(
        "select name, status_code, tax_status_code, employee_count, name_from, record_count, resource_count "
        "from legal_entity.organization"
    ) == [("遂宁市甲有限公司", "active", "abnormal", 12, city, 4, 4)]


def represented(bases, organization, resource, authority, name, person):
    record = bases.organization(organization, resource, authority, representative_name=name)
    bases.person(person, resource, 10, role="legal_representative", record_id=record, name=name)


def test_the_representative_is_the_person_whom_a_row_of_that_name_speaks_of(bases):
    represented(bases, "O1", CITY, 1, "张伟", None)
    represented(bases, "O1", PROVINCE, 2, "张伟", "P1")
    represented(bases, "O2", CITY, 1, "陈芳", None)
    represented(bases, "O2", PROVINCE, 2, "张伟", "P1")
    represented(bases, "O3", CITY, 1, None, "P1")
    bases.build()
    assert bases.query(
        "select representative_name, representative_person_id from legal_entity.organization order by organization_id"
    ) == [("张伟", "P1"), ("陈芳", None), (None, "P1")]


def test_the_division_is_that_of_the_address_where_none_is_told(bases):
    bases.tell("spatial.division", division_code="510903001001")
    bases.tell("spatial.address", address_id="A1", division_code="510903001001")
    bases.organization("O1", CITY, 1, address="某路1号", address_id="A1", division_code="999999000000")
    bases.build()
    assert bases.query("select address_id, division_code from legal_entity.organization") == [("A1", "510903001001")]


def test_old_numbers_stay_identifiers(bases):
    bases.organization("O1", CITY, 1, uscc=USCC, name="甲", registration_number="510900000000011")
    bases.organization("O1", TAX, 6, role="taxpayer", registration_number="510900000000022")
    bases.build()
    assert bases.query(
        "select identifier_type, identifier, is_derived, is_current "
        "from legal_entity.organization_identifier order by all"
    ) == [
        ("organization_code", USCC[8:17], True, True),
        ("registration_number", "510900000000011", False, True),
        ("registration_number", "510900000000022", False, False),
        ("uscc", USCC, False, True),
    ]


def test_a_renamed_firm_has_a_history_and_may_return_to_its_name(bases):
    for name, day in (("甲", "2010-01-01"), ("乙", "2012-01-01"), ("乙", "2013-01-01"), ("甲", "2015-01-01")):
        bases.organization("O1", CITY, 1, name=f"遂宁市{name}有限公司", valid_from=day)
    bases.build()
    assert bases.query(
        "select name, valid_from, valid_to, is_current from legal_entity.organization_name order by valid_from"
    ) == [
        ("遂宁市甲有限公司", date(2010, 1, 1), date(2012, 1, 1), False),
        ("遂宁市乙有限公司", date(2012, 1, 1), date(2015, 1, 1), False),
        ("遂宁市甲有限公司", date(2015, 1, 1), None, True),
    ]
    assert bases.query("select name from legal_entity.organization") == [("遂宁市甲有限公司",)]


def test_what_others_call_a_firm_is_no_renaming(bases):
    bases.organization("O1", CITY, 1, name="遂宁市甲有限公司", valid_from="2015-01-01")
    bases.organization("O1", PROVINCE, 2, name="遂宁市乙有限公司", valid_from="2016-01-01")
    listed = {"role": "listed_entity", "name": "甲公司", "valid_from": "2019-01-01"}
    bases.organization("O1", "market_supervision__penalties", 20, **listed)
    bases.build()
    assert bases.query(
        "select name, name_type, valid_to, is_current from legal_entity.organization_name order by name_type, name"
    ) == [
        ("甲公司", "also_known", None, False),
        ("遂宁市乙有限公司", "also_known", None, False),
        ("遂宁市甲有限公司", "registered", None, True),
    ]
    assert bases.broken() == {}


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("广卓商贸", "遂宁市广卓商贸有限公司"),
        ("广卓商贸有限公司", "遂宁市广卓商贸有限公司"),
        ("遂宁广卓商贸", "遂宁广卓商贸有限责任公司"),
        ("安居区广卓商贸", "安居区广卓商贸有限公司"),
    ],
)
def test_a_short_form_of_a_name_counts_as_the_full_name(bases, short, full):
    first = bases.organization("O1", CITY, 1, name=short, valid_from="2018-01-01")
    bases.organization("O1", TAX, 6, role="taxpayer", name=full)
    bases.build()
    assert bases.query("select name, name_from from legal_entity.organization") == [(full, first)]
    assert bases.query("select name, name_type from legal_entity.organization_name order by name_type") == [
        (short, "also_known"),
        (full, "registered"),
    ]
    assert bases.query(
        "select record_id, reason_code from legal_entity.organization_provenance where attribute = 'name'"
    ) == [(first, "all_agree")]
    assert bases.query("select * from legal_entity.organization_conflict") == []
    assert bases.broken() == {}


@pytest.mark.parametrize(
    "other", ["四川省遂宁市广卓商贸有限公司", "遂宁市广卓商贸有限责任公司", "遂宁市广卓商贸有限公司安居分公司"]
)
def test_a_name_that_is_whole_is_no_short_form(bases, other):
    bases.organization("O1", CITY, 1, name="遂宁市广卓商贸有限公司")
    bases.organization("O1", TAX, 6, role="taxpayer", name=other)
    bases.build()
    assert bases.query("select name from legal_entity.organization") == [("遂宁市广卓商贸有限公司",)]


def test_a_sole_trader_may_have_no_name(bases):
    bases.organization("O1", CITY, 1, uscc=USCC, representative_name="张伟")
    bases.build()
    assert bases.query("select name from legal_entity.organization") == [(None,)]
    assert bases.query("select count(*) from legal_entity.organization_name") == [(0,)]
    assert bases.broken() == {}
