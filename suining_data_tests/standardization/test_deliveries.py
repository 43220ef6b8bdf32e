"""Deliveries that real people had trouble with, staged by the catalogue: what is in them that is no value.

Here: the files of suining_data_tests/cases whose values are at issue. Not here: how files are read (ingestion/).
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import duckdb
import pytest

from suining_data.catalog import load_catalog
from suining_data.ingestion import ingest
from suining_data.settings import Settings
from suining_data.standardization import implausible_column, promote, standardize
from suining_data.warehouse import prepare

CASES = Path(__file__).parent.parent / "cases"


@dataclass
class Desk:
    con: duckdb.DuckDBPyConnection
    settings: Settings

    def take(self, case: str) -> str:
        """Stage the one file of a case; the id of its resource."""
        [file] = [path for path in (CASES / case).rglob("*") if path.is_file()]
        landing = self.settings.landing / file.parent.name / file.name
        landing.parent.mkdir(parents=True)
        shutil.copy(file, landing)
        [unit] = [unit for unit in load_catalog().units if unit.id == file.parent.name]
        [resource] = [each for each in unit.resources if fnmatchcase(file.name, each.delivery.pattern)]
        taken = ingest(
            self.con, self.settings, unit, resource, "run",
            validate=lambda raw, batch_id: implausible_column(self.con, raw, resource, batch_id),
        )  # fmt: skip
        assert taken.refusals == ()
        assert standardize(self.con, self.settings, unit, resource).unbalanced == []
        promote(self.con, resource)
        return resource.id

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.con.sql(sql).fetchall()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with duckdb.connect() as con:
        prepare(con)
        yield Desk(con, Settings(data=tmp_path))


def test_two_amounts_in_a_cell_are_no_amount(desk: Desk) -> None:
    table = desk.take("09-two-amounts-in-a-cell")
    amounts = dict(desk.rows(f"select name, benefit_amount_cny::varchar from staged.{table}"))
    none = ("吕两行", "施空格", "孔欧式", "严加号", "金斜杠", "陶顿号", "戚全逗")
    assert {name: amounts[name] for name in none} == dict.fromkeys(none)
    sound = {"张全角": "1200.50", "曹千分": "1200.50", "魏元": "400.00", "姜逗号": "400150.00", "华括号": "-400.00"}
    assert {name: amounts[name] for name in sound} == sound
    assert desk.rows(
        "select rule, count(*) from governance.quarantine where field = '补助金额(元)' group by 1 order by 1"
    ) == [
        ("several_values", 6),
        ("unreadable", 1),
    ]


def test_headers_and_sums_of_joined_files_are_no_records(desk: Desk) -> None:
    table = desk.take("13-concatenated-csv")
    assert sorted(name for (name,) in desk.rows(f"select name from staged.{table}")) == [
        "船山区丙记医药铺", "船山区乙记医药铺", "船山区甲记医药铺",
    ]  # fmt: skip
    put_aside = desk.rows("select scope, rule from governance.quarantine where scope = 'row' order by line_number")
    assert put_aside == [("row", "repeated_header"), ("row", "repeated_header"), ("row", "summary")]


def test_ids_guarded_against_excel_are_read(desk: Desk) -> None:
    table = desk.take("15-ids-guarded-against-excel")
    found = desk.rows(f"select resident_id from staged.{table} where card_number between 'A90000001' and 'A90000010'")
    assert len(found) == 10
    assert [id for (id,) in found if id is None] == [None]  # the one whose digits a spreadsheet dropped
    assert desk.rows("select rule from governance.quarantine where received like '5109031986%'") == [
        ("spreadsheet_zeros",), ("length",),
    ]  # fmt: skip


def test_what_became_a_date_in_a_column_of_text_is_no_text(desk: Desk) -> None:
    table = desk.take("24-dates-in-text-columns")
    rows = desk.rows(
        f"select name, class_name, residence_address, guardian_phone from staged.{table} order by record_id"
    )
    by_name = {name: rest for name, *rest in rows}
    assert by_name["吴班日期"][0] is None
    assert by_name["冯真假"][0] is None
    assert by_name["王址日期"][1] is None
    assert by_name["郑电话零"][2] == "0825-2220001"  # as the cell shows it
    assert by_name["陈班数"][0] == "3班"
    reasons = [reason for (reason,) in desk.rows("select reason from governance.quarantine where scope = 'value'")]
    assert sum("表格把文本变成了日期" in reason for reason in reasons) == 2


def test_two_people_whose_long_numbers_lost_their_digits_both_stay(desk: Desk) -> None:
    table = desk.take("26-long-identifiers-as-numbers/disabled_federation")
    rows = desk.rows(f"select certificate_number, resident_id from staged.{table} where name = '王同名' order by 2")
    assert rows == [(None, "510903196001013213"), (None, "510903196001013221")]
    assert desk.rows("select count(*) from governance.superseded") == [(0,)]
    assert desk.rows("select distinct rule from governance.quarantine where field = '残疾人证号'") == [("spreadsheet",)]


def test_households_whose_card_numbers_lost_their_digits_are_not_one(desk: Desk) -> None:
    table = desk.take("26-long-identifiers-as-numbers/poverty_alleviation")
    rows = desk.rows(f"select name, household_card_number from staged.{table} where name in ('云户甲', '苏户乙')")
    assert sorted(rows) == [("云户甲", None), ("苏户乙", None)]
    [(month,)] = desk.rows(f"select registered_month from staged.{table} where name = '潘月短'")
    assert month is None
    assert ("ambiguous",) in desk.rows("select rule from governance.quarantine where received = '20148'")
