"""A refresh from the command line: the stale steps run as one Dagster run, in this process.

Here: selecting the steps, running them, showing progress, how it ended. Not here: the steps (pipeline.py), the summary
(summary.py), refused deliveries (refusals.py).
"""

import os
import re
import time
import uuid
from collections.abc import Sequence
from enum import IntEnum

import dagster as dg
from rich.console import Console

from suining_data.access import findings
from suining_data.damage import DamagedFile
from suining_data.ingestion import accept_batch, accept_deletions, warm_reader
from suining_data.orchestration import state
from suining_data.orchestration.assets import DAMAGED, JOB, definitions_of, given_warehouse
from suining_data.orchestration.instance import check_log, prepare_home
from suining_data.orchestration.launcher import process_tag
from suining_data.orchestration.pipeline import LANDING, pipeline
from suining_data.orchestration.refusals import arriving_files, print_arriving, print_refusals, standing_refusals
from suining_data.orchestration.scheduler import Scheduler
from suining_data.orchestration.step import Connection, Step
from suining_data.orchestration.storage import LABEL
from suining_data.orchestration.summary import print_exchange_risk, print_published
from suining_data.quality import import_in_background
from suining_data.settings import Limits, Settings
from suining_data.warehouse import message_says_disk_full

# exceptions that quote names of files, tables and columns, and no values
WITHOUT_VALUES = (
    "BinderException",
    "CatalogException",
    "ParserException",
    "IOException",
    "OutOfMemoryException",
    "OSError",
)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|[0-9]{6,}")
MOST_CHARACTERS = 300  # of a reason
IN_OVERVIEW = {LABEL: "__repository__@suining_data"}  # the code location of workspace.yaml, whose run it is
WHERE_MORE = "详见界面中该表的运行记录：suining ui (its run in the UI has more)"


class Outcome(IntEnum):
    """How a command ended; the value is the exit code."""

    DONE = 0
    FAILED = 1
    REFUSALS = 3  # done, but a delivery is not taken in and somebody must act


def run_refresh(settings: Settings, console: Console, accepted: Sequence[str] = ()) -> Outcome:
    """Bring the bases up to date. While another run has the warehouse, wait for it and say so.

    When a step fails, the former published data stays current.

    `accepted`: ids of refused batches that the department has confirmed. Raises ValueError for an unknown id.
    """
    steps = [step for step in pipeline() if step.group != LANDING]
    with state.open_for_refresh(settings, console.print) as con:
        fetched = _fetch(con, settings, console)
        for batch_id in accepted:
            accept_batch(con, batch_id)
        stale = state.stale_steps(con, settings, steps)
        if stale:
            console.print(
                f"{len(steps)} 张表中有 {len(stale)} 张待更新 ({len(stale)} of {len(steps)} tables to bring up to date)"
            )
            succeeded = _run(con, settings, stale, console).success
        else:
            console.print("没有变化，四库已是最新 (nothing has changed since the last refresh)")
            succeeded = True
        refusals, arriving, tampered = standing_refusals(con), arriving_files(con), findings(con, settings)
    print_published(settings, console)
    print_arriving(arriving, console)
    print_refusals(refusals, console)
    for each in tampered:
        console.print(f"✗ {each}", style="bold red")
    if fetched is not Outcome.DONE:
        console.print("✗ 有库表未能取数，原因见上 (an exchange table was not read: see above)", style="red")
    if not succeeded or fetched is Outcome.FAILED:
        console.print(
            "✗ 更新未完成：失败的表见上，沿用上一版 (not finished: see above which tables failed; their last version stays)",
            style="bold red",
        )
        return Outcome.FAILED
    return Outcome.REFUSALS if refusals or fetched is Outcome.REFUSALS else Outcome.DONE


def run_fetch(settings: Settings, console: Console, accepted: Sequence[str] = ()) -> Outcome:
    """Fetch new rows of the exchange database into landing/. REFUSALS when a table could not be read.

    `accepted`: deletions that the department has confirmed, by resource and file as the refusal names them.
    """
    with state.open_for_refresh(settings, console.print) as con:
        return _fetch(con, settings, console, accepted)


def exchange_steps() -> list[Step]:
    """The steps that fetch tables of the exchange database."""
    return [step for step in pipeline() if step.group == LANDING]


