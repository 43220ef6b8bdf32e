"""`suining retain`: what is old is removed, as the job `retention` does it.

Here: the command and what it prints. Not here: the work (retention/).
"""

import os
from typing import Annotated

import typer

from suining_data.display import console
from suining_data.settings import settings


def retain(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count what would be removed.")] = False,
) -> None:
    """Remove old runs from Dagster's log and raw rows of batches that were replaced, and give their space back.

    SUINING_KEEP_DAYS says how old. landing/, ledger, registry, history and the rows of batches that count stay.
    """
    import dagster as dg

    from suining_data.orchestration.instance import prepare_home
    from suining_data.retention import remove

    os.environ["DAGSTER_HOME"] = str(prepare_home(settings()))
    with dg.DagsterInstance.get() as instance:
        removed = remove(instance, settings(), console.print, dry_run=dry_run)
    would = "将清理 (would remove)" if dry_run else "已清理 (removed)"
    console.print(
        f"{would}: {removed.runs:,} 次运行 (runs), {removed.raw_files:,} 个原始文件 {removed.raw_bytes:,} 字节 (files and bytes of raw/)"
    )
    if removed.log_bytes is not None:
        console.print(f"运行日志缩小 {removed.log_bytes:,} 字节 (bytes by which the log shrank)")
