"""Old runs and rows of replaced batches go, their space comes back, and nothing that anybody reads is missing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.catalog import Catalog, Unit
from suining_data.orchestration.instance import prepare_home
from suining_data.orchestration.pipeline import steps_of
from suining_data.retention import RETENTION_JOB, job, remove
from suining_data.retention.old_runs import give_space_back, old_runs
from suining_data.settings import Settings, settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.refusals.deliveries import content, people, residents
from suining_data_tests.orchestration.tables import run

RESOURCE = residents(mode="full")
UNIT = Unit(id="public_security", name="市公安局", origin="department", resources=[RESOURCE])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_home(settings())))
    yield settings()
    settings.cache_clear()


@pytest.fixture
def instance(data: Settings) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as instance:
        yield instance


@dg.asset
def often() -> None:
    """Materialised by every run."""


@dg.asset
def seldom() -> None:
    """Materialised by the first run only."""


def materialize(instance: dg.DagsterInstance, *assets: dg.AssetsDefinition) -> str:
    return dg.materialize([*assets], instance=instance).run_id


def tomorrow() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


def test_a_run_that_last_materialised_a_table_stays(instance: dg.DagsterInstance) -> None:
    first = materialize(instance, often, seldom)
    second = materialize(instance, often)
    third = materialize(instance, often)
    assert old_runs(instance, tomorrow()) == [second]
    assert old_runs(instance, datetime.now(UTC) - timedelta(days=1)) == []
    instance.delete_run(second)
    latest = {asset.key: instance.get_latest_materialization_event(asset.key) for asset in (often, seldom)}
    assert {key: event.run_id for key, event in latest.items() if event} == {often.key: third, seldom.key: first}


def test_a_run_under_way_stays(instance: dg.DagsterInstance) -> None:
    instance.create_run_for_job(RETENTION_JOB, status=dg.DagsterRunStatus.STARTED)
    assert old_runs(instance, tomorrow()) == []


def test_the_space_of_deleted_runs_comes_back(instance: dg.DagsterInstance, data: Settings) -> None:
    @dg.op
    def talks(context: dg.OpExecutionContext) -> None:
        for _ in range(400):
            context.log.info("x" * 2000)

    @dg.job
    def talking() -> None:
        talks()

    run_id = talking.execute_in_process(instance=instance).run_id
    give_space_back(data.dagster_home)
    before = sum(file.stat().st_size for file in data.dagster_home.rglob("*.db*"))
    instance.delete_run(run_id)
    freed = give_space_back(data.dagster_home)
    assert freed > 800_000
    assert sum(file.stat().st_size for file in data.dagster_home.rglob("*.db*")) <= before - 800_000
    assert instance.get_runs() == []


def deliver(data: Settings, name: str, rows: int) -> None:
    file = data.landing / UNIT.id / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content("csv", people(rows)))


def refresh() -> None:
    assert run(*(step for step in steps_of(Catalog((UNIT,)), []) if step.group in ("raw", "staged"))).success


def said(data: Settings) -> list[object]:
    """All that reads raw rows: staged rows, accounts, quarantine."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        tables = (
            f"staged.{RESOURCE.id}",
            "governance.row_account",
            "governance.quarantine",
            "governance.silent_revision",
        )
        return [con.execute(f"from {table} order by all").fetchall() for table in tables]


def test_rows_of_a_batch_that_was_replaced_long_ago_go(
    instance: dg.DagsterInstance, data: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(data, "ry_1.csv", 40)
    refresh()
    deliver(data, "ry_1.csv", 41)  # replaces it
    refresh()
    deliver(data, "ry_2.csv", 42)  # supersedes it: its rows are still compared with
    refresh()
    before, files = said(data), sorted(data.raw.rglob("*.parquet"))
    assert len(files) == 6
    assert remove(instance, data).raw_files == 0, "it was replaced today"
    later = datetime.now(UTC) + timedelta(days=data.keep_days + 1)
    monkeypatch.setattr(job, "datetime", type("Later", (datetime,), {"now": classmethod(lambda _, tz=None: later)}))
    counted = remove(instance, data, dry_run=True)
    assert counted.raw_files == 2
    assert sorted(data.raw.rglob("*.parquet")) == files
    removed = remove(instance, data)
    assert (removed.raw_files, removed.raw_bytes) == (2, counted.raw_bytes)
    assert len(list(data.raw.rglob("*.parquet"))) == 4
    with open_warehouse(data) as con:
        con.execute("delete from governance.table_state")  # so everything is read and written again
    refresh()
    assert said(data) == before


def test_the_replaced_content_is_read_again_when_it_comes_back(
    instance: dg.DagsterInstance, data: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(data, "ry_1.csv", 40)
    refresh()
    before = said(data)
    deliver(data, "ry_1.csv", 41)
    refresh()
    later = datetime.now(UTC) + timedelta(days=data.keep_days + 1)
    monkeypatch.setattr(job, "datetime", type("Later", (datetime,), {"now": classmethod(lambda _, tz=None: later)}))
    assert remove(instance, data).raw_files == 2
    deliver(data, "ry_1.csv", 40)
    refresh()
    assert said(data)[0] == before[0]


def test_the_job_does_the_same(instance: dg.DagsterInstance, data: Settings) -> None:
    result = RETENTION_JOB.execute_in_process(
        instance=instance, run_config={"ops": {"remove_what_is_old": {"config": {"dry_run": True}}}}
    )
    assert result.success
