"""Steps as Dagster assets: take the step's result, promote its table, report the outcome to Dagster.

Here: the layer between a step and Dagster. Not here: the list of steps (pipeline.py), when they are written
(scheduler.py), their work (the stages).
"""

import time
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import dagster as dg

from suining_data import changes, incremental
from suining_data.damage import damage_of
from suining_data.orchestration import check_results, state
from suining_data.orchestration.launcher import say_process
from suining_data.orchestration.morning import log_last_lines
from suining_data.orchestration.scheduler import Scheduler
from suining_data.orchestration.step import Check, Column, Connection, Figure, Step, StepResult, WriteResult
from suining_data.quality import keep_validation
from suining_data.seals import seal
from suining_data.settings import PROJECT, settings
from suining_data.warehouse import transaction

JOB = "refresh"
ALL = dg.AssetSelection.all()
MOST_SENTENCES = 6  # of failed checks in the reason of a run; the page of the checks has them all
DAMAGED = (
    "damaged_file"  # in the metadata of a failure: a file of the project is damaged, and the description says which
)
Events = Iterator[dg.AssetCheckResult | dg.MaterializeResult]


def definitions_of(
    steps: Sequence[Step], warehouse: dg.ResourceDefinition, selection: dg.AssetSelection = ALL
) -> dg.Definitions:
    """The steps as assets, and the job `refresh` of all of them; every run stays in one process.

    `selection`: what the job executes, where assets or checks beside the steps are not to be in it.
    """
    return dg.Definitions(
        assets=[asset_of(step) for step in steps],
        jobs=[
            dg.define_asset_job(
                JOB,
                selection=selection,
                description="来件入库，四库更新 · deliveries in, four bases out",
                config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        ],
        resources={"warehouse": warehouse},
        executor=dg.in_process_executor,
    )


def warehouse_of(steps: Sequence[Step]) -> dg.ResourceDefinition:
    """The warehouse of a run that Dagster starts, with the scheduler of the run's steps; waits for the lock."""

    @dg.resource(description="The run's connection to the warehouse")
    def warehouse(context: dg.InitResourceContext) -> Iterator[Scheduler]:
        config = settings()
        own = [step for step in steps if _is_of_run(step, context.run)]
        wait = context.log.info if context.log else None
        if context.instance and context.run_id:
            say_process(context.instance, context.run_id)
        with (
            state.open_for_refresh(config, wait) as con,
            Scheduler(con, config, context.run_id or "", own) as scheduler,
        ):
            yield scheduler
            log_last_lines(con, scheduler.messages, context)

    return warehouse


def given_warehouse(scheduler: Scheduler, con: Connection) -> dg.ResourceDefinition:
    """The warehouse of a run that starts in this process, which has it already."""

    @dg.resource(description="The run's connection to the warehouse")
    def warehouse(context: dg.InitResourceContext) -> Iterator[Scheduler]:
        yield scheduler
        log_last_lines(con, scheduler.messages, context)

    return warehouse


def _is_of_run(step: Step, run: dg.DagsterRun | None) -> bool:
    """Whether the run executes the step. A run that begins at the step that failed executes only some of its assets."""
    if run is None:
        return True
    if run.step_keys_to_execute is not None:
        return step.key.replace(".", "__") in run.step_keys_to_execute
    return not run.asset_selection or dg.AssetKey(step.key.split(".")) in run.asset_selection


def asset_of(step: Step) -> dg.AssetsDefinition:
    """The asset of a step, its checks in its own `check_specs`."""
    key = dg.AssetKey(step.key.split("."))
    own = [_own_spec(key, check) for check in step.checks]
    specs = own + (step.suite.check_specs(key) if step.suite else [])

    @dg.asset(
        key=key,
        deps=[dg.AssetKey(name.split(".")) for name in step.upstream],
        group_name=step.group,
        description=step.description,
        owners=[f"team:{step.unit}"],
        code_version=step.digest[:16],
        check_specs=specs or None,
        metadata=_declared(step),
        kinds={"duckdb"},
    )
    def build(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Scheduler]) -> Events:
        try:
            yield from refresh(step, warehouse, specs)
        except Exception as error:
            if damaged := damage_of(error, settings()):
                raise dg.Failure(str(damaged), metadata={DAMAGED: True}, allow_retries=False) from error
            raise

    return build


