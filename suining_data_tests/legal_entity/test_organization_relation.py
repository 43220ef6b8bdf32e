"""legal_entity.organization_relation: representatives over time, shares, branches, successors."""

from datetime import date

import pytest

from suining_data_tests.bench import BASES

CITY = "market_supervision__registrations"
PROVINCE = "sichuan_market_supervision__registrations"
SHARES = "market_supervision__shareholders_and_officers"


def participant(bench, table, organization, name, *, position="investor", person=None, investor=None, **values):
    record = bench.insert(f"staged.{table}", participant_name=name, position_code=position, **values)
    bench.organization(organization, table, 12, role="invested_entity", record_id=record)
    if investor:
        bench.organization(investor, table, 15, role="participant", record_id=record, name=name)
    else:
        bench.person(person, table, 10, role="participant", record_id=record, name=name)


def relations(bench, kind, columns):
    return bench.query(
        f"select {columns} from legal_entity.organization_relation where relation_type = '{kind}' order by all"
    )


def test_a_representative_holds_until_the_next_is_registered(bench):
    for name, person, day in (("张伟", "P1", "2010-01-01"), ("张伟", "P1", "2012-01-01"), ("陈芳", None, "2015-01-01")):
        record = bench.organization("O1", CITY, 1, representative_name=name, valid_from=day)
        bench.person(person, CITY, 10, role="legal_representative", record_id=record, name=name)
    bench.build(*BASES)
    columns = "related_name, related_person_id, valid_from, valid_to, is_current"
    assert relations(bench, "legal_representative", columns) == [
        ("张伟", "P1", date(2010, 1, 1), date(2015, 1, 1), False),
        ("陈芳", None, date(2015, 1, 1), None, True),
    ]


def test_shares_are_told_or_computed_from_the_capital(bench):
    bench.organization("O1", CITY, 1, name="遂宁市甲有限公司", registered_capital_cny=1000000)
    bench.organization("O2", CITY, 1, name="遂宁市乙有限公司")
    participant(bench, SHARES, "O1", "张伟", person="P1", subscribed_capital_cny=600000)
    again = {"subscribed_capital_cny": 600000, "share_percent": 60.0}
    participant(bench, f"sichuan_{SHARES}", "O1", "张伟", person="P1", **again)
    participant(bench, SHARES, "O1", "遂宁市乙有限公司", investor="O2", subscribed_capital_cny=400000)
    participant(bench, SHARES, "O1", "陈芳", position="supervisor")
    bench.build(*BASES)
    columns = "related_person_id, related_organization_id, related_name, amount_cny, share_percent, position_code"
    assert relations(bench, "shareholder", columns) == [
        ("P1", None, "张伟", 600000, 60.0, None),
        (None, "O2", "遂宁市乙有限公司", 400000, 40.0, None),
    ]
    assert relations(bench, "executive", "related_name, position_code, amount_cny") == [("陈芳", "supervisor", None)]
    assert bench.failures(*BASES) == {}


def test_shares_of_more_than_a_hundred_percent_are_reported(bench):
    bench.organization("O1", CITY, 1, registered_capital_cny=100)
    participant(bench, SHARES, "O1", "张伟", subscribed_capital_cny=60)
    participant(bench, SHARES, "O1", "陈芳", subscribed_capital_cny=41)
    bench.build(*BASES)
    assert bench.failures(*BASES) == {"legal_entity.organization_relation shares_sum_to_at_most_100": 1}


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("遂宁市甲有限公司船山区分公司", "遂宁市甲有限公司"),
        ("遂宁市甲有限公司第二门市部", "遂宁市甲有限公司"),
        ("中国某银行股份有限公司遂宁分行", "中国某银行股份有限公司"),
        ("遂宁市甲有限公司", None),
        ("遂宁市甲有限公司工会委员会", None),
        ("船山区甲副食店", None),
    ],
)
def test_a_branch_is_known_by_its_name_and_stays_an_organisation_of_its_own(bench, name, parent):
    bench.organization("O1", CITY, 1, name="遂宁市甲有限公司")
    bench.organization("O2", CITY, 1, name=name)
    bench.build(*BASES)
    expected = [("O2", "O1" if parent == "遂宁市甲有限公司" else None, parent)] if parent else []
    assert relations(bench, "branch_of", "organization_id, related_organization_id, related_name") == expected
    assert bench.query("select count(*) from legal_entity.organization") == [(2,)]


def test_a_parent_name_that_two_organisations_bear_links_to_neither(bench):
    for organization in ("O1", "O2"):
        bench.organization(organization, CITY, 1, name="遂宁市甲有限公司")
    bench.organization("O3", CITY, 1, name="遂宁市甲有限公司安居分公司")
    bench.build(*BASES)
    assert relations(bench, "branch_of", "organization_id, related_organization_id, related_name, basis") == [
        ("O3", None, "遂宁市甲有限公司", "inferred")
    ]


@pytest.mark.parametrize(("established", "is_successor"), [("2018-03-01", True), ("2020-01-01", False)])
def test_a_successor_is_inferred_from_person_place_and_time(bench, established, is_successor):
    bench.insert("spatial.address", address_id="A1")
    same = {"representative_name": "张伟", "address": "a", "address_id": "A1"}
    closed = {"closed_date": "2018-02-01", "status_code": "deregistered"}
    for record in (
        bench.organization("O1", CITY, 1, name="甲副食店", **closed, **same),
        bench.organization("O2", CITY, 1, name="遂宁市甲有限公司", established_date=established, **same),
    ):
        bench.person("P1", CITY, 10, role="legal_representative", record_id=record, name="张伟")
    bench.build(*BASES)
    expected = [("O1", "O2", "inferred")] if is_successor else []
    assert relations(bench, "successor", "organization_id, related_organization_id, basis") == expected
    assert bench.failures(*BASES) == {}
