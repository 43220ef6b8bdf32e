"""With a damaged file at night: a run is requested that fails with what is damaged, once, and the alert of it says so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import pytest

from suining_data.alerts.failed_runs import cause_of, failed_runs
from suining_data.alerts.sensors import finding_alerts
from suining_data.catalog import Catalog
from suining_data.orchestration.assets import JOB, definitions_of, warehouse_of
from suining_data.orchestration.automation import schedules, sensors
from suining_data.orchestration.freshness import freshness_sensor
from suining_data.orchestration.pipeline import pipeline
from suining_data.settings import settings
from suining_data_tests.damage.conftest import deliver
from suining_data_tests.damage.harm import half, short
from suining_data_tests.undo.conftest import UNIT, Desk


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def run(instance: dg.DagsterInstance, request: dg.RunRequest) -> None:
    """The run that was requested, as the daemon starts it."""
    steps = pipeline()
    job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
    job.execute_in_process(instance=instance, raise_on_error=False, tags=request.tags)


def tick(instance: dg.DagsterInstance, sensor: dg.SensorDefinition) -> Any:
    with dg.build_sensor_context(instance=instance) as context:
        return sensor.evaluate_tick(context)


def alerts(instance: dg.DagsterInstance) -> list[str]:
    causes = [cause_of(instance, failed) for failed in failed_runs(instance, datetime.now(UTC)).values()]
    return [cause.zh for cause in causes if cause]


def test_a_sensor_requests_one_run_for_a_damaged_warehouse_and_its_alert_says_what_to_run(
    desk: Desk, instance: dg.DagsterInstance
) -> None:
    half(desk.settings.warehouse)
    deliver(desk)
    [landing] = sensors(pipeline(), Catalog((UNIT,)))
    [request] = tick(instance, landing).run_requests or ()
    run(instance, request)
    [alert] = alerts(instance)
    folder = desk.settings.warehouse.parent
    assert f"mv {folder} {folder}.damaged" in alert
    again = tick(instance, landing)
    assert not again.run_requests
    assert "已损坏" in (again.skip_message or "")
    folder.rename(f"{folder}.damaged")
    desk.refresh()
    half(desk.settings.warehouse)
    desk.deliver("ry_4.csv", 5, first=400)
    assert tick(instance, landing).run_requests, "another damage is another cause"


def test_the_night_requests_a_run_that_tells(desk: Desk, instance: dg.DagsterInstance) -> None:
    half(desk.settings.warehouse)
    nightly, _ = schedules(pipeline())
    [request] = nightly.evaluate_tick(dg.build_schedule_context(instance=instance)).run_requests or ()
    run(instance, request)
    assert "已损坏" in alerts(instance)[0]


def test_a_damage_that_a_table_meets_is_alerted_with_the_table(desk: Desk, instance: dg.DagsterInstance) -> None:
    short(desk.settings.warehouse)
    deliver(desk)
    run(instance, dg.RunRequest())
    [alert] = alerts(instance)
    assert "已损坏" in alert
    assert "staged.public_security__residents" in alert


def test_the_other_sensors_skip_with_what_is_damaged(
    desk: Desk, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUINING_ALERT_WEBHOOK", "http://127.0.0.1:1/")
    settings.cache_clear()
    half(desk.settings.warehouse)
    half((desk.settings.published / "suining.duckdb").resolve())
    for sensor in (finding_alerts, freshness_sensor(Catalog((UNIT,)))):
        assert "已损坏" in (tick(instance, sensor).skip_message or "")


def test_the_night_writes_damaged_published_files_anew(desk: Desk, instance: dg.DagsterInstance) -> None:
    half((desk.settings.published / "suining.duckdb").resolve())
    nightly, _ = schedules(pipeline())
    [request] = nightly.evaluate_tick(dg.build_schedule_context(instance=instance)).run_requests or ()
    assert request.asset_selection == [dg.AssetKey(["published", "snapshot"])]
