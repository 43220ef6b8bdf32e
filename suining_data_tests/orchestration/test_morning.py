"""What a run says to whoever opens it in the morning, and what it does when it is started again."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import dagster as dg
import pytest

from suining_data.orchestration import morning, state
from suining_data.orchestration.assets import JOB, definitions_of, warehouse_of
from suining_data.orchestration.instance import prepare_home
from suining_data.orchestration.morning import QUARANTINED, REFUSED
from suining_data.orchestration.refresh import IN_OVERVIEW
from suining_data.orchestration.step import Context, Step, WriteResult
from suining_data.orchestration.storage import LABEL
from suining_data.settings import Settings, settings
from suining_data_tests.orchestration.tables import table

FILE = "births_2019.csv"


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def refresh(instance: dg.DagsterInstance, *steps: Step, **options: object) -> dg.DagsterRun:
    job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
    result = job.execute_in_process(instance=instance, raise_on_error=False, **options)
    run = instance.get_run_by_id(result.run_id)
    assert run
    return run


def logged(instance: dg.DagsterInstance, run: dg.DagsterRun) -> list[str]:
    """The warnings of a run."""
    return [entry.user_message for entry in instance.all_logs(run.run_id) if entry.level == 30]


def with_messages(step: Step, *sentences: str) -> Step:
    """The step, which says what it has quarantined."""

    def write(context: Context) -> WriteResult:
        return replace(step.write(context), messages=sentences)

    return replace(step, write=write)


def refuse(data: Settings, *files: str) -> None:
    """Deliveries that stand refused, as their raw step leaves them."""
    with state.open_for_refresh(data) as con:
        for file in files:
            con.execute(
                "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
                "refusal_zh, refusal_en, run_id, declaration) "
                "values ('health__births', ?, 'health', ?, '', 1, 'refused', ?, ?, '', '')",
                [file, file, f"{file} 第 1 行: 缺少列", f"{file} line 1: a column is missing"],
            )
        said = "\n".join(f"{file} 第 1 行: 缺少列\n{file} line 1: a column is missing" for file in files)
        con.execute(
            "insert into governance.check_result values "
            "('raw.health__births', 'batches_accepted', false, false, 'ERROR', ?, '{}', '')",
            [said],
        )


def test_a_run_ends_with_what_stands_refused_and_what_was_quarantined(
    data: Settings, instance: dg.DagsterInstance
) -> None:
    refuse(data, FILE)
    run = refresh(
        instance, with_messages(table("a", 1), "市卫健委 health/b.csv 第 3 行 (line 3): 空\x1b[2J (required)")
    )
    assert run.is_success
    assert logged(instance, run) == [
        f"{QUARANTINED}: 市卫健委 health/b.csv 第 3 行 (line 3): 空\\x1b[2J (required)",
        f"{REFUSED}: 市卫生健康委员会: {FILE} 第 1 行: 缺少列\n{FILE} line 1: a column is missing",
    ]
    assert {name: run.tags[name] for name in (QUARANTINED, REFUSED)} == {QUARANTINED: "1", REFUSED: "1"}


def test_a_run_that_fails_says_it_too(data: Settings, instance: dg.DagsterInstance) -> None:
    refuse(data, FILE)
    run = refresh(instance, table("a", 1, fails=True))
    assert not run.is_success
    assert [line.partition(":")[0] for line in logged(instance, run)] == [REFUSED]


def test_every_run_says_what_the_exchange_database_need_not_prove(
    data: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUINING_EXCHANGE_INSECURE", "tls")
    monkeypatch.setenv("SUINING_EXCHANGE_DSN", "postgresql://reader:geheim@exchange.example/exchange")
    settings.cache_clear()
    [line] = logged(instance, refresh(instance, table("a", 1)))
    assert "SUINING_EXCHANGE_INSECURE=tls（可以不加密）" in line
    assert "geheim" not in line


def test_many_files_are_counted(data: Settings, instance: dg.DagsterInstance) -> None:
    refuse(data, *(f"{number:02}.csv" for number in range(12)))
    run = refresh(instance, table("a", 1))
    assert len(logged(instance, run)) == morning.MOST_SHOWN + 1
    assert "另有 2 项" in logged(instance, run)[-1]
    assert run.tags[REFUSED] == "12"


def test_a_run_that_is_executed_again_does_not_keep_the_numbers_of_the_first(
    data: Settings, instance: dg.DagsterInstance
) -> None:
    run = refresh(instance, table("a", 1), tags={REFUSED: "2"})
    assert run.tags[REFUSED] == "0"
    assert QUARANTINED not in run.tags


def test_a_failed_gate_says_whose_table_it_is_what_is_wrong_and_what_to_do(
    data: Settings, instance: dg.DagsterInstance
) -> None:
    run = refresh(instance, replace(table("a", 1, fails=True), title="市卫健委 出生"))
    [why] = [
        entry.dagster_event.step_failure_data.user_failure_data.description
        for entry in instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    ]
    first, wrong, last = why.split("\n")
    assert first == "市卫健委 出生 staged.a: 质量关卡 holds 未通过 (blocking check failed)"
    assert wrong == "value is wrong"
    assert "Re-execute all" in last


def raw(name: str, read: Callable[[], object]) -> Step:
    """A step of deliveries that never change."""

    def write(_: Context) -> WriteResult:
        read()
        return WriteResult(rows=1)

    return Step(f"raw.{name}", "raw", name, (), "1", write, lambda _: None, is_table=False)


def test_with_a_table_whose_gate_failed_its_deliveries_are_read_again(
    data: Settings, instance: dg.DagsterInstance
) -> None:
    def steps(*, fails: bool) -> list[Step]:
        first = table("a", 1, ("raw.a",), fails=fails)
        return [raw("a", int), raw("b", int), first, table("c", 1, ("staged.a",)), table("d", 1, ("raw.b",))]

    def stale(*, fails: bool) -> list[str]:
        with state.open_for_refresh(data) as con:
            return [step.key for step in state.stale_steps(con, data, steps(fails=fails))]

    assert not refresh(instance, *steps(fails=True)).is_success
    assert stale(fails=True) == ["raw.a", "staged.a", "staged.c"]
    assert refresh(instance, *steps(fails=False)).is_success
    assert stale(fails=False) == []


def test_a_run_that_begins_at_the_failed_step_reads_no_deliveries_aside(
    data: Settings, instance: dg.DagsterInstance
) -> None:
    read: list[str] = []
    steps = [raw("a", lambda: read.append("a")), table("b", 1, fails=True), table("c", 1, ("staged.b",))]
    refresh(instance, *steps)
    assert read == ["a"]
    again = [replace(raw("a", lambda: read.append("again")), digest="2"), table("b", 1), table("c", 1, ("staged.b",))]
    run = refresh(instance, *again, op_selection=["staged__b", "staged__c"])
    assert run.is_success
    assert read == ["a"]


def test_a_run_of_the_command_line_can_be_started_again_from_its_page(
    data: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(prepare_home(data)))
    with dg.DagsterInstance.get() as instance:
        origin = refresh(instance, table("a", 1), tags=IN_OVERVIEW).remote_job_origin
        assert origin
        assert origin.job_name == JOB
        assert origin.repository_origin.get_label() == IN_OVERVIEW[LABEL]
        assert refresh(instance, table("a", 2)).remote_job_origin is None
