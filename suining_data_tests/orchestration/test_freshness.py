"""How late a resource is, by its last delivery, its cycle and its days of grace."""

import io
import os
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.catalog import Catalog, load_catalog
from suining_data.catalog.model import Cycle
from suining_data.display import PlainConsole
from suining_data.ingestion import create_ledger
from suining_data.orchestration import freshness
from suining_data.orchestration.freshness import CHECK, deadlines, freshness_checks, freshness_sensor, late, print_late
from suining_data.settings import Settings

CAME = datetime(2019, 9, 1, 8)
GRACE = 5


def small_catalog() -> Catalog:
    """Two resources of one unit: one comes every month, with days of grace, one every day without."""
    unit = next(unit for unit in load_catalog().units if unit.id == "public_security")
    monthly, daily = (
        unit.resources[0].model_copy(update={"cycle": Cycle.MONTHLY, "grace_days": GRACE}),
        unit.resources[1].model_copy(update={"cycle": Cycle.DAILY, "grace_days": 0}),
    )
    return Catalog((unit.model_copy(update={"resources": [monthly, daily]}),))


CATALOG = small_catalog()
MONTHLY, DAILY = (resource.id for resource in CATALOG.resources)


def ledger(file: Path, *batches: tuple[str, str, datetime]) -> duckdb.DuckDBPyConnection:
    """A file with the batches (resource, status, first seen)."""
    file.parent.mkdir(parents=True, exist_ok=True)
    con = duckdb.connect(str(file))
    create_ledger(con)
    for number, (resource, status, seen) in enumerate(batches):
        con.execute(
            "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
            "first_seen_at, run_id, declaration) values (?, ?, 'public_security', 'f', 's', 1, ?, ?, 'r', 'd')",
            [resource, str(number), status, seen],
        )
    return con


def lateness(data: Settings, days: float, *batches: tuple[str, str, datetime]) -> dict[str, str]:
    """Resource -> lateness so many days after CAME."""
    with ledger(data.data / "ledger.duckdb", *batches) as con:
        found = deadlines(con, data, CATALOG)
    return {each.resource.id: str(each.lateness(CAME + timedelta(days=days))) for each in found}


@pytest.mark.parametrize(
    ("days", "monthly", "daily"),
    [
        (0.5, "on_time", "on_time"),
        (1.1, "on_time", "overdue"),
        (31.1, "late", "overdue"),
        (31 + GRACE + 0.1, "overdue", "overdue"),
    ],
)
def test_a_resource_is_late_after_its_cycle_and_overdue_after_its_grace(
    data: Settings, days: float, monthly: str, daily: str
) -> None:
    found = lateness(data, days, (MONTHLY, "in_force", CAME), (DAILY, "in_force", CAME))
    assert found == {MONTHLY: monthly, DAILY: daily}


def test_a_refused_delivery_is_no_delivery(data: Settings) -> None:
    found = lateness(
        data, 2, (DAILY, "in_force", CAME), (DAILY, "refused", CAME + timedelta(days=1.9)), (MONTHLY, "in_force", CAME)
    )
    assert found[DAILY] == "overdue"


def test_before_its_first_delivery_a_resource_is_late_from_the_first_delivery_of_another(data: Settings) -> None:
    assert lateness(data, 2, (MONTHLY, "in_force", CAME))[DAILY] == "overdue"


def test_before_any_delivery_nothing_is_late(data: Settings) -> None:
    assert lateness(data, 1000) == {}


def publish(data: Settings, *batches: tuple[str, str, datetime]) -> None:
    (data.published / "suining.duckdb").unlink(missing_ok=True)
    ledger(data.published / "suining.duckdb", *batches).close()


def evaluated(sensor: dg.SensorDefinition, cursor: str | None) -> tuple[dict[str, tuple[bool, str]], str | None]:
    """Resource -> (passed, severity) of the evaluations that a tick reports, and the cursor."""
    tick = sensor.evaluate_tick(dg.build_sensor_context(cursor=cursor))
    events = {
        event.asset_key.path[1]: (event.passed, event.severity.value)
        for event in tick.asset_events
        if isinstance(event, dg.AssetCheckEvaluation)
    }
    assert all(isinstance(event, dg.AssetCheckEvaluation) and event.check_name == CHECK for event in tick.asset_events)
    return events, tick.cursor


def test_the_sensor_reports_what_has_become_late_and_what_was_delivered(
    data: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock(datetime):
        days = 0.5

        @classmethod
        def now(cls, _zone: object = None) -> datetime:  # type: ignore[override]
            return CAME + timedelta(days=cls.days)

    monkeypatch.setattr(freshness, "datetime", Clock)
    sensor = freshness_sensor(CATALOG)
    publish(data, (MONTHLY, "in_force", CAME), (DAILY, "in_force", CAME))
    events, cursor = evaluated(sensor, None)
    assert events == {MONTHLY: (True, "WARN"), DAILY: (True, "WARN")}
    assert evaluated(sensor, cursor) == ({}, cursor)
    Clock.days = 33.0
    events, cursor = evaluated(sensor, cursor)
    assert events == {MONTHLY: (False, "WARN"), DAILY: (False, "ERROR")}
    publish(data, (MONTHLY, "in_force", CAME), (DAILY, "in_force", CAME + timedelta(days=32.9)))
    events, _ = evaluated(sensor, cursor)
    assert events == {DAILY: (True, "WARN")}


def test_a_file_that_waits_in_landing_counts_although_nothing_was_published_since(data: Settings) -> None:
    publish(data, (MONTHLY, "in_force", CAME), (DAILY, "in_force", CAME))
    daily = CATALOG.resource(DAILY)
    file = data.landing / "public_security" / daily.delivery.pattern.replace("*", "20190902")
    file.parent.mkdir(parents=True)
    file.touch()
    came = (CAME + timedelta(days=40)).timestamp()
    os.utime(file, (came, came))
    with duckdb.connect(str(data.published / "suining.duckdb"), read_only=True) as con:
        [found] = [each for each in deadlines(con, data, CATALOG) if each.resource.id == DAILY]
    assert found.last == CAME + timedelta(days=40)


def test_a_person_can_evaluate_the_check_of_one_table(data: Settings) -> None:
    publish(data, (MONTHLY, "in_force", CAME), (DAILY, "in_force", CAME))
    key = dg.AssetKey(["raw", DAILY])
    checks = freshness_checks(CATALOG)
    result = dg.materialize(
        [checks],
        instance=dg.DagsterInstance.ephemeral(),
        selection=dg.AssetSelection.checks(dg.AssetCheckKey(key, CHECK)),
    )
    [found] = result.get_asset_check_evaluations()
    assert (found.asset_key, found.passed) == (key, False)


def test_the_status_names_late_resources_the_longest_overdue_first(data: Settings) -> None:
    now = datetime.now()
    publish(data, (MONTHLY, "in_force", now - timedelta(days=33)), (DAILY, "in_force", now - timedelta(days=3)))
    console = PlainConsole(file=(output := io.StringIO()), width=200)
    with duckdb.connect(str(data.published / "suining.duckdb"), read_only=True) as con:
        print_late(late(con, data, CATALOG), console)
    first, second = output.getvalue().splitlines()
    assert "逾期 overdue" in first
    assert DAILY in first
    assert "晚到 late" in second
    assert MONTHLY in second
