"""Tables are written while others are validated, as soon as what they read is current, and promoted in run order."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

from suining_data.orchestration.step import Connection, Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data_tests.orchestration.tables import run, table, values

SOON = 20  # seconds that nobody waits unless the test fails


def writing(step: Step, before: Callable[[], object]) -> Step:
    """The step, which does something before it writes."""

    def write(context: Context) -> WriteResult:
        before()
        return step.write(context)

    return replace(step, write=write)


def test_a_table_that_needs_nothing_else_is_written_while_another_is_promoted(data: Settings) -> None:
    begun = Event()
    seen: list[bool] = []
    first, second = table("a", 1), writing(table("b", 2), begun.set)

    def promote(context: Context) -> None:
        seen.append(begun.wait(SOON))
        first.promote(context)

    assert run(replace(first, promote=promote), second).success
    assert seen == [True]
    assert values(data, "a", "b") == {"a": 1, "b": 2}


def test_the_largest_is_begun_first(data: Settings) -> None:
    begun = Event()
    seen: list[bool] = []
    first = writing(table("a", 1), lambda: seen.append(begun.wait(SOON)))
    largest = replace(writing(table("b", 2), begun.set), expected_rows=1000)
    assert run(first, largest).success
    assert seen == [True]


def test_the_largest_of_those_that_can_be_written_next_is_begun_first(data: Settings) -> None:
    begun = Event()
    seen: list[bool] = []
    small = writing(table("b", 2, ("staged.a",)), lambda: seen.append(begun.wait(SOON)))
    largest = replace(writing(table("c", 3, ("staged.a",)), begun.set), expected_rows=1000)
    assert run(table("a", 1), small, largest).success
    assert seen == [True]


def test_a_table_is_written_when_what_it_reads_is_current(data: Settings) -> None:
    def write(context: Context) -> WriteResult:
        context.con.execute("create or replace table staged.b__next as select value + 1 as value from staged.a")
        return WriteResult(rows=1)

    for value in (1, 5):
        reading = replace(table("b", value, ("staged.a",)), write=write)
        assert run(table("a", value), reading).success
        assert values(data, "a", "b") == {"a": value, "b": value + 1}


def test_a_table_that_cannot_be_written_stops_only_what_is_downstream(data: Settings) -> None:
    def fail() -> None:
        raise RuntimeError("no such file")

    result = run(writing(table("a", 1), fail), table("b", 1, ("staged.a",)), table("other", 1))
    assert not result.success
    failures = [event for event in result.all_events if event.is_step_failure]
    assert [event.step_key for event in failures] == ["staged__a"]
    assert "no such file" in failures[0].step_failure_data.error_display_string
    assert values(data, "a", "b", "other") == {"a": None, "b": None, "other": 1}


def test_only_the_tables_of_the_run_are_written(data: Settings) -> None:
    written: list[str] = []
    steps = [writing(table(name, 1), lambda name=name: written.append(name)) for name in ("a", "b")]
    assert run(*steps, chosen=["staged.b"]).success
    assert written == ["b"]
    assert values(data, "a", "b") == {"a": None, "b": 1}


def test_what_changes_after_a_table_was_begun_is_a_change_for_the_next_run(data: Settings) -> None:
    landed = ["first"]
    written: list[str] = []

    def inputs(con: Connection, settings: Settings) -> str:
        return landed[-1]

    def deliver() -> None:
        written.append(landed[-1])
        landed.append("second")

    step = replace(writing(table("a", 1), deliver), inputs=inputs)
    for _ in range(2):
        assert run(step).success
    assert written == ["first", "second"]
