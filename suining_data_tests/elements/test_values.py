"""Names, dates, quantities, places, contacts: what departments write and what comes of it."""

from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data_tests.elements.judging import judge, masked

FEW = settings(max_examples=25)
DAY = date(2019, 8, 14)


def value(con, element, text, unit=None):
    return judge(con, element, [text], unit)[0].value


def broken(con, element, text, unit=None):
    return judge(con, element, [text], unit)[0].broken


@pytest.mark.parametrize(
    "text",
    [
        "2019-08-14", "20190814", "2019/8/14", "2019.8.14", "2019年8月14日", "2019-08-14 10:11:12",
        "2019-08-14T10:11:12",
        "2019-08-14 10:11:12.0", "2019/8/14 0:00", "2019-08-14T10:11:12+08:00", "20190814101112", "43691", "43691.0",
        "43691.4", " 2019-8-14 ", "２０１９年８月１４日", "2019年 8月 14日", "2019-08-13T16:00:00.000Z",
    ],
)  # fmt: skip
def test_the_ways_departments_write_a_date(con, text):
    assert tuple(judge(con, "date", [text])[0]) == (DAY, [])


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("1900-01-01", ["placeholder"]), ("99991231", ["placeholder"]), ("9999-12-31 00:00:00", ["placeholder"]),
        ("2019-02-30", ["unreadable"]), ("190814", ["unreadable"]), ("201908", ["unreadable"]),
        ("2019-08-14x", ["unreadable"]), ("infinity", ["unreadable"]), ("1066-10-14", ["range"]),
        ("长期", []), ("", []), ("0000-00-00", []), ("不详", []), (r"\N", []),
    ],
)  # fmt: skip
def test_what_is_no_date_becomes_null(con, text, rules):
    assert tuple(judge(con, "date", [text])[0]) == (None, rules)


@FEW
@given(st.lists(st.dates(date(1927, 5, 19), date(2098, 12, 31)), min_size=1, max_size=20))
def test_a_date_reads_the_same_however_it_is_written(con, days):
    forms = [
        lambda d: d.isoformat(),
        lambda d: d.strftime("%Y%m%d"),
        lambda d: f"{d.year}/{d.month}/{d.day}",
        lambda d: f"{d.year}.{d.month}.{d.day}",
        lambda d: f"{d.year}年{d.month}月{d.day}日",
        lambda d: d.strftime("%Y-%m-%d 23:59:59"),
        lambda d: d.strftime("%Y%m%d000000"),
        lambda d: str((d - date(1899, 12, 30)).days),
    ]
    for form in forms:
        assert [judged.value for judged in judge(con, "date", [form(day) for day in days])] == days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-08-14 10:11:12", datetime(2019, 8, 14, 10, 11, 12)),
        ("2019/8/14 1:02", datetime(2019, 8, 14, 1, 2)),
        ("2019年8月14日10时11分12秒", datetime(2019, 8, 14, 10, 11, 12)),
        ("20190814101112", datetime(2019, 8, 14, 10, 11, 12)),
        ("2019-08-13T16:00:00.000Z", datetime(2019, 8, 14)),
        ("43691.424444", datetime(2019, 8, 14, 10, 11, 12)),
        ("20190814", datetime(2019, 8, 14)),
        ("2019-08-14 25:00:00", None),
    ],
)
def test_times(con, text, expected):
    assert value(con, "datetime", text) == expected


@pytest.mark.parametrize(
    "text", ["201908", "2019-08", "2019年8月", "2019年08月份", "2019/8", "2019年1-8月", "20190831", "2019-08-14"]
)
def test_months(con, text):
    assert value(con, "month", text) == date(2019, 8, 1)


def test_years(con):
    assert [value(con, "year", text) for text in ("2019", "2019年", "2019年度", "19")] == [2019, 2019, 2019, None]


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1,234.50", "元", "1234.50"),
        ("1234.5元", "元", "1234.50"),
        ("￥１００", "元", "100.00"),
        ("-5", "元", "-5.00"),
        ("(1,234.50)", "元", "-1234.50"),
        ("100", "万元", "1000000.00"),
        ("1403.18", "亿元", "140318000000.00"),
        ("100万元", "元", "1000000.00"),
        ("100元", "万元", "100.00"),
        ("人民币1.5亿元整", "元", "150000000.00"),
        ("1.5E7", "元", "15000000.00"),
        ("1.2345678E+7", "元", "12345678.00"),
        ("9999999999999.99", "元", "9999999999999.99"),
    ],
)
def test_money(con, text, unit, expected):
    assert tuple(judge(con, "money_cny", [text], unit)[0]) == (Decimal(expected), [])


