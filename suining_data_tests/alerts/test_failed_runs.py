"""Failed runs: real runs of tiny jobs, the sensor ticked as the daemon does it."""

from datetime import UTC, datetime, timedelta

import dagster as dg
import pytest

from suining_data.alerts.failed_runs import STANDS, WILL_RETRY, cause_of, failed_runs
from suining_data.alerts.sensors import failed_run_alerts
from suining_data.alerts.webhook import NotSent
from suining_data.orchestration.assets import JOB, definitions_of, warehouse_of
from suining_data.orchestration.step import Step
from suining_data.settings import Settings, settings
from suining_data_tests.alerts.receiver import Receiver
from suining_data_tests.orchestration.tables import table

ID_NUMBER = "510903197001010019"


@dg.op
def breaks() -> None:
    """Fails as a cast does: its message quotes a delivered value."""
    raise ValueError(f"cannot convert '{ID_NUMBER}' of 王建国")


@dg.job
def breaking() -> None:
    breaks()


@dg.op
def says_why() -> None:
    raise dg.Failure(description="重建与已发布不同：population.person 3 行。", allow_retries=False)


@dg.job
def weekly_proof() -> None:
    says_why()


@pytest.fixture
def instance(data: Settings) -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def fail(instance: dg.DagsterInstance, job: dg.JobDefinition = breaking, **tags: str) -> str:
    return job.execute_in_process(instance=instance, raise_on_error=False, tags=tags).run_id


def refresh(instance: dg.DagsterInstance, *steps: Step) -> dg.ExecuteInProcessResult:
    job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
    return job.execute_in_process(instance=instance, raise_on_error=False)


def tick(instance: dg.DagsterInstance, cursor: str | None = None) -> str | None:
    """The cursor after a tick; a failed tick keeps the cursor that it had."""
    with dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        try:
            return failed_run_alerts.evaluate_tick(context).cursor
        except NotSent:
            return cursor


def test_a_failed_run_is_sent_once(instance: dg.DagsterInstance, receiver: Receiver) -> None:
    cursor = tick(instance)
    assert receiver.sent == []
    run_id = fail(instance)
    for _ in range(3):
        cursor = tick(instance, cursor)
    [text] = receiver.texts
    assert "作业 breaking 运行失败，失败的表：breaks" in text
    assert "ValueError" in text
    assert f"(https://si4ku.example/runs/{run_id})" in text
    assert ID_NUMBER not in text
    assert "王建国" not in text


def test_each_failed_run_is_a_cause_and_all_go_into_one_message(
    instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    cursor = tick(instance)
    runs = [fail(instance) for _ in range(2)]
    cursor = tick(instance, cursor)
    [text] = receiver.texts
    assert all(run in text for run in runs)
    fail(instance)
    tick(instance, cursor)
    assert len(receiver.texts) == 2
    assert not any(run in receiver.texts[1] for run in runs)


def test_a_webhook_that_is_down_loses_nothing_and_tells_nothing_twice(
    instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    first = fail(instance)
    receiver.answers = [(500, {})] * 3 + [(200, {"errcode": 310000})]
    cursor = tick(instance)
    cursor = tick(instance, cursor)
    assert cursor is None
    second = fail(instance)
    for _ in range(3):
        cursor = tick(instance, cursor)
    assert len(receiver.sent) == 5
    [text] = receiver.texts
    assert first in text
    assert second in text


def test_a_failure_says_what_the_project_wrote(instance: dg.DagsterInstance, receiver: Receiver) -> None:
    fail(instance, weekly_proof)
    tick(instance)
    assert "重建与已发布不同：population.person 3 行" in receiver.texts[0]


def test_a_run_that_dagster_starts_again_is_sent_when_the_last_attempt_failed(
    instance: dg.DagsterInstance, receiver: Receiver
) -> None:
    fail(instance, **{WILL_RETRY: "true"})
    cursor = tick(instance)
    assert receiver.sent == []
    fail(instance, **{WILL_RETRY: "false"})
    tick(instance, cursor)
    assert len(receiver.texts) == 1


def test_a_run_whose_process_died_says_dagsters_words(instance: dg.DagsterInstance, receiver: Receiver) -> None:
    run = instance.create_run_for_job(breaking, status=dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(run, "Detected run worker status FAILED: the process was killed.")
    tick(instance)
    assert "the process was killed" in receiver.texts[0]


def test_a_failed_gate_is_not_sent_as_a_failed_run_too(instance: dg.DagsterInstance, receiver: Receiver) -> None:
    gated = table("a", 1, fails=True)
    assert not refresh(instance, gated).success
    cursor = tick(instance)
    assert receiver.sent == []

    def write(_: object) -> None:
        raise ValueError(ID_NUMBER)

    broken = Step("staged.b", "staged", "b", (), digest="b", write=write, promote=lambda _: None)  # type: ignore[arg-type]
    assert not refresh(instance, gated, broken).success
    tick(instance, cursor)
    [text] = receiver.texts
    assert "失败的表：staged.b。" in text
    assert "staged.a" not in text


def test_a_failed_run_stands_for_some_days(instance: dg.DagsterInstance) -> None:
    run_id = fail(instance)
    now = datetime.now(UTC)
    assert [run.run_id for run in failed_runs(instance, now).values()] == [run_id]
    later = now + STANDS + timedelta(minutes=1)
    assert failed_runs(instance, later) == {}
    [(key, run)] = failed_runs(instance, now).items()
    cause = cause_of(instance, run)
    assert cause
    assert cause.key == key


def test_without_a_webhook_nothing_is_sent(
    instance: dg.DagsterInstance, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(instance)
    for value in (None, ""):
        if value is None:
            monkeypatch.delenv("SUINING_ALERT_WEBHOOK")
        else:
            monkeypatch.setenv("SUINING_ALERT_WEBHOOK", value)
        settings.cache_clear()
        with dg.build_sensor_context(instance=instance) as context:
            result = failed_run_alerts.evaluate_tick(context)
        assert "SUINING_ALERT_WEBHOOK" in str(result.skip_message)
        assert result.cursor is None
    assert receiver.sent == []
