"""What a cell holds that is no value: two values, an identifier that a spreadsheet changed, a line that sums up."""

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.elements import ELEMENTS
from suining_data.elements.cells import LOST_DIGITS, SEVERAL_IDENTIFIERS, SPREADSHEET
from suining_data_tests.elements.judging import judge

FEW = settings(max_examples=40)
# Elements of text that identify nothing. What is neither here nor made by `identifier` fails the first test.
NO_IDENTIFIERS = {
    "person_name",
    "organization_name",
    "place_name",
    "text",
    "address",
    "phone",
    "industry_code",
    "statistical_period",
}
IDENTIFIERS = [
    element.id
    for element in ELEMENTS.values()
    if element.sql_type == "varchar"
    and not element.code_set
    and element.id not in NO_IDENTIFIERS
    and not element.id.startswith("geometry")
]
WARNINGS = ("category", "area", "township")
NUMBERS = ["money_cny", "area_m2", "percent", "number", "integer"]


def value(con, element, text):
    unit = next(iter(ELEMENTS[element].units), None)
    return judge(con, element, [text], unit)[0].value


def broken(con, element, text):
    unit = next(iter(ELEMENTS[element].units), None)
    return judge(con, element, [text], unit)[0].broken


@pytest.mark.parametrize("id", IDENTIFIERS)
def test_every_identifier_refuses_what_spreadsheets_make_of_it(con, id):
    assert SPREADSHEET in ELEMENTS[id].rules
    assert SEVERAL_IDENTIFIERS in ELEMENTS[id].text_rules
    damaged = [
        "5.10903E+16", "5.10903e16", "5.1E+19", "5,10903E+16", "5E+16", "2019-03-02", "2019/3/2", "2019年3月2日",
        "2019-03-02 00:00:00", "3月2日", "2-Mar", "Mar-19", "3/2/2019", "TRUE", "false", "12345.0",
    ]  # fmt: skip
    for text, judged in zip(damaged, judge(con, id, damaged), strict=True):
        assert judged.value is None, text
        assert [rule for rule in judged.broken if rule not in WARNINGS] == ["spreadsheet"]


@pytest.mark.parametrize("id", IDENTIFIERS)
def test_two_identifiers_in_a_cell_are_none(con, id):
    two = ["510903\n510904", "510903,510904", "A00001、A00002", "A00001;A00002", "A00001 A00002", "510903\t510904"]
    assert [judged.value for judged in judge(con, id, two)] == [None] * len(two)
    assert all("several_values" in judged.broken for judged in judge(con, id, two))
    assert {rule for judged in judge(con, id, two) for rule in judged.broken} <= {"several_values", *WARNINGS}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-3", "2019-3"), ("2019-03", "2019-03"), ("5E16", "5E16"), ("X-12E5", "X-12E5"), ("K0+000", "K0+000"),
        ("1.2.156.3005.2.FA35D0", "1.2.156.3005.2.FA35D0"), ("(2019)川0903执1660号", "(2019)川0903执1660号"),
        ("遂市监罚〔2019〕9282号", "遂市监罚〔2019〕9282号"), ("A 001", "A001"), ("6217 0000 0048 5359", "6217000000485359"),
        ('="0051"', "0051"), ("'0051", "0051"), ("A001,", "A001"), ("0051", "0051"), ("041路", "041路"),
    ],
)  # fmt: skip
def test_identifiers_that_look_odd_and_are_right(con, text, expected):
    assert tuple(judge(con, "identifier", [text])[0]) == (expected, [])


def test_groups_of_a_resident_id_are_one_number(con):
    assert value(con, "resident_id", "110105 19491231 002X") == "11010519491231002X"
    assert value(con, "resident_id", '="11010519491231002X"') == "11010519491231002X"
    assert broken(con, "resident_id", "11010519491231\n002X") == ["several_values"]


def test_zeros_from_the_sixteenth_digit_on_are_only_suspect(con):
    assert tuple(judge(con, "identifier", ["51090313212345600"])[0]) == ("51090313212345600", [LOST_DIGITS.id])
    assert broken(con, "identifier", "5109031321234560") == []  # one number in ten ends so


@FEW
@given(st.lists(st.from_regex(r"[0-9A-Z]{1,6}(-[0-9A-Z]{1,8}){0,2}", fullmatch=True), min_size=1, max_size=30))
def test_an_identifier_is_kept_as_it_is_or_looks_like_a_spreadsheets_work(con, texts):
    for text, judged in zip(texts, judge(con, "identifier", texts), strict=True):
        month = r"(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEPT?|OCT|NOV|DEC)"
        is_date = re.fullmatch(
            rf"(19|20)\d\d-\d\d?-\d\d?|\d\d?-{month}(-\d\d(\d\d)?)?|{month}-\d\d(\d\d)?", text, flags=re.ASCII
        )
        if is_date or text in ("TRUE", "FALSE"):
            assert judged.value is None
        elif text not in ("NULL", "NONE"):
            assert judged.value == text


