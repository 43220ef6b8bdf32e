"""Rows that come in are staged, quarantined or superseded, and each is accounted for."""

from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Delivery, Derived, Field, Format, Mode, Resource, Unit
from suining_data.catalog.model import Cycle, ExpectedRows, Share, ShareType
from suining_data.ingestion import create_ledger
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.standardization import (
    Unbalanced,
    newly_quarantined_lines,
    promote,
    quarantined_lines,
    standardize,
)
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
        create_ledger(self.con)

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
            """
            insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status,
                lines_total, header_lines, continuation_lines, rejected_rows, raw_rows, run_id, declaration)
            values (?, ?, 'police', ?, 'sha', 1, 'in_force', ?, 1, 0, ?, ?, 'run1', '')
            """,
            [RESOURCE.id, batch, f"x_{batch}.csv", 1 + len(rows) + rejected, rejected, len(rows)],
        )

    def standardize(self, resource: Resource = RESOURCE) -> None:
        account = standardize(self.con, self.settings, UNIT, resource)
        assert account.unbalanced == []
        promote(self.con, resource)

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


def with_rules(column: str, **rules: str) -> Resource:
    """The resource; a broken rule of the column has another consequence than that of its element."""
    fields = [
        Field.model_validate({**field.model_dump(), "rules": rules}) if field.name == column else field
        for field in RESOURCE.fields
    ]
    return RESOURCE.model_copy(update={"fields": fields})


def test_a_column_may_quarantine_the_row_where_its_element_quarantines_the_value(bench: Bench) -> None:
    bench.deliver("a", (WRONG_CHECK, "王小明", None), (OTHER_VALID, "李四", "18000101"))
    bench.standardize(with_rules("resident_id", check_digit="quarantine"))
    assert bench.staged("name, failed_rules") == [("李四", ["birth_date:range"])]
    assert bench.con.sql("select scope, rule from governance.quarantine order by all").fetchall() == [
        ("row", "check_digit"),
        ("value", "range"),
    ]
    assert bench.account() == (2, 1, 1, 0)


def test_a_column_may_quarantine_a_value_that_its_element_only_warns_of_or_discards(bench: Bench) -> None:
    bench.deliver("a", ("110105491231002", "王小明", None), (OTHER_VALID, "李四", "1900-01-01"))
    bench.standardize()
    assert bench.con.sql("select count(*) from governance.quarantine").fetchall() == [(0,)]
    bench.standardize(with_rules("resident_id", upgraded="quarantine_value"))
    assert bench.staged("resident_id") == [(None,), (OTHER_VALID,)]
    bench.standardize(with_rules("birth_date", placeholder="quarantine_value"))
    assert bench.staged("resident_id, birth_date") == [(VALID, None), (OTHER_VALID, None)]
    assert bench.con.sql("select scope, field, rule from governance.quarantine").fetchall() == [
        ("value", "csrq", "placeholder")
    ]


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


def test_what_is_quarantined_is_shown_by_file_line_and_reason_without_a_value(bench: Bench) -> None:
    bench.deliver("a", (VALID, "  ", None), (OTHER_VALID, "李四", None), (VALID, None, None), rejected=1)
    bench.standardize()
    bench.deliver("b", (WRONG_CHECK, "王小明", None))
    standardize(bench.con, bench.settings, UNIT, RESOURCE)
    check = "police/x_b.csv 第 2 行 (line 2): 公民身份号码：校验码错误"
    new = [str(each) for each in newly_quarantined_lines(bench.con, RESOURCE.id)]
    assert [sentence[: len(check)] for sentence in new] == [check]
    promote(bench.con, RESOURCE)
    assert [str(each) for each in quarantined_lines(bench.con, RESOURCE.id)] == [
        *new,
        "police/x_a.csv 第 2、4 行 (lines 2, 4): 姓名：必填项为空 (required)",
        "police/x_a.csv 第 99 行 (line 99): 含空字符 (NUL)",
    ]
    standardize(bench.con, bench.settings, UNIT, RESOURCE)
    assert newly_quarantined_lines(bench.con, RESOURCE.id) == []


def test_a_batch_whose_raw_rows_are_fewer_than_it_had_does_not_balance(bench: Bench) -> None:
    bench.deliver("a", (VALID, "王小明", None), (OTHER_VALID, "李四", None))
    bench.con.execute("update governance.batch set raw_rows = 3, lines_total = 4")
    [batch] = standardize(bench.con, bench.settings, UNIT, RESOURCE).unbalanced
    assert batch == Unbalanced("police/x_a.csv", 4, 1, 0, 0, raw=3, staged=2, quarantined=0, superseded=0)


def test_the_same_rows_have_the_same_ids_in_every_warehouse(tmp_path: Path) -> None:
    ids = []
    for name in ("one", "two"):
        bench = Bench(tmp_path / name)
        bench.deliver("a", (VALID, "王小明", None))
        bench.standardize()
        ids.append(bench.staged("record_id"))
    assert ids[0] == ids[1]


def resource_of(*fields: Field, key: list[str], **delivery: object) -> Resource:
    """Another resource of the same id, so that the bench can deliver it."""
    return RESOURCE.model_copy(
        update={
            "fields": list(fields),
            "derived": [],
            "key": key,
            "delivery": RESOURCE.delivery.model_copy(update=delivery),
        }
    )


