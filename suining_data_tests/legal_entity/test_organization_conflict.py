"""legal_entity.organization_conflict: values that lost are reported with both sources, mere spelling is not."""

import pytest

from suining_data_tests.bench import BASES

MARKET = "sichuan_market_supervision__registrations"
CITY = "market_supervision__registrations"
TAX = "taxation__taxpayers"


def conflicts(bench):
    return bench.query(
        "select attribute, winning_value, losing_value, winning_resource_id, losing_resource_id "
        "from legal_entity.organization_conflict order by all"
    )


def test_a_losing_value_is_kept_with_both_sources(bench):
    won = bench.organization(
        "O1", MARKET, 1, name="遂宁广卓商贸有限公司", status_code="active", registered_capital_cny=1000000
    )
    lost = bench.organization(
        "O1",
        TAX,
        7,
        role="taxpayer",
        name="遂宁亿川商贸有限公司",
        registered_capital_cny=100,
        representative_name="黄敏",
    )
    bench.organization("O1", "taxation__credit_ratings", 20, role="rated_taxpayer", name="遂宁亿川商贸有限公司")
    bench.build(*BASES)
    assert conflicts(bench) == [
        ("name", "遂宁广卓商贸有限公司", "遂宁亿川商贸有限公司", MARKET, TAX),
        ("registered_capital_cny", "1000000.00", "100.00", MARKET, TAX),
    ]
    assert bench.query(
        "select distinct winning_record_id, losing_record_id from legal_entity.organization_conflict"
    ) == [(won, lost)]
    assert bench.failures(*BASES) == {}


@pytest.mark.parametrize(
    "spelling",
    [
        "遂宁市广卓(遂宁)商贸有限公司",
        "广卓（遂宁）商贸有限公司",
        "四川省遂宁市广卓（遂宁）商贸",
        "广卓（遂宁） 商贸有限责任公司",
    ],
)
def test_another_spelling_is_no_contradiction(bench, spelling):
    bench.organization("O1", MARKET, 1, name="遂宁市广卓（遂宁）商贸有限公司")
    bench.organization("O1", TAX, 7, role="taxpayer", name=spelling)
    bench.build(*BASES)
    assert conflicts(bench) == []


def test_what_the_same_register_told_before_is_history(bench):
    bench.organization("O1", CITY, 1, name="甲厂", status_code="active", valid_from="2011-05-06")
    bench.organization("O1", CITY, 1, name="乙厂", status_code="deregistered", valid_from="2019-08-01")
    bench.organization("O1", MARKET, 2, name="甲厂", status_code="active", valid_from="2011-05-06")
    bench.build(*BASES)
    assert conflicts(bench) == [("status_code", "deregistered", "active", CITY, MARKET)]


def test_two_values_of_one_register_on_one_day_contradict_each_other(bench):
    bench.organization("O1", CITY, 1, representative_name="黄敏", valid_from="2019-08-01", phone="08252222222")
    bench.organization("O1", CITY, 1, representative_name="黄莎", valid_from="2019-08-01")
    bench.build(*BASES)
    assert conflicts(bench) == [("representative_name", "黄敏", "黄莎", CITY, CITY)]
