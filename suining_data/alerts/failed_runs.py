"""Runs that failed, as causes.

Here: finding them in Dagster's storage, and what each says: job, tables, kind of error. Not here: failed checks
(findings.py). The message of an exception may quote a delivered value, so only its class is shown.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import dagster as dg

from suining_data.alerts.cause import DUTY, Cause, key_of, safe
from suining_data.damage import DamagedFile

KIND = "run_failed"
STANDS = timedelta(
    days=3
)  # a run that failed is a cause for so long: a daemon that was down at the weekend sends it, too
WILL_RETRY = "dagster/will_retry"  # tag of a failed run that Dagster starts again by itself
MOST_TABLES = 5
EVENTS = {
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.ASSET_CHECK_EVALUATION,
    dg.DagsterEventType.RUN_FAILURE,
}


def failed_runs(instance: dg.DagsterInstance, now: datetime) -> dict[str, dg.DagsterRun]:
    """The failed runs that stand, by key of their cause, the oldest first. `now` has a time zone."""
    since = now - STANDS
    records = instance.get_run_records(
        dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE], updated_after=since), ascending=True
    )
    return {
        key_of(KIND, record.dagster_run.run_id): record.dagster_run
        for record in records
        # a tag that somebody adds updates a record, too
        if (record.end_time or record.update_timestamp.timestamp()) >= since.timestamp()
        and record.dagster_run.tags.get(WILL_RETRY) != "true"
    }


def cause_of(instance: dg.DagsterInstance, run: dg.DagsterRun) -> Cause | None:
    """What to tell about a failed run; None if every failed step is a failed blocking check, which is a cause of its own."""
    events = [
        entry.dagster_event
        for entry in instance.all_logs(run.run_id, of_type=EVENTS)
        if entry.dagster_event is not None
    ]
    steps = [event for event in events if event.event_type is dg.DagsterEventType.STEP_FAILURE]
    gates = set(_failed_gates(events))
    unexplained = [event for event in steps if event.step_key not in gates]
    if steps and not unexplained:
        return None
    tables = [str(event.step_key).replace("__", ".", 1) for event in unexplained]
    shown = "、".join(tables[:MOST_TABLES])
    rest = len(tables) - MOST_TABLES
    shown_zh = f"{shown} 等 {len(tables)} 张表" if rest > 0 else shown
    shown_en = f"{shown.replace('、', ', ')}{f' and {rest} more' if rest > 0 else ''}"
    why = safe(_why(unexplained[0]) if unexplained else _why_without_step(events))
    return Cause(
        KIND,
        (run.run_id,),
        DUTY,
        f"作业 {run.job_name} 运行失败{f'，失败的表：{shown_zh}' if tables else ''}。原因：{why}。"
        "已发布的数据不变。请打开链接查看，排除原因后再次运行。",
        f"Job {run.job_name} failed{f' at {shown_en}' if tables else ''}: {why}. "
        "What was published stays. Open the link, remove the cause, and run it again.",
        f"runs/{run.run_id}",
    )


def _failed_gates(events: list[dg.DagsterEvent]) -> Iterator[str]:
    """The keys of the steps of which a blocking check has failed."""
    for event in events:
        if event.event_type is dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if check.blocking and not check.passed and check.severity is dg.AssetCheckSeverity.ERROR:
                yield "__".join(check.asset_key.path)


def _why(event: dg.DagsterEvent) -> str:
    """The description of a dg.Failure, which this project wrote; else the class of the first error."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description.rstrip("。. ")
    errors = list(_chain(data.error))
    return _damage(errors) or (errors[-1].cls_name if errors else None) or "?"


def _chain(error: Any) -> Iterator[Any]:
    """An error as Dagster describes it, and what caused it, one after the other."""
    while error:
        yield error
        error = error.cause


def _damage(errors: Iterable[Any]) -> str | None:
    """What is damaged, if an error is about it: that message is the project's own and has no value."""
    reported = [str(error.message) for error in errors if error.cls_name == DamagedFile.__name__]
    return reported[0].partition(": ")[2].strip() if reported else None


def _why_without_step(events: list[dg.DagsterEvent]) -> str:
    """Dagster's own words for a run that failed as a whole: its process died, it took too long, it did not start."""
    failures = [event for event in events if event.event_type is dg.DagsterEventType.RUN_FAILURE]
    errors = [event.job_failure_data.error for event in failures if event.event_specific_data is not None]
    damaged = [damage for error in errors if (damage := _damage(_chain(error)))]
    said = damaged or [event.message for event in failures if event.message]
    return said[-1].splitlines()[0].rstrip(". ") if said else "?"
