"""The job and the schedule of the weekly proof.

Here: running it as Dagster does, what a difference says. Not here: the proof itself (rebuild.py).
"""

from collections.abc import Sequence

import dagster as dg

from suining_data.orchestration.automation import job_schedule
from suining_data.orchestration.launcher import say_process
from suining_data.orchestration.step import Step
from suining_data.settings import settings
from suining_data.verification.chain import check
from suining_data.verification.rebuild import verify

JOB = "verification"
EVERY_SUNDAY = "0 5 * * 0"  # after the nightly refresh
MOST_SHOWN = 20  # lines


def verification_job(steps: Sequence[Step]) -> dg.JobDefinition:
    """The job `verification`; it fails if a file or table is not as it was written, or a table of the rebuild differs."""

    @dg.op(
        description="核对各文件、各表的摘要，再另行重建并核对各表 · compare digests, then a rebuild on the side with what there is"
    )
    def rebuild_and_compare(context: dg.OpExecutionContext) -> None:
        say_process(context.instance, context.run_id)
        findings = check(settings()).findings
        differences = [*map(str, findings), *map(str, verify(settings(), steps))]
        if differences:
            raise dg.Failure(
                description="\n".join(differences[:MOST_SHOWN]),
                metadata={"differences": len(differences)},
                allow_retries=False,
            )
        context.log.info("重建与现有各表一致 (the rebuild equals the warehouse)")

    @dg.job(name=JOB, description="每周重建核对 · the weekly proof", executor_def=dg.in_process_executor)
    def job() -> None:
        rebuild_and_compare()

    return job


def weekly_verification() -> dg.ScheduleDefinition:
    """Every Sunday."""
    return job_schedule(
        "weekly_verification",
        JOB,
        EVERY_SUNDAY,
        "每周日重建核对 · every Sunday: a rebuild on the side equals what there is",
    )
