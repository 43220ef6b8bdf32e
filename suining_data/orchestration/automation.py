"""What starts a refresh without a person: every night, a file that has landed, new rows in the exchange database.

Here: when a run is requested, and for which tables. Not here: how the run goes (assets.py), what lateness is
(freshness.py), the switch of all of them (SUINING_UNATTENDED, settings.py).

A request names only the tables that are stale, so that a quiet night writes nothing. While a run has the warehouse
nobody can know them: a sensor then looks again a minute later, and the nightly request names all tables, so that the run
finds out. A run waits in the queue for the one before it.

A damaged warehouse cannot be asked either. A failed tick alerts nobody, so a run is requested that fails with what is damaged:
by a sensor once, by the schedule every night.
"""

import json
from collections.abc import Callable, Collection, Sequence

import dagster as dg

from suining_data.catalog import Catalog, Resource
from suining_data.damage import DamagedFile
from suining_data.ingestion import complete, deliveries, landing_files
from suining_data.orchestration import state
from suining_data.orchestration.assets import JOB
from suining_data.orchestration.step import Step, digest_of
from suining_data.settings import Settings, settings
from suining_data.warehouse import WarehouseBusy, read_warehouse, table_exists

TIMEZONE = "Asia/Shanghai"
EVERY_NIGHT = "0 2 * * *"
EVERY_MONTH = "0 3 20 * *"  # the statistics of the month before come out by the 18th
LANDING_SECONDS = 60
EXCHANGE_SECONDS = 600
# Only a run whose process died is started again, see instance.py; what it has promoted is current then and costs nothing.
TAGS = {"dagster/max_retries": "2", "dagster/retry_strategy": "ALL_STEPS"}
DAMAGE = "suining/damage"  # tag of a run that fails with what is damaged
NOTHING = "没有变化，不必更新 (nothing has changed)"
BUSY = "正在更新，结束后再看 (a run is under way: it is looked at when the run ends)"


def schedules(steps: Sequence[Step]) -> list[dg.ScheduleDefinition]:
    """The nightly refresh of all that is stale, and the monthly one of the macroeconomic base."""
    macro = _upstream(steps, [step for step in steps if step.group == "macro" and not _is_linked(steps, step)])
    return [
        _schedule(
            "nightly_refresh", EVERY_NIGHT, "每夜更新全部待更新的表 · every night: all tables that are stale", steps
        ),
        _schedule(
            "monthly_macro",
            EVERY_MONTH,
            "每月统计数据发布后，更新宏观经济库 · every month, when the statistics are out: the macroeconomic base",
            [step for step in steps if step in macro or step.group == "published"],
        ),
    ]


def sensors(steps: Sequence[Step], catalog: Catalog) -> list[dg.SensorDefinition]:
    """A sensor of landing/, and one of the exchange database if the catalogue has tables of it."""
    own = [step for step in steps if step.group != "landing"]
    exchanged = [resource for resource in catalog.shared if resource.delivery.exchange]
    return [
        _sensor(
            "landing",
            LANDING_SECONDS,
            "来件到齐后更新 · a delivery in landing/ is complete",
            own,
            lambda config: _landed(config, catalog),
        ),
        *(
            [
                _sensor(
                    "exchange",
                    EXCHANGE_SECONDS,
                    "交换库有新数据时取数并更新 · the exchange database has new rows",
                    steps,
                    lambda config: watermarks(config, exchanged),
                )
            ]
            if exchanged
            else []
        ),
    ]


def job_schedule(name: str, job: str, cron: str, description: str) -> dg.ScheduleDefinition:
    """The schedule of a job that needs no choice of tables."""
    return dg.ScheduleDefinition(
        name=name,
        job_name=job,
        cron_schedule=cron,
        execution_timezone=TIMEZONE,
        description=description,
        default_status=_status(),
    )


def stale_selection(config: Settings, steps: Sequence[Step]) -> list[dg.AssetKey] | None:
    """The assets that a refresh would bring up to date; None before the first. Raises WarehouseBusy during a run."""
    if not config.warehouse.exists():
        return None
    with read_warehouse(config) as con:
        if not table_exists(con, "governance.table_state"):
            return None
        stale = state.stale_steps(con, config, list(steps))
    return [dg.AssetKey(step.key.split(".")) for step in stale]


