"""Undoing as Dagster jobs: the same functions as the commands, with the same words as config.

Here: the jobs and their config. Not here: the work, the job that refreshes (orchestration/assets.py).
"""

import io
from collections.abc import Callable
from typing import TypeVar

import dagster as dg
from pydantic import Field

from suining_data.display import PlainConsole
from suining_data.orchestration.launcher import say_process
from suining_data.orchestration.refresh import Outcome
from suining_data.settings import settings
from suining_data.undo.errors import NotPossible
from suining_data.undo.reloading import reload
from suining_data.undo.rolling_back import roll_back
from suining_data.undo.withdrawing import undo_withdrawal, withdraw

Result = TypeVar("Result")
BY = Field(description="决定人 · name of the person who decides")
REASON = Field(description="理由，不写个人信息 · reason, without any personal value")


class Withdrawal(dg.Config):
    """Which delivery, by whom, why."""

    delivery: str = Field(description="批次号，或 单位/文件名 · batch id, or unit/file name")
    by: str = BY
    reason: str = REASON
    undo: bool = Field(default=False, description="取消撤回 · undo its withdrawal")


class Reload(dg.Config):
    """Which resource."""

    resource: str = Field(description="资源标识 · id of the resource")


class RollingBack(dg.Config):
    """Which snapshot, by whom, why."""

    snapshot: str = Field(default="", description="快照，空为上一个 · id of a kept snapshot; empty: the one before")
    by: str = BY
    reason: str = REASON


@dg.op
def withdraw_delivery(context: dg.OpExecutionContext, config: Withdrawal) -> None:
    """撤回来件，或取消撤回 · Withdraw a delivery, or undo that."""
    function = undo_withdrawal if config.undo else withdraw
    _check(_logged(context, lambda console: function(settings(), console, config.delivery, config.by, config.reason)))


@dg.op
def reload_resource(context: dg.OpExecutionContext, config: Reload) -> None:
    """重新读取一项资源的文件 · Read the files of a resource again."""
    _check(_logged(context, lambda console: reload(settings(), console, config.resource)))


@dg.op
def roll_back_published(context: dg.OpExecutionContext, config: RollingBack) -> None:
    """退回早先的快照 · Publish an earlier snapshot again."""
    _logged(context, lambda console: roll_back(settings(), console, config.snapshot or None, config.by, config.reason))


def _logged(context: dg.OpExecutionContext, work: Callable[[PlainConsole], Result]) -> Result:
    """Do the work; what it prints goes into the log of the run. What cannot be done is a failure without a traceback."""
    say_process(context.instance, context.run_id)
    output = io.StringIO()
    try:
        return work(PlainConsole(file=output, width=200))
    except NotPossible as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    finally:
        if output.getvalue():
            context.log.info(output.getvalue())


def _check(outcome: Outcome) -> None:
    if outcome is Outcome.FAILED:
        raise dg.Failure(
            description="已记录，但更新未完成，见更新的运行记录 (recorded, but the refresh failed: see its run)"
        )


@dg.job(
    name="withdraw",
    description="撤回来件：其行退出，上一批恢复 · a delivery's rows leave, and the batch before it returns",
)
def withdraw_job() -> None:
    withdraw_delivery()


@dg.job(name="reload", description="重新读取一项资源在 landing/ 中的文件 · the files of a resource are read again")
def reload_job() -> None:
    reload_resource()


@dg.job(name="rollback", description="对外数据退回早先的快照 · an earlier snapshot is published again")
def rollback_job() -> None:
    roll_back_published()


UNDO_JOBS = [withdraw_job, reload_job, rollback_job]