def staged(bench: Bench, resource: Resource, columns: str) -> list[tuple[object, ...]]:
    assert standardize(bench.con, bench.settings, UNIT, resource).unbalanced == []
    promote(bench.con, resource)
    return bench.staged(columns)


NAME = Field(source="xm", name="name", element="person_name", label="姓名", required=True)
BIRTH = Field(source="csrq", name="birth_date", element="date", label="出生日期", sensitivity="L3")
NUMBER = Field(source="gmsfhm", name="number", element="identifier", label="证书编号", sensitivity="L1", required=True)


@pytest.mark.parametrize("date", ["2019-02-30", "二月", "#REF!", "2019-01-01 2019-01-02"])
def test_a_required_value_that_cannot_be_read_stops_the_row(bench: Bench, date: str) -> None:
    required = BIRTH.model_copy(update={"required": True})
    bench.deliver("a", (None, "王小明", date), (None, "李四", "2019-01-01"))
    assert staged(bench, resource_of(NAME, required, key=["name"]), "name") == [("李四",)]
    [(scope, received)] = bench.con.sql("select scope, received from governance.quarantine").fetchall()
    assert (scope, received) == ("row", date)


def test_a_damaged_name_or_number_is_no_reason_to_lose_the_row(bench: Bench) -> None:
    """They were there: the row is the only record of its person."""
    bench.deliver("a", ("5.10903E+16", "王?明", None))
    assert staged(bench, resource_of(NUMBER, NAME, key=["number"]), "number, name") == [(None, None)]


def test_rows_whose_numbers_a_spreadsheet_made_alike_do_not_replace_each_other(bench: Bench) -> None:
    bench.deliver("a", ("5.10903E+19", "王同名", "1960-01-01"), ("5.10903E+19", "王同名", "1961-01-01"))
    resource = resource_of(NUMBER, NAME, BIRTH, key=["number", "name"])
    assert len(staged(bench, resource, "birth_date")) == 2
    assert bench.account() == (2, 2, 0, 0)


@pytest.mark.parametrize(
    "header",
    [("gmsfhm", "xm", "csrq"), ("\ufeffgmsfhm", "xm", "csrq"), ("gmsfhm", "xm", None), ("xm", "姓名", "csrq")],
)
def test_a_header_among_the_rows_is_no_record(bench: Bench, header: tuple[str | None, ...]) -> None:
    bench.deliver("a", ("A1", "王小明", "2019-01-01"), header, ("A2", "李四", "2019-01-01"))
    found = staged(bench, resource_of(NUMBER, NAME, BIRTH, key=["number"]), "name")
    expected = [] if header[1] == "xm" else [("姓名",)]  # one name of three
    assert sorted(found) == sorted([("王小明",), ("李四",), *expected])
    if not expected:
        put_aside = bench.con.sql(
            "select scope, field, rule, reason, line_number from governance.quarantine"
        ).fetchall()
        assert put_aside == [
            ("row", None, "repeated_header", "重复的表头，不是数据；多个文件拼接时请只保留一行表头", 3)
        ]


def test_a_header_of_two_rows_among_the_rows_is_no_record(bench: Bench) -> None:
    bench.deliver("a", ("证书/编号", "男方/姓名", "男方/出生日期"))
    folder = bench.settings.raw / RESOURCE.id
    bench.con.execute(f"""
        copy (select unnest(['证书', '编号', 'A1']) as "证书/编号", unnest(['男方', '姓名', '王小明']) as "男方/姓名",
            unnest(['男方', '出生日期', '2019-01-01']) as "男方/出生日期", unnest([2, 3, 4])::bigint as _line)
        to {literal(folder / "a.parquet")}
    """)
    bench.con.execute("update governance.batch set raw_rows = 3, lines_total = 4")
    fields = [
        field.model_copy(update={"source": source})
        for field, source in ((NUMBER, "证书/编号"), (NAME, "男方/姓名"), (BIRTH, "男方/出生日期"))
    ]
    assert staged(bench, resource_of(*fields, key=["number"]), "name") == [("王小明",)]


@pytest.mark.parametrize(
    "first", ["合计", "小　计", "总计：", "制表人：张三", "审核人（签字）：", "备注：以上为八月数据"]
)
def test_sums_and_signatures_are_no_records_where_the_catalogue_says_so(bench: Bench, first: str) -> None:
    number = NUMBER.model_copy(update={"required": False})
    resource = resource_of(number, NAME, BIRTH, key=["number", "name"], summary_rows=True)
    bench.deliver("a", ("A1", "王小明", None), (first, "3", None), (None, first, "2019-01-01"))
    assert staged(bench, resource, "name") == [("王小明",)]
    assert bench.con.sql("select scope, rule from governance.quarantine").fetchall() == [("row", "summary")] * 2
    assert bench.account() == (3, 1, 2, 0)


def test_a_sum_is_no_name_where_the_catalogue_says_nothing(bench: Bench) -> None:
    bench.deliver("a", (None, "合计", "2019-01-01"))
    assert staged(bench, resource_of(NAME, BIRTH, key=["name"]), "name") == []
    assert bench.con.sql("select scope, rule from governance.quarantine").fetchall() == [("row", "no_name")]
