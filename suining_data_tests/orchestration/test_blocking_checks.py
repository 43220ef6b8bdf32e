"""A blocking check that fails stops what is downstream of it and nothing else; the last good table stays current."""

from collections.abc import Callable

from suining_data.orchestration.step import Check, Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data_tests.orchestration.tables import run, table, values


def test_a_failed_blocking_check_keeps_the_good_table_and_stops_only_its_downstream(data: Settings) -> None:
    assert run(table("a", 1), table("b", 1, ("staged.a",)), table("c", 1, ("staged.b",)), table("other", 1)).success
    second = run(
        table("a", 2), table("b", 2, ("staged.a",), fails=True), table("c", 2, ("staged.b",)), table("other", 2)
    )
    assert not second.success
    assert values(data, "a", "b", "c", "other") == {"a": 2, "b": 1, "c": 1, "other": 2}


def test_a_failed_blocking_check_is_tried_again_by_the_next_run(data: Settings) -> None:
    run(table("a", 1, fails=True))
    assert values(data, "a") == {"a": None}
    assert run(table("a", 1)).success
    assert values(data, "a") == {"a": 1}


def test_an_unchanged_table_is_not_written_again_and_keeps_its_check_results(data: Settings) -> None:
    written: list[str] = []

    def counted(step: Step, note: Callable[[str], None]) -> Step:
        def write(context: Context) -> WriteResult:
            note(step.key)
            return step.write(context)

        return Step(**{**step.__dict__, "write": write})

    first, second = (run(counted(table("a", 1), written.append)) for _ in range(2))
    assert written == ["staged.a"]
    assert [e.passed for r in (first, second) for e in r.get_asset_check_evaluations()] == [True, True]


def test_a_failed_check_that_does_not_block_lets_the_run_go_on(data: Settings) -> None:
    step = table("a", 1, fails=True)
    soft = Step(**{**step.__dict__, "checks": (Check("holds", "should hold"),)})
    result = run(soft, table("b", 1, ("staged.a",)))
    assert result.success
    assert [e.passed for e in result.get_asset_check_evaluations() if e.asset_key.path[-1] == "a"] == [False]
    assert values(data, "b") == {"b": 1}