def _request(stale: list[dg.AssetKey] | None) -> dg.RunRequest | dg.SkipReason:
    return dg.SkipReason(NOTHING) if stale == [] else dg.RunRequest(asset_selection=stale, tags=TAGS)


def _schedule(name: str, cron: str, description: str, steps: Sequence[Step]) -> dg.ScheduleDefinition:
    @dg.schedule(
        cron,
        job_name=JOB,
        name=name,
        description=description,
        execution_timezone=TIMEZONE,
        default_status=_status(),
    )
    def schedule(_context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        try:
            return _request(stale_selection(settings(), steps))
        except (WarehouseBusy, DamagedFile):
            return _request(None)

    return schedule


def _request_to_tell(
    instance: dg.DagsterInstance, config: Settings, damaged: DamagedFile
) -> dg.RunRequest | dg.SkipReason:
    """A run that will fail with what is damaged, so that somebody is alerted; one for each damaged file."""
    is_there = config.warehouse.exists()
    cause = digest_of(str(damaged), str(config.warehouse.stat().st_ino if is_there else 0))[:16]
    if instance.get_runs(dg.RunsFilter(tags={DAMAGE: cause}), limit=1):
        return dg.SkipReason(str(damaged))
    return dg.RunRequest(run_key=cause, tags={DAMAGE: cause})


def _status() -> dg.DefaultScheduleStatus:
    return dg.DefaultScheduleStatus.RUNNING if settings().unattended else dg.DefaultScheduleStatus.STOPPED


def _sensor(
    name: str, seconds: int, description: str, steps: Sequence[Step], seen: Callable[[Settings], dict[str, str]]
) -> dg.SensorDefinition:
    """A sensor that requests a run when `seen` (resource -> what there is of it) is not what the cursor has."""

    @dg.sensor(
        job_name=JOB,
        name=name,
        description=description,
        minimum_interval_seconds=seconds,
        default_status=dg.DefaultSensorStatus.RUNNING if settings().unattended else dg.DefaultSensorStatus.STOPPED,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.RunRequest | dg.SkipReason:
        now = seen(settings())
        cursor = json.dumps(now, sort_keys=True)
        if cursor == context.cursor:
            return dg.SkipReason(NOTHING)
        try:
            request = _request(
                stale_selection(settings(), steps)
            )  # twice does no harm: the second time nothing is stale
        except WarehouseBusy:
            return dg.SkipReason(BUSY)
        except DamagedFile as damaged:
            return _request_to_tell(context.instance, settings(), damaged)
        if isinstance(request, dg.SkipReason):
            return dg.SensorResult(skip_reason=request, cursor=cursor)
        return dg.SensorResult(run_requests=[request], cursor=cursor)

    return sensor


def _landed(config: Settings, catalog: Catalog) -> dict[str, str]:
    """Resource -> digest of the names and signatures of its complete deliveries."""
    found = {}
    for resource in catalog.shared:
        files = deliveries(resource, landing_files(config, catalog.unit_of(resource.id), resource))
        found[resource.id] = digest_of(json.dumps(complete(files, config.quiet_seconds)))
    return found


def watermarks(config: Settings, resources: Collection[Resource]) -> dict[str, str]:
    """Resource -> latest watermark of its exchange table; empty without the address of the database."""
    from suining_data.ingestion.exchange_connection import connected  # imports psycopg
    from suining_data.ingestion.exchange_table import inspect_table

    if config.exchange_dsn is None:
        return {}
    with connected(config) as connection:
        return {
            resource.id: inspect_table(connection, resource, resource.delivery.exchange).latest()
            for resource in resources
            if resource.delivery.exchange
        }


def _is_linked(steps: Sequence[Step], step: Step) -> bool:
    """Whether a table is made of linked records: what the other bases count beside the figures changes with them, every night."""
    return any(each.group == "linked" for each in _upstream(steps, [step]))


def _upstream(steps: Sequence[Step], targets: Collection[Step]) -> list[Step]:
    """The targets and all that they are made from, in the order of the steps."""
    wanted = {step.key for step in targets}
    for step in reversed(steps):
        if step.key in wanted:
            wanted.update(step.upstream)
    return [step for step in steps if step.key in wanted]
