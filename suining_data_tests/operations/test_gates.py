"""A gate that fails stops what lies downstream of it and nothing else; the last good table stays in force."""

from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.operations.assets import Warehouse, asset_of
from suining_data.operations.step import Context, Outcome, OwnCheck, Step
from suining_data.settings import Settings, settings
from suining_data.warehouse import NEXT, swap

GATE = OwnCheck("gate", "must hold", is_blocking=True)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    monkeypatch.setenv("SUINING_DATA", str(tmp_path))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


def table(name: str, value: int, upstream: tuple[str, ...] = (), *, fails: bool = False) -> Step:
    key = f"staged.{name}"

    def write(context: Context) -> Outcome:
        context.con.execute(f"create or replace table {key}{NEXT} as select {value} as value")
        return Outcome(rows=1, failures={"gate": ("value is wrong",)} if fails else {})

    def accept(context: Context) -> None:
        swap(context.con, key)

    return Step(
        key, "staged", name, upstream, digest=f"{name}{value}{fails}", write=write, accept=accept, checks=(GATE,)
    )


def run(*steps: Step) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [asset_of(step) for step in steps],
        instance=dg.DagsterInstance.ephemeral(),
        resources={"warehouse": Warehouse()},
        raise_on_error=False,
    )


def values(data: Settings, *names: str) -> dict[str, int | None]:
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        there = {
            name
            for (name,) in con.sql("select table_name from duckdb_tables() where schema_name = 'staged'").fetchall()
        }
        return {n: con.sql(f"select value from staged.{n}").fetchall()[0][0] if n in there else None for n in names}


def test_a_failed_gate_keeps_the_good_table_and_stops_only_its_downstream(data: Settings) -> None:
    assert run(table("a", 1), table("b", 1, ("staged.a",)), table("c", 1, ("staged.b",)), table("other", 1)).success
    second = run(
        table("a", 2), table("b", 2, ("staged.a",), fails=True), table("c", 2, ("staged.b",)), table("other", 2)
    )
    assert not second.success
    assert values(data, "a", "b", "c", "other") == {"a": 2, "b": 1, "c": 1, "other": 2}


def test_a_failed_gate_is_tried_again_by_the_next_run(data: Settings) -> None:
    run(table("a", 1, fails=True))
    assert values(data, "a") == {"a": None}
    assert run(table("a", 1)).success
    assert values(data, "a") == {"a": 1}


def test_an_unchanged_table_is_not_written_again_and_keeps_its_check_results(data: Settings) -> None:
    written: list[str] = []

    def counted(step: Step, note: Callable[[str], None]) -> Step:
        def write(context: Context) -> Outcome:
            note(step.key)
            return step.write(context)

        return Step(**{**step.__dict__, "write": write})

    first, second = (run(counted(table("a", 1), written.append)) for _ in range(2))
    assert written == ["staged.a"]
    assert [e.passed for r in (first, second) for e in r.get_asset_check_evaluations()] == [True, True]


def test_a_failed_check_that_does_not_block_lets_the_run_go_on(data: Settings) -> None:
    step = table("a", 1, fails=True)
    soft = Step(**{**step.__dict__, "checks": (OwnCheck("gate", "should hold"),)})
    result = run(soft, table("b", 1, ("staged.a",)))
    assert result.success
    assert [e.passed for e in result.get_asset_check_evaluations() if e.asset_key.path[-1] == "a"] == [False]
    assert values(data, "b") == {"b": 1}
