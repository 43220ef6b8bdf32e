"""The normal form of an address: a place has one form, however it is written, and two places have two."""

from itertools import combinations

import duckdb
import pytest

from suining_data.linkage.address_forms import address_form, address_id


def form(address: str | None) -> str | None:
    return _query(address_form("a"), address)


def _query(sql: str, address: str | None) -> str | None:
    with duckdb.connect() as con:
        [(found,)] = con.execute(f"select {sql} from (select ?::varchar as a)", [address]).fetchall()
    return None if found is None else str(found)


@pytest.mark.parametrize(
    "written",
    [
        ["四川省遂宁市安居区东禅镇板凳垭村4组", "安居区东禅镇板凳垭村4社", "遂宁市安居区东禅镇板凳垭村四组", "安居区东禅镇板凳垭村4村民小组"],
        ["安居区东禅镇板凳垭村4组", "东禅镇板凳垭村4组", "遂宁市东禅板凳垭村4组", "市中区东禅镇板凳垭村4组"],
        ["射洪县太和镇人民街15号", "射洪市太和街道人民街15号", "射洪市太和街道办事处人民街 15号"],
        ["蓬溪县赤城镇新村路12号", "蓬溪县赤城镇新村路一二号", "蓬溪县赤城镇新村路十二号"],
        ["蓬溪县赤城镇新村20组", "蓬溪县赤城镇新村二十组", "蓬溪县赤城镇新村二〇组"],
        ["蓬溪县赤城镇新村23组", "蓬溪县赤城镇新村二十三组"],
        ["蓬溪县赤城镇新村10组", "蓬溪县赤城镇新村十组"],
        ["船山区镇江寺街道滨江北路二段88号附2号", "船山区镇江寺街道滨江北路二段88-2号", "镇江寺街道滨江北路2段88附2号"],
        [
            "蓬溪县金桥镇红旗路262号福星华府1栋1单元602号",
            "蓬溪县金桥镇红旗路262号福星华府1幢1单元602室",
            "蓬溪县金桥镇红旗路二六二号福星华府一栋一单元六〇二号",
        ],
    ],
)  # fmt: skip
def test_one_place_written_in_several_ways_has_one_form_and_one_id(written: list[str]) -> None:
    assert len({form(address) for address in written}) == 1
    assert len({_query(address_id("a"), address) for address in written}) == 1


def test_two_places_have_two_forms() -> None:
    places = [
        "安居区东禅镇板凳垭村4组",
        "安居区东禅镇板凳垭村14组",
        "安居区东禅镇板凳垭社区4组",
        "安居区东禅镇板凳垭村3社区4组",
        "安居区三家镇土祠村4组",
        "蓬溪县赤城镇新村路12号",
        "蓬溪县赤城镇新村路1-2号",
        "蓬溪县赤城镇新村路12号1栋2单元301号",
        "蓬溪县赤城镇新村路12号1栋3单元201号",
        "射洪市人民街15号",
        "蓬溪县人民街15号",
        "成都市武侯区人民南路四段1号",
    ]
    assert [pair for pair in combinations(places, 2) if form(pair[0]) == form(pair[1])] == []


@pytest.mark.parametrize("address", [None, "", "四川省遂宁市"])
def test_no_address_has_no_form(address: str | None) -> None:
    assert form(address) is None
