"""The overview map shows counties with their counts and towns as circles, and nothing of few."""

from pathlib import Path

import duckdb
import pytest
from lxml import etree

from suining_data.statistics import MAP, write_map

SVG = "{http://www.w3.org/2000/svg}"
SQUARE = "POLYGON (({0} 30.4, {0} 30.6, {1} 30.6, {1} 30.4, {0} 30.4))"


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create schema spatial; create schema open_data")
        con.execute("create table spatial.division_boundary (division_code varchar, name varchar, level_code varchar, geometry varchar)")  # fmt: skip
        for code, name, west in (("510903000000", "船山区<b>", 105.4), ("510904000000", "安居区", 105.2)):
            con.execute("insert into spatial.division_boundary values (?, ?, 'county', ?)", [code, name, SQUARE.format(west, west + 0.2)])  # fmt: skip
        yield con


def count(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("""
        create table spatial.division_count as from (values
            ('510903000000', '船山区', 'county', 812345, 43210, 105.5, 30.5),
            ('510904000000', '安居区', 'county', 3, 0, 105.3, 30.5),
            ('510903001000', '南津路街道', 'town', 5000, 4, 105.51, 30.52)
        ) as t(division_code, name, level_code, resident_persons, organizations, longitude, latitude)
    """)


def test_counties_are_labelled_and_towns_are_circles(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    count(con)
    write_map(con, tmp_path)
    picture = etree.parse(tmp_path / "map" / "overview.svg")
    texts = [text.text for text in picture.iter(f"{SVG}text")]
    assert {"居住人口", "存续单位", "船山区<b>", "安居区", "812,345人", "43,210个"} <= set(texts)
    assert "少于5人" in texts  # three people
    said = [circle.findtext(f"{SVG}title") for circle in picture.iter(f"{SVG}circle")]
    assert [each for each in said if each] == ["南津路街道：居住人口5,000人"]
    fills = [path.get("fill") for path in picture.iter(f"{SVG}path")]
    assert fills[0] != fills[1]


def test_the_page_stands_alone_and_what_was_delivered_is_text(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    count(con)
    write_map(con, tmp_path)
    page = (tmp_path / MAP).read_text(encoding="utf-8")
    assert "<b>" not in page
    assert "船山区&lt;b&gt;" in page
    assert "<script" not in page
    assert "://" not in page.replace("http://www.w3.org/2000/svg", "")


def test_the_public_gets_a_map_of_what_it_has(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    con.execute("""
        create table open_data.organization_by_type as from (values
            ('510903000000', 'total', 1230), ('510904000000', 'total', null), ('510903000000', 'enterprise', 5)
        ) as t(division_code, organization_type_code, organizations)
    """)
    write_map(con, tmp_path)
    page = (tmp_path / MAP).read_text(encoding="utf-8")
    assert "1,230" in page
    assert "不公开<" in page
    assert "#e4e7ea" in page
    assert "居住人口" not in page


def test_without_boundaries_or_counts_there_is_no_map(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_map(con, tmp_path)
    con.execute("delete from spatial.division_boundary")
    count(con)
    write_map(con, tmp_path)
    assert list(tmp_path.iterdir()) == []
