"""Parquet: values as text without loss, and what is refused."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from suining_data.ingestion import parquet_table
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

TABLE = resource_of(["a"], format="parquet")


def parquet(**columns: object) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer, row_group_size=2)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        (pa.array(["甲", "", None, " 1 "]), ["甲", None, None, " 1 "]),
        (pa.array([510902199001011234, -1, None], pa.int64()), ["510902199001011234", "-1", None]),
        (pa.array([2**64 - 1], pa.uint64()), ["18446744073709551615"]),
        (pa.array([13800138000.0, 0.1, -2.5, None]), ["13800138000", "0.1", "-2.5", None]),
        (pa.array([510902199001011234.0]), ["5.1090219900101126e+17"]),
        (pa.array([0.5, 3.0], pa.float32()), ["0.5", "3"]),
        (pa.array([Decimal("1.50"), Decimal("-0.07")]), ["1.50", "-0.07"]),
        (pa.array([True, False]), ["true", "false"]),
        (pa.array([date(2019, 8, 14)]), ["2019-08-14"]),
        (pa.array([datetime(2019, 8, 14), datetime(2019, 8, 14, 9, 30)]), ["2019-08-14", "2019-08-14 09:30:00"]),
        (pa.array([datetime(2019, 8, 14, 9, 30)], pa.timestamp("ns")), ["2019-08-14 09:30:00"]),
        (pa.array([datetime(2019, 8, 14, 9, tzinfo=UTC)]), ["2019-08-14 09:00:00+00"]),
        (pa.array([time(9, 30)]), ["09:30:00"]),
        (pa.array(["x", "y", "x"]).dictionary_encode(), ["x", "y", "x"]),
    ],
)
def test_values_are_text_without_loss(desk: Desk, values: pa.Array, texts: list[str | None]):
    desk.deliver("x.parquet", parquet(a=values))
    result = desk.refresh(TABLE)
    assert result.refusals == ()
    assert [(row["_line"], row["a"]) for row in desk.rows(result)] == list(enumerate(texts, start=1))
    assert balances(result)


def test_undeclared_columns_are_kept_and_missing_ones_refused(desk: Desk):
    desk.deliver("x.parquet", parquet(a=["1"], b=[2]))
    assert "未登记的列 b" in desk.refresh(TABLE).warnings[0].zh
    desk.deliver("y.parquet", parquet(a=["9"], b=[2]))
    [refusal] = desk.refresh(resource_of(["a", "c"], format="parquet")).refusals
    assert refusal.zh.startswith("y.parquet 列: 缺少列 c（标签2），多出列 b。")


@pytest.mark.parametrize("values", [pa.array([[1]]), pa.array([{"x": 1}]), pa.array([b"\xff"])])
def test_nested_and_binary_columns_are_refused(desk: Desk, values: pa.Array):
    desk.deliver("x.parquet", parquet(a=values))
    refusal = desk.refresh(TABLE).refusals[0]
    assert refusal.zh.startswith("x.parquet 列 a: 类型 ")
    assert "不能读取（嵌套或二进制）" in refusal.zh
    assert "cannot be read (nested or binary)" in refusal.en


@pytest.mark.parametrize("name", ["x[1].parquet", "x*.parquet", "it's {a,b} %20#.parquet"])
def test_names_that_mean_something_to_duckdb_are_only_names(desk: Desk, name: str):
    desk.deliver("x1.parquet", parquet(a=["1"]))
    desk.deliver(name, parquet(a=["2"]))
    assert sorted(row["a"] for row in desk.rows(desk.refresh(TABLE))) == ["1", "2"]


def test_metadata_that_report_other_rows_than_there_are_refuse_the_batch(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parquet_table.pq, "read_metadata", lambda _: type("Metadata", (), {"num_rows": 3}))
    desk.deliver("x.parquet", parquet(a=["1", "2"]))
    assert "元数据称有 3 行，读到 2 行" in desk.refresh(TABLE).refusals[0].zh


def test_too_many_columns_are_refused(desk: Desk):
    desk.deliver("x.parquet", parquet(**{f"c{n}": ["1"] for n in range(2_001)}))
    assert "有 2001 列，超过 2000 列（SUINING_LIMIT_COLUMNS）" in desk.refresh(TABLE).refusals[0].zh


SOUND = parquet(a=[str(n) for n in range(50)])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, len(SOUND) - 1), st.one_of(st.none(), st.binary(min_size=1, max_size=8)))
def test_a_damaged_file_is_refused_or_read_and_never_stops_the_intake(desk: Desk, place: int, change: bytes | None):
    content = SOUND[:place] if change is None else SOUND[:place] + change + SOUND[place + len(change) :]
    desk.deliver("x.parquet", content)
    result = desk.refresh(TABLE)
    assert result.current or result.refusals
    assert desk.con.execute("select 1").fetchone() == (1,)
