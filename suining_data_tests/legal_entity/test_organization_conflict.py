"""legal_entity.organization_conflict: values that lost are reported with both sources, mere spelling is not."""

import pytest

MARKET = "sichuan_market_supervision__registrations"
CITY = "market_supervision__registrations"
TAX = "taxation__taxpayers"


def conflicts(bases):
    return bases.query(
        "select attribute, winning_value, losing_value, winning_resource_id, losing_resource_id "
        "from legal_entity.organization_conflict order by all"
    )


def test_a_losing_value_is_kept_with_both_sources(bases):
    won = bases.organization(
        "O1", MARKET, 1, name="遂宁广卓商贸有限公司", status_code="active", registered_capital_cny=1000000
    )
    lost = bases.organization(
        "O1",
        TAX,
        7,
        role="taxpayer",
        name="遂宁亿川商贸有限公司",
        registered_capital_cny=100,
        representative_name="黄敏",
    )
    bases.organization("O1", "taxation__credit_ratings", 20, role="rated_taxpayer", name="遂宁亿川商贸有限公司")
    bases.build()
    assert conflicts(bases) == [
        ("name", "遂宁广卓商贸有限公司", "遂宁亿川商贸有限公司", MARKET, TAX),
        ("registered_capital_cny", "1000000.00", "100.00", MARKET, TAX),
    ]
    assert bases.query(
        "select distinct winning_record_id, losing_record_id from legal_entity.organization_conflict"
    ) == [(won, lost)]
    assert bases.broken() == {}


@pytest.mark.parametrize(
    "spelling",
    [
        "遂宁市广卓(遂宁)商贸有限公司",
        "广卓（遂宁）商贸有限公司",
        "四川省遂宁市广卓（遂宁）商贸",
        "广卓（遂宁） 商贸有限责任公司",
    ],
)
def test_another_spelling_is_no_contradiction(bases, spelling):
    bases.organization("O1", MARKET, 1, name="遂宁市广卓（遂宁）商贸有限公司")
    bases.organization("O1", TAX, 7, role="taxpayer", name=spelling)
    bases.build()
    assert conflicts(bases) == []


def test_what_the_same_register_told_before_is_history(bases):
    bases.organization("O1", CITY, 1, name="甲厂", status_code="active", valid_from="2011-05-06")
    bases.organization("O1", CITY, 1, name="乙厂", status_code="deregistered", valid_from="2019-08-01")
    bases.organization("O1", MARKET, 2, name="甲厂", status_code="active", valid_from="2011-05-06")
    bases.build()
    assert conflicts(bases) == [("status_code", "deregistered", "active", CITY, MARKET)]


def test_two_values_of_one_register_on_one_day_contradict_each_other(bases):
    bases.organization("O1", CITY, 1, representative_name="黄敏", valid_from="2019-08-01", phone="08252222222")
    bases.organization("O1", CITY, 1, representative_name="黄莎", valid_from="2019-08-01")
    bases.build()
    assert conflicts(bases) == [("representative_name", "黄敏", "黄莎", CITY, CITY)]
