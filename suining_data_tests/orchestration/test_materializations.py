"""What Dagster shows of a table is true: how long the step itself worked, and the version of what it wrote."""

import time
from dataclasses import replace
from threading import Event

import dagster as dg
import duckdb

from suining_data.orchestration.step import Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data_tests.orchestration.tables import run, table

WORK = 0.3  # seconds
SOON = 20  # seconds that nobody waits unless the test fails


def shown(result: dg.ExecuteInProcessResult, name: str) -> tuple[dict[str, object], str]:
    """Metadata of the table's materialization, and its data version."""
    [event] = result.asset_materializations_for_node(f"staged__{name}")
    assert event.tags
    return {key: value.value for key, value in event.metadata.items()}, event.tags["dagster/data_version"]


def version(result: dg.ExecuteInProcessResult, name: str) -> str:
    return shown(result, name)[1]


def slow(step: Step, done: Event) -> Step:
    """The step, which takes some time to write."""

    def write(context: Context) -> WriteResult:
        time.sleep(WORK)
        try:
            return step.write(context)
        finally:
            done.set()

    return replace(step, write=write)


def test_the_work_of_a_step_is_shown_though_the_worker_did_it_while_the_run_was_elsewhere(data: Settings) -> None:
    done = Event()
    first = table("a", 1)

    def promote(context: Context) -> None:
        assert done.wait(SOON)
        first.promote(context)

    metadata, _ = shown(run(replace(first, promote=promote), slow(table("b", 2), done)), "b")
    seconds = {name: metadata[name] for name in ("write_seconds", "check_seconds", "wait_seconds")}
    assert all(type(value) is float for value in seconds.values()), seconds
    assert metadata["write_seconds"] >= WORK
    assert metadata["wait_seconds"] < WORK


def test_the_rows_and_the_work_of_a_new_table_are_shown(data: Settings) -> None:
    metadata, _ = shown(run(slow(table("a", 1), Event())), "a")
    assert metadata["write_seconds"] >= WORK
    assert metadata["dagster/row_count"] == 1


def test_an_unchanged_table_shows_its_rows_no_work_and_the_version_that_it_had(data: Settings) -> None:
    first, second = (run(slow(table("a", 1), Event())) for _ in range(2))
    metadata, unchanged = shown(second, "a")
    assert unchanged == version(first, "a")
    assert metadata["unchanged"] is True
    assert metadata["dagster/row_count"] == 1
    assert metadata["write_seconds"] == metadata["check_seconds"] == 0.0
    assert metadata["wait_seconds"] < WORK


def test_the_data_version_is_that_of_the_state_and_changes_with_what_the_table_is_made_from(data: Settings) -> None:
    former = run(table("a", 1), table("b", 1, ("staged.a",)), table("other", 1))
    latter = run(table("a", 2), table("b", 2, ("staged.a",)), table("other", 1))
    changed = [name for name in ("a", "b", "other") if version(former, name) != version(latter, name)]
    assert changed == ["a", "b"]
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        recorded = dict(con.execute("select table_name, version from governance.table_state").fetchall())
    assert {f"staged.{name}": version(latter, name) for name in ("a", "b", "other")} == recorded


def test_a_version_that_the_step_gives_is_the_data_version(data: Settings) -> None:
    step = table("a", 1)
    versioned = replace(step, write=lambda context: replace(step.write(context), version="of the batches"))
    assert version(run(versioned), "a") == "of the batches"