def refresh(step: Step, scheduler: Scheduler, specs: list[dg.AssetCheckSpec]) -> Events:
    """Promote the step's staging table, unless the table is current or a blocking check has failed."""
    started = time.monotonic()
    result = scheduler.result(step)
    wait_seconds = time.monotonic() - started
    con, write = result.context.con, result.write
    if write is None:
        yield from check_results.for_dagster(check_results.load(con, step))
        current, figures = state.load(con, step), {"unchanged": True, **_shown(con, step)}
        scheduler.mark_current(step, is_new=False)
        yield _materialization(result, wait_seconds, current, figures)
        return
    failed = _failed_blocking_checks(result, specs)
    with transaction(con):
        check_results.record(con, step, result.checks, specs, result.context.run_id)
        if result.validation:
            keep_validation(con, step.key, result.validation, result.context.run_id)
        if not failed:
            promoted = promote(step, result, write, wait_seconds)
            figures = {**write.figures, **_changed(result.difference), **_shown(con, step)}
    if not failed:
        scheduler.mark_current(step, is_new=not result.difference.is_none)
        scheduler.messages += write.messages
    yield from check_results.for_dagster(result.checks)
    if failed:
        raise dg.Failure(
            description=_why(step, [check for check in result.checks if check.check_name in failed]),
            allow_retries=False,
        )
    yield _materialization(result, wait_seconds, promoted, figures)


def promote(step: Step, result: StepResult, write: WriteResult, wait_seconds: float) -> state.TableState:
    """Make the step's staging table current, with its change table and its state; call it in a transaction."""
    con = result.context.con
    if result.is_part and step.incremental:
        incremental.promote_changed(con, step.key, step.incremental)
    else:
        step.promote(result.context)
    changes.promote(con, step.key, result.difference)
    if step.is_table:
        seal(con, step.key, result.difference, is_part=result.is_part)
    for table in step.also:
        seal(con, table)
    return state.record(step, result, write, wait_seconds)


def _why(step: Step, failed: Sequence[dg.AssetCheckResult]) -> str:
    """Whose table it is, what is wrong with which lines, what to do: the first lines that the page of the run shows."""
    sentences = [line for check in failed for line in (check.description or "").split("\n") if line]
    rest = len(sentences) - MOST_SENTENCES
    checks = ", ".join(str(check.check_name) for check in failed)
    return "\n".join(
        [
            f"{f'{step.title} ' if step.title else ''}{step.key}: 质量关卡 {checks} 未通过 (blocking check failed)",
            *sentences[:MOST_SENTENCES],
            *([f"另有 {rest} 条，见该表的检查 (and {rest} more: see the checks of the table)"] if rest > 0 else []),
            "上一版数据仍在使用，下游未更新；改正后点 Re-execute all。 The last good table stays current, and nothing "
            "downstream was built: correct it, then Re-execute all.",
        ]
    )


def _shown(con: Connection, step: Step) -> Mapping[str, Figure | bool]:
    return step.shown(con) if step.shown else {}


def _changed(difference: changes.Difference) -> dict[str, int]:
    """How many rows came and went, where that is known; a corrected row does both."""
    return {"rows_added": difference.added, "rows_removed": difference.removed} if difference.is_listed else {}


def _materialization(
    result: StepResult, wait_seconds: float, table: state.TableState, figures: Mapping[str, Figure | bool]
) -> dg.MaterializeResult:
    """What Dagster shows of the table. The metadata has the step's own time: Dagster measures only the run's thread."""
    return dg.MaterializeResult(
        data_version=dg.DataVersion(table.version),
        metadata={
            **({} if table.rows is None else {"dagster/row_count": table.rows}),
            **figures,
            "write_seconds": round(result.write_seconds, 3),
            "check_seconds": round(result.check_seconds, 3),
            "wait_seconds": round(wait_seconds, 3),
        },
    )


def _failed_blocking_checks(result: StepResult, specs: list[dg.AssetCheckSpec]) -> list[str]:
    blocking = {spec.name for spec in specs if spec.blocking}
    return [
        str(check.check_name)
        for check in result.checks
        if not check.passed and check.check_name in blocking and check.severity is dg.AssetCheckSeverity.ERROR
    ]


def _own_spec(key: dg.AssetKey, check: Check) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(check.name, asset=key, description=check.description, blocking=check.is_blocking)


def _declared(step: Step) -> dict[str, Any]:
    metadata: dict[str, Any] = {"dagster/table_name": f"suining.{step.key}"}
    if step.columns:
        metadata["dagster/column_schema"] = _schema(step.columns)
    if step.code:
        with warnings.catch_warnings(action="ignore", category=dg.BetaWarning):
            reference = dg.LocalFileCodeReference(file_path=str(PROJECT / step.code), label=step.code)
            metadata["dagster/code_references"] = dg.CodeReferencesMetadataValue(code_references=[reference])
    return metadata


def _schema(columns: tuple[Column, ...]) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(c.name, c.type, description=c.description) for c in columns])
