"""Periods of statistics as offices write them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from suining_data.elements.periods import CANONICAL
from suining_data_tests.elements.judging import judge

WRITTEN = {
    "2019": ["2019", "2019年", "２０１９年", "2019年度", "2019年全年", "2019年末", "2019年底"],
    "2020-01/02": ["2020年1-2月", "2020年1—2月", "2020年１～２月", "2020M1-2", "2020年1至2月份", "2020 年 1 - 2 月", "2020年前两个月"],
    "2020-01/07": ["2020年前7个月", "2020年前七个月", "2020年1-7月累计", "2020年1月-7月"],
    "2023-04": ["2023年4月", "2023.04", "2023.4", "202304", "2023-04", "2023年四月", "2023年4月份", "2023M04", "2023/4"],
    "2020-11": ["2020年十一月", "2020年11月末", "2020.11"],
    "2023-10": ["2023.10", "2023年十月"],
    "2020-Q3": ["2020Q3", "2020年第三季度", "2020年3季度", "2020年三季度", "2020-Q3"],
    "2020-Q1/Q3": ["2020年前三季度", "2020年1-3季度", "2020年一至三季度", "2020Q1-Q3", "2020年前3个季度"],
    "2020-H1": ["2020H1", "2020年上半年", "2020年上半年累计"],
    "2020-H2": ["2020年下半年"],
    "2020-11-01": ["2020-11-01", "2020年11月1日", "截至2020年11月1日", "20201101"],
    "2016/2020": ["2016-2020年", "2016年—2020年"],
}  # fmt: skip


@pytest.mark.parametrize("canonical", WRITTEN)
def test_a_period_is_one_however_it_is_written(con, canonical):
    texts = [canonical, *WRITTEN[canonical]]
    assert [each.value for each in judge(con, "statistical_period", texts)] == [canonical] * len(texts)


@pytest.mark.parametrize(
    "text", ["1-5月", "本月", "2020年13月", "2020年0月", "2014.1", "20年5月", "2020年5季度", "遂宁"]
)
def test_what_is_no_period_or_has_no_year_is_not_guessed(con, text):
    assert judge(con, "statistical_period", [text])[0].broken == ["unreadable"]


@pytest.mark.parametrize("text", ["2023年5-3月", "2023年3-2季度", "2020-2016年"])
def test_a_period_that_ends_before_it_begins(con, text):
    assert judge(con, "statistical_period", [text])[0].broken == ["in_order"]


@pytest.mark.parametrize("text", ["", "未注明", "不详", "—"])
def test_no_period(con, text):
    assert judge(con, "statistical_period", [text])[0] == (None, [])


@given(
    year=st.integers(1949, 2099), first=st.integers(1, 11), months=st.integers(1, 11),
    dash=st.sampled_from("-—–~～至"), mark=st.sampled_from(["月", "月份", "月累计"]), gap=st.sampled_from(["", " ", "　"]),
)  # fmt: skip
def test_months_from_one_to_another(con, year, first, months, dash, mark, gap):
    last = min(first + months, 12)
    found = judge(con, "statistical_period", [f"{year}年{gap}{first}{dash}{gap}{last}{mark}"])[0]
    assert found == (f"{year}-{first:02}/{last:02}", [])
    assert re.fullmatch(CANONICAL, found.value)
