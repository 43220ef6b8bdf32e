"""Workbooks that real people had trouble with, and hostile ones: read with the catalogue as it is, landing to staged."""

import shutil
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Catalog, load_catalog
from suining_data.ingestion import Ingested, ingest
from suining_data.settings import Settings
from suining_data.standardization import promote, standardize
from suining_data.warehouse import prepare

CASES = Path(__file__).parent.parent / "cases"


class Desk:
    """Takes in files as a refresh does."""

    def __init__(self, con: duckdb.DuckDBPyConnection, catalog: Catalog, data: Path) -> None:
        self.con, self.catalog, self.settings = con, catalog, Settings(data=data)

    def take(self, file: Path, unit_id: str = "", name: str = "") -> Ingested:
        unit_id, name = unit_id or file.parent.name, name or file.name
        unit = next(unit for unit in self.catalog.units if unit.id == unit_id)
        resource = next(each for each in unit.resources if fnmatchcase(name, each.delivery.pattern))
        folder = self.settings.landing / unit.id
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, folder / name)
        taken = ingest(self.con, self.settings, unit, resource, "run")
        assert standardize(self.con, self.settings, unit, resource).unbalanced == []
        promote(self.con, resource)
        return taken

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.con.sql(sql).fetchall()

    def quarantine(self) -> list[tuple[object, ...]]:
        return self.rows("select line_number, field, received from governance.quarantine order by all")

    def reasons(self) -> str:
        return "\n".join(str(row[0]) for row in self.rows("select reason from governance.quarantine"))


@pytest.fixture(scope="module")
def prepared() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        prepare(con)
        yield con


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def desk(tmp_path: Path, prepared: duckdb.DuckDBPyConnection, catalog: Catalog) -> Iterator[Desk]:
    with prepared.cursor() as con:
        yield Desk(con, catalog, tmp_path)
        con.execute("drop schema governance cascade; drop schema staged cascade")
        con.execute("create schema governance; create schema staged")


def test_a_percent_cell_is_the_percentage_that_the_sheet_shows(desk: Desk) -> None:
    desk.take(CASES / "01-percent-cell/state_assets/gyqy_20190930.xlsx")
    found = desk.rows("select state_share_percent from staged.state_assets__enterprises order by line_number")
    assert found == [(100.0,), (51.0,), (33.5,), (51.0,), (51.0,), (100.0,)]
    assert desk.quarantine() == []


def test_dates_counted_from_1904_are_the_same_in_every_format(desk: Desk) -> None:
    desk.take(CASES / "02-date1904-general-cell/civil_affairs/hhjl_201909.xlsx")
    found = desk.rows("select death_date::varchar, cremation_date::varchar from staged.civil_affairs__cremations")
    assert found == [("2019-09-05", "2019-09-05")] * 5


def test_a_hidden_sheet_of_choices_is_not_the_delivery(desk: Desk) -> None:
    taken = desk.take(CASES / "05-very-hidden-sheet-of-lists/disabled_federation/cjrz_201909.xlsx")
    assert taken.refusals == ()
    assert desk.rows("select count(*) from staged.disabled_federation__certificates") == [(2,)]
    assert "隐藏的工作表“hidden”有 5 行内容，没有读取" in desk.reasons()


def test_what_is_no_number_puts_the_value_aside_and_nothing_else(desk: Desk) -> None:
    folder = CASES / "18-nan-in-a-number-cell/postal"
    desk.take(folder / "kdwd_20190930.xlsx")
    assert desk.rows("select count(*) from staged.postal__express_outlets") == [(4,)]
    assert desk.quarantine() == [(6, "联系电话", "#NUMBER! NaN")]
    assert "单元格里的数不是有效数值" in desk.reasons()
    assert desk.take(folder / "kdwd_20191031.xlsx").refusals == ()
    assert desk.quarantine() == []


def test_a_text_that_became_a_date_or_a_boolean_is_put_aside(desk: Desk) -> None:
    desk.take(CASES / "24-dates-in-text-columns/education/xjbd_201910.xlsx")
    assert desk.quarantine() == [
        (3, "班级", "#DATE! 2019-03-02"),
        (5, "现住址", "#DATE! 2019-03-02"),
        (6, "班级", "#BOOLEAN! TRUE"),
    ]
    assert "班级：表格把文本变成了日期" in desk.reasons()
    assert "班级：表格把文本变成了逻辑值" in desk.reasons()


def test_a_long_number_arrives_as_the_sheet_shows_it(desk: Desk) -> None:
    [item] = desk.take(CASES / "26-long-identifiers-as-numbers/disabled_federation/cjrz_201911.xlsx").current
    assert desk.rows(f"""select distinct "残疾人证号" from '{item.raw}'""") == [("5.10903E+19",)]


def test_an_unknown_formula_error_is_put_aside_and_the_workbook_is_read(desk: Desk) -> None:
    desk.take(CASES / "31-spill-error/civil_affairs/hhjl_201910.xlsx")
    assert desk.quarantine() == [(4, "死亡日期", "#SPILL!")]
    assert desk.rows("select count(*) from staged.civil_affairs__cremations") == [(2,)]


@pytest.mark.parametrize(
    ("file", "limit"),
    [
        ("far_case.xlsx", "一直延伸到第 1048576 行第 16384 列，超过 30,000,000 格（上限 SUINING_LIMIT_CELLS）"),
        ("far_space.xlsx", "一直延伸到第 1048576 行第 16384 列，超过 30,000,000 格（上限 SUINING_LIMIT_CELLS）"),
        ("laughs_small.xlsx", "单元格里的文字合计超过 512 MB（上限 SUINING_LIMIT_TEXT_MB）"),
    ],
)
def test_a_hostile_workbook_is_refused_by_the_limit_that_it_exceeds(desk: Desk, file: str, limit: str) -> None:
    [refusal] = desk.take(CASES / "hostile" / file, "agriculture", "nmhzs_20991231.xlsx").refusals
    assert limit in refusal.zh
