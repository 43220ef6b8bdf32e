"""Rows that come in are staged, quarantined or superseded, and each is accounted for."""

from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Delivery, Derived, Field, Format, Mode, Resource, Unit
from suining_data.catalog.model import Cycle, ExpectedRows, Share, ShareType
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.standardization import promote, standardize
from suining_data.warehouse import prepare

VALID, OTHER_VALID, WRONG_CHECK = "11010519491231002X", "440524188001010014", "110105194912310021"
UNIT = Unit(id="police", name="公安", uscc="x", origin="department")
RESOURCE = Resource(
    id="police__residents",
    proposal="T01",
    name="测试",
    abstract="测试",
    share=Share(type=ShareType.UNCONDITIONAL),
    open=ShareType.NONE,
    cycle=Cycle.DAILY,
    bases=["population"],
    delivery=Delivery(format=Format.CSV, pattern="x_*.csv", mode=Mode.DELTA),
    expected_rows=ExpectedRows(min=0, max=10),
    key=["resident_id", "name"],
    fields=[
        Field(source="gmsfhm", name="resident_id", element="resident_id", label="公民身份号码"),
        Field(source="xm", name="name", element="person_name", label="姓名", required=True),
        Field(source="csrq", name="birth_date", element="date", label="出生日期", sensitivity="L3"),
    ],
    derived=[
        Derived(name="birth_month", element="integer", label="出生月份", sql="month(birth_date)", sensitivity="L3")
    ],
)


class Bench:
    """A warehouse in memory and raw batches written by hand."""

    def __init__(self, folder: Path) -> None:
        self.settings = Settings(data=folder / "o'clock")  # a folder may have any name
        self.con = duckdb.connect()
        prepare(self.con)
        self.con.execute("""
            create table governance.batch (resource_id varchar, batch_id varchar, file_name varchar, status varchar,
                lines_total bigint, header_lines bigint, continuation_lines bigint, rejected_rows bigint, raw_rows bigint);
            create table governance.batch_file (resource_id varchar, batch_id varchar, file_name varchar,
                first_line bigint, lines bigint)
        """)

    def deliver(self, batch: str, *rows: tuple[str | None, ...], rejected: int = 0) -> None:
        folder = self.settings.raw / RESOURCE.id
        folder.mkdir(parents=True, exist_ok=True)
        self.con.execute("create or replace temp table raw (gmsfhm varchar, xm varchar, csrq varchar, _line bigint)")
        self.con.executemany("insert into raw values (?, ?, ?, ?)", [(*row, n) for n, row in enumerate(rows, 2)])
        self.con.execute(f"copy raw to {literal(folder / f'{batch}.parquet')}")
        self.con.execute(
            f"copy (select 99::bigint as line, 'NUL' as rule, '含空字符' as reason, 'x' as raw_text from range({rejected})) "
            f"to {literal(folder / f'{batch}.rejected.parquet')}"
        )
        self.con.execute(
            "insert into governance.batch values (?, ?, ?, 'in_force', ?, 1, 0, ?, ?)",
            [RESOURCE.id, batch, f"x_{batch}.csv", 1 + len(rows) + rejected, rejected, len(rows)],
        )

    def standardize(self) -> None:
        account = standardize(self.con, self.settings, UNIT, RESOURCE)
        assert account.unbalanced == []
        promote(self.con, RESOURCE)

    def staged(self, columns: str) -> list[tuple[object, ...]]:
        return self.con.sql(f"select {columns} from staged.{RESOURCE.id} order by record_id").fetchall()

    def account(self) -> tuple[object, ...] | None:
        return self.con.sql("""
            select sum(raw)::int, sum(staged)::int, sum(quarantined)::int, sum(superseded)::int
            from governance.row_account
        """).fetchone()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_a_good_row_is_typed_and_carries_its_line(bench: Bench) -> None:
    bench.deliver("a", (VALID.lower(), "王 小明", "1949年12月31日"))
    bench.standardize()
    assert bench.staged("resident_id, name, birth_date::varchar, birth_month, batch_id, line_number, failed_rules") == [
        (VALID, "王小明", "1949-12-31", 12, "a", 2, None)
    ]


def test_a_wrong_id_is_put_aside_as_value_and_its_row_goes_on(bench: Bench) -> None:
    bench.deliver("a", (WRONG_CHECK, "王小明", None))
    bench.standardize()
    assert bench.staged("resident_id, failed_rules") == [(None, ["resident_id:check_digit"])]
    put_aside = bench.con.sql("select scope, field, rule, received, line_number from governance.quarantine").fetchall()
    assert put_aside == [("value", "gmsfhm", "check_digit", WRONG_CHECK, 2)]


def test_a_row_without_a_required_value_is_put_aside_whole(bench: Bench) -> None:
    bench.deliver("a", (VALID, "  ", "19491231"), (OTHER_VALID, "李四", "18800101"))
    bench.standardize()
    assert [name for (name,) in bench.staged("name")] == ["李四"]
    scope, reason, raw_text = bench.con.sql("select scope, reason, raw_text from governance.quarantine").fetchall()[0]
    assert (scope, reason) == ("row", "姓名：必填项为空")
    assert VALID in raw_text
    assert bench.account() == (2, 1, 1, 0)


def test_a_later_row_with_the_same_key_supersedes_the_earlier(bench: Bench) -> None:
    bench.deliver("a", (VALID, "王小明", "1949-12-31"), (VALID, "王小明", "1949-12-30"))
    bench.deliver("b", (VALID, "王小明", "1949-12-29"))
    bench.standardize()
    assert bench.staged("birth_date::varchar") == [("1949-12-29",)]
    assert bench.account() == (3, 1, 0, 2)


def test_one_number_of_two_people_supersedes_nobody(bench: Bench) -> None:
    bench.deliver("a", (VALID, "王小明", None), (VALID, "李四", None))
    bench.standardize()
    assert bench.account() == (2, 2, 0, 0)


def test_rows_without_a_key_value_are_never_taken_for_one_another(bench: Bench) -> None:
    bench.deliver("a", (None, "王小明", None), (None, "王小明", None))
    bench.standardize()
    assert bench.account() == (2, 2, 0, 0)


def test_a_line_that_never_became_a_row_is_in_quarantine(bench: Bench) -> None:
    bench.deliver("a", (VALID, "王小明", None), rejected=1)
    bench.standardize()
    assert bench.con.sql("select scope, rule, line_number from governance.quarantine").fetchall() == [
        ("line", "NUL", 99)
    ]


def test_the_same_rows_have_the_same_ids_in_every_warehouse(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        bench = Bench(tmp_path / name)
        bench.deliver("a", (VALID, "王小明", None))
        bench.standardize()
        ids.append(bench.staged("record_id"))
    assert ids[0] == ids[1]