def test_money_that_lost_digits_or_is_foreign_is_refused(con):
    assert broken(con, "money_cny", "1.23E+08", "元") == ["precision"]
    assert broken(con, "money_cny", "100万美元", "元") == ["unreadable"]
    assert broken(con, "money_cny", "十万", "元") == ["unreadable"]


def test_areas_are_square_metres(con):
    assert value(con, "area_m2", "3", "亩") == 2000
    assert value(con, "area_m2", "3亩", "平方米") == 2000
    assert value(con, "area_m2", "1,234.5㎡", "平方米") == 1234.5
    assert broken(con, "area_m2", "-1", "平方米") == ["negative"]


def test_numbers(con):
    assert [value(con, "percent", text) for text in ("8.2%", "-0.5个百分点", "８.２")] == [8.2, -0.5, 8.2]
    assert [value(con, "integer", text) for text in ("1,234", "12.0", "12人", "12.5")] == [1234, 12, 12, None]
    assert [value(con, "boolean", text) for text in ("是", "否", "Y", "0", "-")] == [True, False, True, False, None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王 小　明", "王小明"),
        ("买买提•艾力", "买买提·艾力"),
        ("买买提.艾力", "买买提·艾力"),
        ("阿不都 ． 热西提", "阿不都·热西提"),
        ("阿・乙‧丙", "阿·乙·丙"),
        ("JOHN  SMITH", "JOHN SMITH"),
        ("𠮷田", "𠮷田"),
        ("无", None),
    ],
)
def test_names_are_written_one_way(con, text, expected):
    assert tuple(judge(con, "person_name", [text])[0]) == (expected, [])


@pytest.mark.parametrize("text", ["王?明", "王？明", "王□明", "王�明", "\ue123小明", "王*明", "王" * 51])
def test_a_damaged_name_is_no_name(con, text):
    assert value(con, "person_name", text) is None


def test_organization_names(con):
    assert value(con, "organization_name", "遂宁市 天(集团)有限公司") == "遂宁市天（集团）有限公司"
    assert value(con, "organization_name", "ABC Trading Ltd") == "ABC Trading Ltd"
    assert value(con, "organization_name", "遂宁Ａ１公司") == "遂宁A1公司"
    assert broken(con, "organization_name", "遂宁?公司") == ["damaged"]


def test_circled_numbers_and_unit_signs_stay(con):
    assert value(con, "text", "①号 ㎡　Ａ") == "①号 ㎡ A"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("138-1234-5678", "13812345678"), ("+86 13812345678", "13812345678"), ("(0825)2223333", "0825-2223333"),
        ("08252223333", "0825-2223333"), ("028-12345678", "028-12345678"), ("13812345678、13912345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"), ("11111111111", None), ("1381234567", None),
    ],
)  # fmt: skip
def test_phones(con, text, expected):
    assert value(con, "phone", text) == expected


def test_divisions_are_padded_and_old_codes_are_known(con):
    assert tuple(judge(con, "division_code", ["510922"])[0]) == ("510922000000", [])
    assert tuple(judge(con, "division_code", ["510903001"])[0]) == ("510903001000", [])
    assert broken(con, "division_code", "510999") == ["area"]
    assert broken(con, "division_code", "510903999") == ["township"]
    assert value(con, "division_code", "5109") is None


def test_coordinates_outside_the_city_are_kept_with_a_warning(con):
    assert tuple(judge(con, "longitude", ["105.57"])[0]) == (105.57, [])
    assert tuple(judge(con, "longitude", ["30.5"])[0]) == (30.5, ["city_box"])
    assert tuple(judge(con, "latitude", ["105.57"])[0]) == (None, ["range"])
    assert value(con, "longitude", "105°34′12″") == pytest.approx(105.57)
    assert broken(con, "coordinate_x", "35550000") == broken(con, "coordinate_x", "550000") == []
    assert broken(con, "coordinate_y", "550000") == ["city_box"]


def test_masks(con):
    names = ["张三", "王小明", "欧阳锋", "阿布都·热西提"]
    assert masked(con, "person_name", names) == ["张*", "王*明", "欧阳*", "阿布都·*"]
    assert masked(con, "phone", ["13812345678"]) == ["138****5678"]
    addresses = ["四川省遂宁市船山区镇江寺街道滨江路1号", "四川省遂宁市射洪市太和镇解放路1号", "遂宁市安居区某路5号"]
    assert masked(con, "address", addresses) == [
        "四川省遂宁市船山区镇江寺街道****", "四川省遂宁市射洪市太和镇****", "遂宁市安居区****",
    ]  # fmt: skip
