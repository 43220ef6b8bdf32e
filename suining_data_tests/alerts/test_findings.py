"""What the warehouse says: made tables in, the message out; and real deliveries of one small resource."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import dagster as dg
import duckdb
import pytest

from suining_data.alerts import sensors
from suining_data.alerts.sensors import finding_alerts
from suining_data.alerts.webhook import NotSent
from suining_data.catalog import Catalog, Unit
from suining_data.orchestration import state
from suining_data.orchestration.delivery_problems import COLUMNS, TABLE
from suining_data.orchestration.pipeline import steps_of
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.alerts.receiver import Receiver
from suining_data_tests.end_to_end.refusals.deliveries import content, people, resident_id, residents
from suining_data_tests.orchestration.tables import run

RESOURCE = residents()
UNIT = Unit(id="public_security", name="市公安局", origin="department", resources=[RESOURCE])
SCORES = """
    create table governance.quality_score (
        scored_on date, unit_id varchar, resource_id varchar, dimension varchar, numerator bigint, denominator bigint)
"""
Tick = Callable[[], str | None]


@pytest.fixture
def tick(data: Settings, monkeypatch: pytest.MonkeyPatch) -> Tick:
    """Tick the sensor with the cursor of the tick before, as the daemon does; the skip reason, None of a failed tick."""
    monkeypatch.setattr(sensors, "load_catalog", lambda: Catalog((UNIT,)))
    instance, kept = dg.DagsterInstance.ephemeral(), {"cursor": None}

    def tick() -> str | None:
        with dg.build_sensor_context(instance=instance, cursor=kept["cursor"]) as context:
            try:
                result = finding_alerts.evaluate_tick(context)
            except NotSent:
                return None
        kept["cursor"] = result.cursor
        return result.skip_message

    return tick


@contextmanager
def night(data: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse with the tables of a refresh, for a test that says what the night found."""
    with state.open_for_refresh(data) as con:
        columns = ", ".join(f"{column.name} {column.type}" for column in COLUMNS)
        con.execute(f"create or replace table {TABLE} ({columns}); delete from governance.check_result")
        yield con


def failed(con: duckdb.DuckDBPyConnection, table: str, check: str, *, blocking: bool, severity: str = "ERROR") -> None:
    con.execute(
        "insert into governance.check_result values (?, ?, ?, false, ?, 'resident_id: 3 × 重复', '{}', 'run')",
        [table, check, blocking, severity],
    )


def overdue(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        f"insert into {TABLE} values ('overdue', ?, ?, null, '应于 2026-11-20 前交付。请催交。', 'due by 2026-11-20')",
        [UNIT.id, RESOURCE.id],
    )


def refresh(data: Settings) -> None:
    """The raw table of the resource and the problems of landing/, as Dagster runs them."""
    steps = [step for step in steps_of(Catalog((UNIT,)), []) if step.group == "raw" or step.key == TABLE]
    assert run(*steps).success


def deliver(data: Settings, name: str, what: bytes) -> None:
    file = data.landing / UNIT.id / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(what)


def test_a_gate_is_sent_once_and_again_after_it_came_back(data: Settings, receiver: Receiver, tick: Tick) -> None:
    for nights, is_failed in enumerate([True, True, False, True]):
        with night(data) as con:
            if is_failed:
                failed(con, f"staged.{RESOURCE.id}", "uniqueness", blocking=True)
            con.execute(f"create or replace table staged.night as select {nights} as night")
        tick()
        tick()
    assert len(receiver.texts) == 2
    assert receiver.texts[0] == receiver.texts[1]
    text = receiver.texts[0]
    assert "质量关卡未通过 blocking check failed** · 市公安局" in text
    assert "resident_id: 3 × 重复" in text
    assert f"(https://si4ku.example/assets/staged/{RESOURCE.id}?view=checks)" in text


def test_warnings_are_no_alerts(data: Settings, receiver: Receiver, tick: Tick) -> None:
    with night(data) as con:
        failed(con, "population.person", "completeness", blocking=True, severity="WARN")
    assert "没有新的问题" in str(tick())
    assert receiver.sent == []


def test_an_overdue_resource_says_whose_it_is(data: Settings, receiver: Receiver, tick: Tick) -> None:
    with night(data) as con:
        overdue(con)
    tick()
    [text] = receiver.texts
    assert "逾期未交 delivery overdue** · 市公安局" in text
    assert "应于 2026-11-20 前交付。请催交。" in text, "a date is no number of a person"