@pytest.mark.parametrize("id", [*NUMBERS, "longitude", "latitude", "coordinate_x", "year"])
@pytest.mark.parametrize(
    "text", ["400\n150", "400 150", "400，15", "1.200,50", "1,23,4", "12 34", "400;150", "400、150", "12\t34", "0,123"]
)
def test_two_numbers_in_a_cell_are_none(con, id, text):
    assert tuple(judge(con, id, [text], next(iter(ELEMENTS[id].units), None))[0]) == (None, ["several_values"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1,234,567.89", "1234567.89"), ("1，234", "1234.00"), ("１，２００．５０", "1200.50"), ("400\n元", "400.00"),
        ("￥ 100", "100.00"), (" 400 ", "400.00"), ("4\u200b00", "400.00"), ("CNY 100", "100.00"), ("1,234.5万元", "12345000.00"),
        ("- 5", "-5.00"), ("+5", "5.00"), ("400,150", "400150.00"), ('="400"', "400.00"), ("100 RMB", "100.00"),
    ],
)  # fmt: skip
def test_separators_that_part_nothing(con, text, expected):
    assert tuple(judge(con, "money_cny", [text], "元")[0]) == (Decimal(expected), [])


def strictly_read(text: str) -> float | None:
    """A number as an independent reader has it: no blank within, commas in threes only."""
    stripped = text.strip()
    if re.fullmatch(r"[-+]?[1-9][0-9]{0,2}(,[0-9]{3})+(\.[0-9]*)?", stripped):
        stripped = stripped.replace(",", "")
    if not re.fullmatch(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)", stripped):
        return None
    return float(Decimal(stripped))


@FEW
@given(st.lists(st.text("0123456789,. -+\n", min_size=1, max_size=12), min_size=1, max_size=40))
def test_a_number_is_what_an_independent_reader_says_or_none(con, texts):
    for text, judged in zip(texts, judge(con, "number", texts), strict=True):
        expected = strictly_read(re.sub(r"^(\s*[-+])\s+", r"\1", text))  # "- 5" is -5
        if judged.value is not None:
            assert judged.value == expected, repr(text)
        elif text.strip() not in ("", "-", "--", "...", "+"):
            assert judged.broken or expected is None, repr(text)
            assert expected is None, repr(text)


@pytest.mark.parametrize("text", ["2014.1", "２０１４．１", " 2014.1 ", "20148", "20148.0", "20140"])
def test_a_month_that_reads_in_two_ways_is_none(con, text):
    assert tuple(judge(con, "month", [text])[0]) == (None, ["ambiguous"])


def test_months_that_read_in_one_way(con):
    texts = ["2014.10", "2014.01", "2014.2", "2014.9", "201408", "2014-8", "2014年1月", "43691"]
    assert [f"{judged.value:%Y%m}" for judged in judge(con, "month", texts)] == [
        "201410", "201401", "201402", "201409", "201408", "201408", "201401", "201908",
    ]  # fmt: skip


@pytest.mark.parametrize("id", ["date", "datetime", "month"])
def test_two_dates_in_a_cell_are_none(con, id):
    for text in (
        "2019-08-14 2019-08-15",
        "2019-08-14\n2019-08-15",
        "20190814,20190815",
        "2019年8月14日至2020年8月13日",
    ):
        assert tuple(judge(con, id, [text])[0]) == (None, ["several_values"])
    assert value(con, "date", "2019.10") is None


@pytest.mark.parametrize(
    "text", ["王\n李", "王、李", "王,李", "王，李", "王/李", "王;李", "王\t李", "王伟 李强", "王小明 李小红"]
)
def test_two_persons_in_a_cell_are_nobody(con, text):
    assert tuple(judge(con, "person_name", [text])[0]) == (None, ["several_values"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王 小明", "王小明"), ("欧阳 小明", "欧阳小明"), ("阿布·买买提", "阿布·买买提"), ("Smith, John", "Smith, John"),
        ("O'Neil", "O'Neil"), ("SMITH/JOHN", "SMITH/JOHN"), ("王小明\n", "王小明"), ('="王小明"', "王小明"),
    ],
)  # fmt: skip
def test_names_of_one_person(con, text, expected):
    assert tuple(judge(con, "person_name", [text])[0]) == (expected, [])


def test_two_organizations_in_a_cell_are_none_and_a_name_on_two_lines_is_one(con):
    for text in ("甲公司\n乙公司", "甲公司、乙公司", "甲公司；乙公司"):
        assert tuple(judge(con, "organization_name", [text])[0]) == (None, ["several_values"])
    assert value(con, "organization_name", "遂宁市某某\n有限公司") == "遂宁市某某有限公司"
    assert value(con, "organization_name", "遂宁市船山区烟、酒店") == "遂宁市船山区烟、酒店"


@pytest.mark.parametrize("id", ["person_name", "organization_name", "place_name"])
@pytest.mark.parametrize(
    "text", ["合计", "合 计", "总计", "小计：", "共计", "合计3", "制表人：张三", "备注：以上", "以下空白"]
)
def test_a_sum_or_a_signature_is_no_name(con, id, text):
    assert tuple(judge(con, id, [text])[0]) == (None, ["no_name"])


def test_two_codes_in_a_cell_are_none(con):
    for id, text in (
        ("ethnicity_code", "0 1"),
        ("ethnicity_code", "1\n2"),
        ("sex_code", "男、女"),
        ("industry_code", "01 11"),
    ):
        assert tuple(judge(con, id, [text])[0]) == (None, ["several_values"])
    assert value(con, "ethnicity_code", "汉\n族") == "01"


def test_garbled_text_is_no_text(con):
    assert broken(con, "text", "锟斤拷") == broken(con, "address", "锟斤拷路1号") == ["garbled"]
    assert broken(con, "person_name", "锟斤拷") == ["damaged"]
    assert value(con, "address", "四川省\ufffd") == "四川省\ufffd"  # with a warning, as before
