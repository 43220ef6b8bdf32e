"""The job `retention`, and the same for the command line.

Here: doing it all, under the lock of the warehouse; the figures. Not here: what may go (old_runs.py, replaced_rows.py).
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta

import dagster as dg

from suining_data.orchestration.automation import job_schedule
from suining_data.orchestration.launcher import say_process
from suining_data.orchestration.state import open_for_refresh
from suining_data.retention.old_runs import give_space_back, old_runs
from suining_data.retention.replaced_rows import replaced_files
from suining_data.settings import Settings, settings
from suining_data.warehouse import OnWait

EVERY_SUNDAY = "0 7 * * 0"


@dataclass(frozen=True)
class Removed:
    """How much was removed, or would be."""

    runs: int
    raw_files: int
    raw_bytes: int
    log_bytes: int | None  # by which Dagster's log shrank; None where nothing was done


def remove(
    instance: dg.DagsterInstance, config: Settings, on_wait: OnWait | None = None, *, dry_run: bool = False
) -> Removed:
    """Remove what is older than SUINING_KEEP_DAYS, or only count it."""
    now = datetime.now(UTC)
    before = now - timedelta(days=config.keep_days)
    runs = old_runs(instance, before)
    with open_for_refresh(config, on_wait) as con:
        files = replaced_files(con, config, before.astimezone().replace(tzinfo=None))
        raw_bytes = sum(file.stat().st_size for file in files)
        for file in () if dry_run else files:
            file.unlink()
    if dry_run:
        return Removed(len(runs), len(files), raw_bytes, None)
    for run_id in runs:
        instance.delete_run(run_id)
    return Removed(len(runs), len(files), raw_bytes, give_space_back(config.dagster_home))


class RetentionConfig(dg.Config):
    """What a run of the job is asked."""

    dry_run: bool = False


@dg.op(name="remove_what_is_old")
def _remove_what_is_old(context: dg.OpExecutionContext, config: RetentionConfig) -> None:
    say_process(context.instance, context.run_id)
    removed = remove(context.instance, settings(), context.log.info, dry_run=config.dry_run)
    context.log.info(f"removed: {asdict(removed)}")
    context.add_output_metadata({name: value for name, value in asdict(removed).items() if value is not None})


@dg.job(
    name="retention",
    executor_def=dg.in_process_executor,
    description="清理旧运行记录和被替换批次的原始行，腾出磁盘 · removes old runs and the rows of replaced batches",
)
def RETENTION_JOB() -> None:
    """Remove what is older than SUINING_KEEP_DAYS."""
    _remove_what_is_old()


def weekly_retention() -> dg.ScheduleDefinition:
    """Every Sunday, after the proof."""
    return job_schedule(
        "weekly_retention",
        "retention",
        EVERY_SUNDAY,
        "每周日清理 · every Sunday: what is older than SUINING_KEEP_DAYS goes",
    )
