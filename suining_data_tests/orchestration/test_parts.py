"""Parts of a step are done as soon as what they read is current, before the step; none when nothing is new."""

from collections.abc import Callable
from dataclasses import replace
from threading import Event

from suining_data.orchestration.step import Context, Part, Step
from suining_data.settings import Settings
from suining_data_tests.orchestration.tables import run, table, values

SOON = 20  # seconds that nobody waits unless the test fails


def part(reads: str, done: Callable[[], object]) -> Part:
    return Part((f"staged.{reads}",), lambda context: done())


def whole(*parts: Part, value: int = 0) -> Step:
    """A step that reads tables a and b, of such parts."""
    return replace(table("whole", value, ("staged.a", "staged.b")), parts=parts)


def test_a_part_is_done_before_other_tables_are_promoted(data: Settings) -> None:
    done = Event()
    seen: list[bool] = []
    last = table("b", 2, ("staged.a",))

    def promote(context: Context) -> None:
        seen.append(done.wait(SOON))
        last.promote(context)

    assert run(table("a", 1), replace(last, promote=promote), whole(part("a", done.set))).success
    assert seen == [True]


def test_a_part_reads_the_current_tables(data: Settings) -> None:
    read: list[int] = []

    def look(context: Context) -> None:
        read.append(context.con.execute("select value from staged.a").fetchall()[0][0])

    for value in (1, 5):
        assert run(table("a", value), table("b", value), whole(Part(("staged.a",), look))).success
    assert read == [1, 5]


def test_a_part_waits_for_a_table_that_its_step_reads_through_others(data: Settings) -> None:
    read: list[int] = []

    def look(context: Context) -> None:
        read.append(context.con.execute("select value from staged.far").fetchall()[0][0])

    for value in (1, 5):
        near = [table("a", value), table("far", value), table("b", value, ("staged.far",))]
        assert run(*near, whole(Part(("staged.far",), look))).success
    assert read == [1, 5]


def test_every_part_is_done_once_and_before_the_step(data: Settings) -> None:
    done: list[str] = []
    step = whole(*(part(name, lambda name=name: done.append(name)) for name in "aabb"))

    def write(context: Context) -> object:
        done.append("whole")
        return step.write(context)

    assert run(table("a", 1), table("b", 2), replace(step, write=write)).success
    assert sorted(done[:-1]) == ["a", "a", "b", "b"]
    assert done[-1] == "whole"


def test_nothing_is_done_when_nothing_is_new(data: Settings) -> None:
    done: list[str] = []
    steps = table("a", 1), table("b", 2), whole(part("a", lambda: done.append("a")))
    for _ in range(2):
        assert run(*steps).success
    assert done == ["a"]


def test_parts_whose_tables_are_not_of_the_run_are_done_too(data: Settings) -> None:
    done: list[str] = []
    steps = table("a", 1), table("b", 2), whole(part("a", lambda: done.append("a")))
    assert run(*steps, chosen=["staged.whole"]).success
    assert done == ["a"]


def test_a_part_that_fails_stops_its_step_and_is_done_anew_in_the_next_run(data: Settings) -> None:
    tried: list[str] = []

    def fail_once() -> None:
        tried.append("a")
        if len(tried) == 1:
            raise RuntimeError("no room")

    steps = table("a", 1), table("b", 2), whole(part("a", fail_once), value=3)
    result = run(*steps)
    failures = [event for event in result.all_events if event.is_step_failure]
    assert [event.step_key for event in failures] == ["staged__whole"]
    assert "no room" in failures[0].step_failure_data.error_display_string
    assert values(data, "a", "b", "whole") == {"a": 1, "b": 2, "whole": None}
    assert run(*steps).success
    assert values(data, "whole") == {"whole": 3}
    assert tried == ["a", "a"]
