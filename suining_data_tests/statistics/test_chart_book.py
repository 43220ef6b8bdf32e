"""The chart book shows what stands, says what is to be known of it, and asks no network for anything."""

import re
from pathlib import Path

import pytest
from lxml import etree, html

from suining_data.statistics import BOOK, write_chart_book
from suining_data_tests.bench import Bench
from suining_data_tests.statistics.conftest import HOSTILE

NAMESPACE = "http://www.w3.org/2000/svg"


@pytest.fixture
def folder(macro: Bench, tmp_path: Path) -> Path:
    write_chart_book(macro.con, tmp_path)
    return tmp_path


@pytest.fixture
def page(folder: Path) -> html.HtmlElement:
    return html.fromstring((folder / BOOK).read_text(encoding="utf-8"))


def drawn(folder: Path, theme: str) -> list[str]:
    """All texts of the picture of a theme."""
    svg = etree.parse(folder / "chart_book" / f"{theme}.svg")
    return [str(each.text) for each in svg.iter(f"{{{NAMESPACE}}}text")]


def rows(page: html.HtmlElement, name: str) -> list[list[str]]:
    """The rows of the tables that begin with this name, without their region."""
    found = [[cell.text_content().strip() for cell in row] for row in page.iter("tr")]
    return [[row[0], *row[2:]] for row in found if row[0] == name and row[1] == "遂宁市"]


def test_a_theme_is_a_section_with_its_chinese_name(page: html.HtmlElement) -> None:
    assert [each.text for each in page.iter("h2")][:2] == ["国民经济核算", "工业"]
    assert next(page.iter("a")).get("href") == "#accounts"


def test_years_have_their_level_and_their_official_growth(folder: Path) -> None:
    texts = drawn(folder, "accounts")
    first = texts[: texts.index("第一产业增加值 · 占比")]
    assert first[:2] == ["地区生产总值", "单位：亿元；折线为增速（%）"]
    assert {"1,403.18", "2020", "4.3", "8.2", "1,612.34r", "1,746P"} <= set(first)


def test_months_are_cumulative_and_end_with_the_whole_year(folder: Path) -> None:
    texts = drawn(folder, "trade")
    assert "社会消费品零售总额 · 累计" in texts
    start = texts.index("社会消费品零售总额 · 累计")
    assert texts[start + 1] == "单位：亿元；2021年 548.7"  # the whole year is its December
    assert {"548.7", "81.5"} <= set(texts[start:])


def test_counties_are_compared_in_the_last_year_that_has_two(folder: Path) -> None:
    texts = drawn(folder, "population")
    assert "常住人口 · 2023年分县（市、区）" not in texts  # of that year, one county alone is published
    start = texts.index("常住人口 · 2022年分县（市、区）")
    assert texts[start + 2 : start + 6] == ["船山区", "84.1", "射洪市", "71.5"]


def test_the_table_has_unit_vintage_day_of_the_release_and_marks(page: html.HtmlElement) -> None:
    assert ["地区生产总值", "本期", "2023年", "1,746", "亿元", "初步核算", "2024-02-01（收到）", "初步数"] in rows(
        page, "地区生产总值"
    )
    assert rows(page, "进出口总额") == [["进出口总额", "本期", "2021年", "49.4", "亿元", "", "2022-04-25", ""]]


def test_what_was_not_published_is_marked_and_delivered_text_is_text(page: html.HtmlElement, folder: Path) -> None:
    [row] = rows(page, HOSTILE)
    assert row[-1] == "非公布数"
    assert not list(page.iter("script"))
    assert "<script>" not in (folder / BOOK).read_text(encoding="utf-8")


def test_no_file_names_an_address_but_the_namespace_of_svg(folder: Path) -> None:
    files = list((folder / "chart_book").iterdir())
    assert len(files) > 5
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert set(re.findall(r"\w+://[^\"'<> ]+", text)) <= {NAMESPACE}
        assert not re.search(r"@import|url\(|src=", text)


def test_the_same_base_gives_the_same_files(macro: Bench, folder: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    write_chart_book(macro.con, again)
    for file in (folder / "chart_book").iterdir():
        assert (again / "chart_book" / file.name).read_bytes() == file.read_bytes()
