"""The workbook is laid out as a yearbook, and its numbers are those that stand."""

from pathlib import Path

import openpyxl
import pytest

from suining_data.statistics import write_yearbook
from suining_data_tests.bench import Bench
from suining_data_tests.statistics.conftest import HOSTILE


@pytest.fixture
def book(macro: Bench, tmp_path: Path) -> openpyxl.Workbook:
    assert write_yearbook(macro.con, tmp_path / "yearbook.xlsx")[0] == 10
    return openpyxl.load_workbook(tmp_path / "yearbook.xlsx")


def line(book: openpyxl.Workbook, sheet: str, region: str, label: str) -> dict[str, object]:
    """What a row says by its header, and its unit."""
    rows = [[cell.value for cell in row] for row in book[sheet].iter_rows()]
    start = next(number for number, row in enumerate(rows) if row[0] == region)
    found = next(row for row in rows[start:] if row[0] == label)
    return {str(title): value for title, value in zip(rows[2][1:], found[1:], strict=True) if value is not None}


def test_a_theme_is_a_sheet_and_the_first_one_lists_them(book: openpyxl.Workbook) -> None:
    assert book.sheetnames[:3] == ["目录", "国民经济核算", "固定资产投资和房地产"]
    assert book["目录"]["A3"].value == "1-1 国民经济核算"


def test_indicators_are_in_rows_and_years_in_columns(book: openpyxl.Workbook) -> None:
    assert line(book, "国民经济核算", "遂宁市", "地区生产总值") == {
        "单位": "亿元",
        "2020年": 1403.18,
        "2021年": 1519.9,
        "2022年": 1612.34,
        "2023年": 1746,
    }
    assert line(book, "国民经济核算", "遂宁市", "　可比价增长")["2021年"] == 8.2
    assert line(book, "国民经济核算", "船山区", "地区生产总值") == {"单位": "亿元", "2004年": 52.4, "2011年": 166.54}


def test_a_part_is_indented_below_its_total(book: openpyxl.Workbook) -> None:
    assert line(book, "国民经济核算", "遂宁市", "　第三产业增加值") == {"单位": "亿元", "2014年": 221.05}
    assert line(book, "国民经济核算", "遂宁市", "　　占比")["2020年"] == 39.3


def test_a_row_is_in_one_unit_and_a_census_in_a_row_of_its_own(book: openpyxl.Workbook) -> None:
    assert line(book, "人口", "遂宁市", "常住人口")["2018年"] == 320.18
    assert line(book, "人口", "遂宁市", "常住人口（第七次全国人口普查）") == {"单位": "人", "2020年": 2814196}


def test_marks_are_shown_and_the_cell_stays_a_number(book: openpyxl.Workbook) -> None:
    [cell] = (cell for row in book["国民经济核算"].iter_rows() for cell in row if cell.value == 1746)
    assert cell.number_format == '#,##0"P"'
    texts = [row[0].value for row in book["国民经济核算"].iter_rows()]
    assert "P 初步数" in texts
    assert "* 非公布数" not in texts
    [cell] = (cell for row in book["未分类"].iter_rows() for cell in row if cell.value == 7.5)
    assert cell.number_format == '#,##0.0"*"'


def test_delivered_text_is_text(book: openpyxl.Workbook) -> None:
    assert book["未分类"]["A5"].value == HOSTILE
    assert book["未分类"]["A5"].data_type == "s"
