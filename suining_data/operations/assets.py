"""Steps as Dagster assets: run if not current, judge, put in force, tell what came out.

Here: the thin edge between a step and Dagster. Not here: which steps there are (pipeline.py), their work (stages).
"""

import time
import warnings
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
from dagster_shared.utils.warnings import BetaWarning

from suining_data.operations import results as found
from suining_data.operations import state
from suining_data.operations.ahead import Ahead
from suining_data.operations.step import Column, Context, Outcome, OwnCheck, Step, Written
from suining_data.quality import keep_validation
from suining_data.settings import PROJECT, settings
from suining_data.warehouse import transaction

JOB = "refresh"
POOL = "warehouse"
Events = Iterator[dg.AssetCheckResult | dg.MaterializeResult]


def definitions_of(steps: Sequence[Step], warehouse: dg.ResourceDefinition) -> dg.Definitions:
    """What Dagster has to know of the steps: their assets, the job of them all, one table after the other in one process."""
    return dg.Definitions(
        assets=[asset_of(step) for step in steps],
        jobs=[
            dg.define_asset_job(
                JOB,
                selection=dg.AssetSelection.all(),
                description="来件入库，四库更新 · deliveries in, four bases out",
                config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
        ],
        resources={"warehouse": warehouse},
        executor=dg.in_process_executor,
    )


def warehouse_of(steps: Sequence[Step]) -> dg.ResourceDefinition:
    """The run's warehouse, with the steps of the run under way in it; only one run at a time has it (pool `warehouse`)."""

    @dg.resource(description="The run's connection to the warehouse")
    def warehouse(context: dg.InitResourceContext) -> Iterator[Ahead]:
        config = settings()
        chosen = context.run.asset_selection if context.run else None  # none: all that the job has
        own = [step for step in steps if not chosen or dg.AssetKey(step.key.split(".")) in chosen]
        with state.open_for_refresh(config) as con, Ahead(con, config, context.run_id or "", own) as ahead:
            yield ahead

    return warehouse


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
        pool=POOL,
        kinds={"duckdb"},
    )
    def build(context: dg.AssetExecutionContext, warehouse: dg.ResourceParam[Ahead]) -> Events:
        yield from refresh(step, warehouse, specs)

    return build


def refresh(step: Step, ahead: Ahead, specs: list[dg.AssetCheckSpec]) -> Events:
    """Put the step's side table in force, written and judged now or ahead, unless a blocking check fails."""
    asked = time.monotonic()
    written = ahead.written(step)
    waited = time.monotonic() - asked
    context, outcome = written.context, written.outcome
    if outcome is None:
        yield from _as_before(step, context)
        ahead.accepted(step, is_new=False)
        return
    failed = _failed_gates(written, specs)
    with transaction(context.con):
        found.remember(context.con, step, written.results, specs, context.run_id)
        if written.validation:
            keep_validation(context.con, step.key, written.validation, context.run_id)
        if not failed:
            step.accept(context)
            state.remember(step, written, outcome, waited)
    if not failed:
        ahead.accepted(step, is_new=True)
    yield from written.results
    if failed:
        raise dg.Failure(
            description=(
                f"{step.key}: 质量关卡 {', '.join(failed)} 未通过，保留上一版数据。"
                f" The gate failed; the last good table stays in force and nothing downstream was built."
            ),
            allow_retries=False,
        )
    yield dg.MaterializeResult(metadata=_told(outcome))


def _failed_gates(written: Written, specs: list[dg.AssetCheckSpec]) -> list[str]:
    blocking = {spec.name for spec in specs if spec.blocking}
    return [
        str(result.check_name)
        for result in written.results
        if not result.passed and result.check_name in blocking and result.severity is dg.AssetCheckSeverity.ERROR
    ]


def _as_before(step: Step, context: Context) -> Events:
    """An unchanged table: what was found of it when it was built."""
    yield from found.recall(context.con, step)
    yield dg.MaterializeResult(metadata={**_counted(state.rows(context.con, step)), "unchanged": True})


def _own_spec(key: dg.AssetKey, check: OwnCheck) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(check.name, asset=key, description=check.description, blocking=check.is_blocking)


def _declared(step: Step) -> dict[str, Any]:
    metadata: dict[str, Any] = {"dagster/table_name": f"suining.{step.key}"}
    if step.columns:
        metadata["dagster/column_schema"] = _schema(step.columns)
    if step.code:
        with warnings.catch_warnings(action="ignore", category=BetaWarning):
            reference = dg.LocalFileCodeReference(file_path=str(PROJECT / step.code), label=step.code)
            metadata["dagster/code_references"] = dg.CodeReferencesMetadataValue(code_references=[reference])
    return metadata


def _schema(columns: tuple[Column, ...]) -> dg.TableSchema:
    return dg.TableSchema([dg.TableColumn(c.name, c.type, description=c.description) for c in columns])


def _told(outcome: Outcome) -> dict[str, int | str]:
    return {**_counted(outcome.rows), **outcome.figures}


def _counted(rows: int | None) -> dict[str, int | str]:
    return {} if rows is None else {"dagster/row_count": rows}