def _fetch(con: Connection, settings: Settings, console: Console, accepted: Sequence[str] = ()) -> Outcome:
    tables = exchange_steps()
    if not tables:
        return Outcome.DONE
    if settings.exchange_dsn is None:
        console.print(
            f"未设 SUINING_EXCHANGE_DSN，{len(tables)} 张库表不取数 (SUINING_EXCHANGE_DSN is not set: nothing is fetched)"
        )
        return Outcome.DONE
    print_exchange_risk(settings, console)
    for deletions in accepted:
        accept_deletions(con, deletions)
    result = _run(con, settings, tables, console)
    failed = [check for check in result.get_asset_check_evaluations() if not check.passed]
    for check in failed:
        console.print(f"✗ {check.description}", style="red")
    if not result.success:
        return Outcome.FAILED
    return Outcome.REFUSALS if failed else Outcome.DONE


def _run(con: Connection, settings: Settings, steps: list[Step], console: Console) -> dg.ExecuteInProcessResult:
    """One Dagster run of the steps; the worker writes the first tables while Dagster starts."""
    run_id = str(uuid.uuid4())
    if any(step.group == "raw" for step in steps):
        warm_reader(Limits())
    with Scheduler(con, settings, run_id, steps) as scheduler:
        import_in_background()
        check_log(settings)
        os.environ["DAGSTER_HOME"] = str(prepare_home(settings))
        defs = definitions_of(steps, given_warehouse(scheduler, con))  # to define all takes longer than a night's files
        progress = Progress(console, len(steps))
        with dg.DagsterInstance.get() as instance:
            instance.add_event_listener(run_id, progress.show)
            result = defs.resolve_job_def(JOB).execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                tags={**IN_OVERVIEW, **process_tag(run_id)},
            )
        if progress.damaged:
            raise DamagedFile(progress.damaged)
        return result


class Progress:
    """Prints a line per finished table, with the number of raw rows so far."""

    def __init__(self, console: Console, tables: int) -> None:
        self.console, self.tables, self.done, self.rows, self.started = console, tables, 0, 0, time.monotonic()
        self.has_shown_full_disk = False
        self.damaged: str | None = None  # the damaged file by which tables failed; the command ends with it

    def show(self, entry: dg.EventLogEntry, _cursor: object = None) -> None:
        """Show an event of the run; Dagster calls this for every event."""
        event = entry.dagster_event
        if event is None:
            return
        if event.event_type is dg.DagsterEventType.ASSET_MATERIALIZATION:
            self._finished(event)
        elif event.event_type is dg.DagsterEventType.STEP_FAILURE:
            self._failed(event)

    def _finished(self, event: dg.DagsterEvent) -> None:
        key = event.asset_key
        materialization = event.step_materialization_data.materialization
        count = materialization.metadata.get("dagster/row_count")
        rows = int(str(count.value)) if count else 0
        shown = f"{rows:,}" if count else "视图 view"
        self.done += 1
        if key and key.path[0] == "raw":
            self.rows += rows
        self.console.print(
            f"[{self.done:>3}/{self.tables}] {time.monotonic() - self.started:6.1f} s  {'.'.join(key.path) if key else ''}"
            f"  {shown}  (原始行累计 rows so far {self.rows:,})"
        )

    def _failed(self, event: dg.DagsterEvent) -> None:
        """Print one line per failure. A full disk is printed once, because every further table fails with it."""
        reason = _reason(event)
        failure = event.step_failure_data.user_failure_data
        if failure and DAMAGED in failure.metadata:
            self.damaged = failure.description
            return
        if message_says_disk_full(reason):
            if self.has_shown_full_disk:
                return
            self.has_shown_full_disk = True
            reason = f"磁盘已满或文件不能再增大 (no room on the disk): {reason}"
        self.console.print(f"✗ {event.step_key} {reason}", style="red")


def _reason(event: dg.DagsterEvent) -> str:
    """The reason why a step failed, in one line. What an exception quotes may be a delivered value, so it is left out."""
    data = event.step_failure_data
    if data.user_failure_data and data.user_failure_data.description:
        return data.user_failure_data.description
    error = data.error
    while error and error.cause:
        error = error.cause
    message = " ".join(error.message.split()) if error else ""
    if error and error.cls_name not in WITHOUT_VALUES:
        message = QUOTED.sub("…", message)
    return f"{message[:MOST_CHARACTERS]}  {WHERE_MORE}"