def test_a_score_that_fell_by_more_than_five_points_in_a_day(data: Settings, receiver: Receiver, tick: Tick) -> None:
    with night(data) as con:
        con.execute(SCORES)
        con.execute(f"""
            insert into governance.quality_score values
            ('2026-11-02', '{UNIT.id}', 'a', 'completeness', 80, 100), ('2026-11-02', '{UNIT.id}', 'b', 'completeness', 270, 300),
            ('2026-11-01', '{UNIT.id}', 'a', 'completeness', 100, 100), ('2026-11-01', '{UNIT.id}', 'b', 'completeness', 280, 300),
            ('2026-10-31', '{UNIT.id}', 'a', 'completeness', 100, 100),
            ('2026-11-01', '{UNIT.id}', 'a', 'conformity', 100, 100), ('2026-11-02', '{UNIT.id}', 'a', 'conformity', 95, 100),
            ('2026-11-01', '{UNIT.id}', 'a', 'timeliness', 1, 0), ('2026-11-02', '{UNIT.id}', 'a', 'timeliness', 0, 0),
            ('2026-11-01', 'other', 'c', 'accuracy', 50, 100), ('2026-11-02', 'other', 'c', 'accuracy', 60, 100)
        """)
    tick()
    [text] = receiver.texts
    assert "2026-11-02 市公安局的“完整性”得分从 95.0 降到 87.5" in text
    assert "in completeness fell from 95.0 to 87.5" in text
    assert "（1 件）" in receiver.taken[0]["markdown"]["title"]


def test_a_webhook_that_is_down_loses_nothing(data: Settings, receiver: Receiver, tick: Tick) -> None:
    with night(data) as con:
        overdue(con)
    receiver.answers = [(200, {"errcode": 310000}), *[(500, {})] * 3]
    assert tick() is None
    with night(data) as con:
        overdue(con)
        failed(con, "population.person", "uniqueness", blocking=True)
    assert tick() is None
    assert "2" in str(tick())
    tick()
    [text] = receiver.texts
    assert "逾期未交" in text
    assert "质量关卡未通过" in text


def test_a_run_under_way_is_looked_at_when_it_ends(data: Settings, receiver: Receiver, tick: Tick) -> None:
    with night(data) as con:
        overdue(con)
    with open_warehouse(data):
        assert "正在更新" in str(tick())
    assert receiver.sent == []
    tick()
    assert len(receiver.texts) == 1


def test_before_the_first_refresh_nothing_is_wrong(data: Settings, receiver: Receiver, tick: Tick) -> None:
    assert "还没有更新过" in str(tick())
    assert receiver.sent == []


def test_a_refused_file_is_sent_without_what_it_holds(data: Settings, receiver: Receiver, tick: Tick) -> None:
    deliver(data, "ry_1.csv", content("csv", people(30)))
    refresh(data)
    tick()
    assert receiver.sent == []
    number, phone = resident_id(7), "13825251234"
    header, _, rows = content("csv", people(30)).partition(b"\n")
    deliver(data, f"ry_{number}_{phone}.csv", header.replace(b"csrq", number.encode()) + b"\n" + rows)
    deliver(data, f"{number}.part", rows)
    for _ in range(2):
        refresh(data)
        tick()
    [body] = receiver.taken
    text = body["markdown"]["text"]
    assert "来件未采用 delivery refused** · 市公安局" in text
    assert "缺少列 csrq" in text
    assert "suining_data" not in text
    assert "来件无人登记" in text
    sent = json.dumps(receiver.sent, ensure_ascii=False)
    assert not any(said in sent for said in (number, number[:17], phone, "凯旋路", people(1)[0][0]))
    (data.landing / UNIT.id / f"ry_{number}_{phone}.csv").unlink()
    refresh(data)
    tick()
    assert len(receiver.texts) == 1
    deliver(data, f"ry_{number}_{phone}.csv", header.replace(b"csrq", number.encode()) + b"\n" + rows)
    refresh(data)
    tick()
    assert len(receiver.texts) == 2, "it was gone and came back"


def test_the_batch_that_a_message_tells_to_accept_can_be_copied(data: Settings, receiver: Receiver, tick: Tick) -> None:
    deliver(data, "ry_1.csv", content("csv", people(40)))
    refresh(data)
    deliver(data, "ry_1.csv", content("csv", people(40))[:-30])
    refresh(data)
    tick()
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        [(batch_id,)] = con.sql("select batch_id from governance.batch where status = 'refused'").fetchall()
    assert f"--accept {batch_id}" in receiver.texts[0]
