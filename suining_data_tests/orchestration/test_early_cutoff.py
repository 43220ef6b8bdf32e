"""A table that comes out as it was keeps its version, and what reads it is not written again."""

from dataclasses import replace

import duckdb
import pytest

from suining_data.orchestration.step import Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data.warehouse import STAGING
from suining_data_tests.orchestration.tables import run, table


def counted(step: Step, written: list[str]) -> Step:
    """The step; its key is noted when it is written."""

    def write(context: Context) -> WriteResult:
        written.append(step.key)
        return step.write(context)

    return replace(step, write=write)


def rows(name: str, select: str, upstream: tuple[str, ...] = ()) -> Step:
    """A step whose table has the rows of a SELECT."""

    def write(context: Context) -> WriteResult:
        context.con.execute(f"create or replace table staged.{name}{STAGING} as {select}")
        return WriteResult(rows=None)

    return replace(table(name, 0, upstream), write=write, digest=select)


def changed_rows(data: Settings, name: str) -> list[tuple[object, ...]]:
    """The change table of a table, in order."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        return con.execute(f"from change.staged__{name} order by all").fetchall()


def changed_from(data: Settings, name: str) -> tuple[str | None, str]:
    """The version that the change table of a table starts from, and the present version."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        stored = con.execute(
            "select changed_from, version from governance.table_state where table_name = ?", [f"staged.{name}"]
        ).fetchall()
        return stored[0]


def test_a_table_with_the_same_rows_stops_the_chain(data: Settings) -> None:
    written: list[str] = []
    run(rows("a", "select 1 as x, 'old' as y"), rows("b", "select x from staged.a", ("staged.a",)))
    after = [
        rows("a", "select 1 as x, 'new' as y"),
        rows("b", "select x from staged.a", ("staged.a",)),
        rows("c", "select x from staged.b", ("staged.b",)),
    ]
    run(*(counted(step, written) for step in after))
    assert written == ["staged.a", "staged.b", "staged.c"]  # c is there for the first time
    written.clear()
    third = rows("a", "select 1 as x, 'third' as y")
    run(*(counted(step, written) for step in (third, *after[1:])))
    assert written == ["staged.a", "staged.b"]
    written.clear()
    run(*(counted(step, written) for step in (third, *after[1:])))
    assert written == []


def test_the_rows_that_came_and_went_are_listed_with_the_version_before(data: Settings) -> None:
    run(rows("a", "select range as id, 'v' as v from range(10)"))
    _, first = changed_from(data, "a")
    run(rows("a", "select range as id, case range when 3 then 'w' else 'v' end as v from range(1, 11)"))
    before, second = changed_from(data, "a")
    assert (before, second != first) == (first, True)
    assert changed_rows(data, "a") == [(False, 0, "v"), (False, 3, "v"), (True, 3, "w"), (True, 10, "v")]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param("select range as id, 'other' as v from range(10)", id="most rows differ"),
        pytest.param("select range as id, 'v' as v, 1 as more from range(10)", id="another column"),
        pytest.param("select range as id, 'v' as v from range(10) union all select 9, 'v'", id="a row twice"),
    ],
)
def test_what_cannot_be_listed_says_so(data: Settings, after: str) -> None:
    run(rows("a", "select range as id, 'v' as v from range(10)"))
    _, first = changed_from(data, "a")
    run(rows("a", after))
    before, second = changed_from(data, "a")
    assert (before, second != first) == (None, True)


def test_a_row_less_often_than_before_is_a_change(data: Settings) -> None:
    written: list[str] = []
    reader = counted(rows("b", "select count(*) as n from staged.a", ("staged.a",)), written)
    run(rows("a", "select 1 as x union all select 1"), reader)
    run(rows("a", "select 1 as x"), reader)
    assert written == ["staged.b", "staged.b"]


def test_a_second_table_of_a_step_that_changes_is_a_change(data: Settings) -> None:
    def with_second(value: int) -> Step:
        first = rows("a", "select 1 as x")

        def write(context: Context) -> WriteResult:
            context.con.execute(f"create or replace table staged.second{STAGING} as select {value} as x")
            return first.write(context)

        def promote(context: Context) -> None:
            first.promote(context)
            context.con.execute(f"create or replace table staged.second as from staged.second{STAGING}")

        return replace(first, write=write, promote=promote, digest=str(value), also=("staged.second",))

    written: list[str] = []
    reader = counted(rows("b", "select x from staged.second", ("staged.a",)), written)
    for value in (1, 2, 2):
        run(with_second(value), reader)
    assert written == ["staged.b", "staged.b"]
    before, now = changed_from(data, "a")
    assert before not in (None, now)
    assert changed_rows(data, "a") == []


def test_a_failed_check_keeps_the_version_and_its_changes(data: Settings) -> None:
    run(rows("a", "select range as id from range(10)"))
    run(rows("a", "select range as id from range(11)"))
    listed, versions = changed_rows(data, "a"), changed_from(data, "a")
    failing = table("a", 0, fails=True)
    run(replace(rows("a", "select range as id from range(12)"), write=_failing(12), checks=failing.checks))
    assert (changed_rows(data, "a"), changed_from(data, "a")) == (listed, versions)


def _failing(number: int):
    def write(context: Context) -> WriteResult:
        context.con.execute(f"create or replace table staged.a{STAGING} as select range as id from range({number})")
        return WriteResult(rows=number, failures={"holds": ("value is wrong",)})

    return write
