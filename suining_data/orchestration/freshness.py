"""How fresh a resource is: by its last delivery, its cycle and its days of grace.

Here: the deadlines, the check `delivered_on_time` of every raw table, the sensor that evaluates it every hour. Not here:
the warning of a refresh (delivery_problems.py), files that come in the wrong order (the same).

Dagster's freshness policies count from the last materialization, and a table can be written without a delivery. So the
check counts from the delivery itself: the last file in landing/ that could be read.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

import dagster as dg
import duckdb
from rich.console import Console

from suining_data.catalog import Catalog, Resource, Unit
from suining_data.catalog.model import Cycle
from suining_data.damage import DamagedFile, reporting_damaged_publication
from suining_data.encryption import open_database
from suining_data.ingestion import landing_files
from suining_data.settings import Settings, settings

CYCLES = {  # days between two deliveries, and the Chinese name of the cycle
    Cycle.REALTIME: (1, "实时"),
    Cycle.DAILY: (1, "每日"),
    Cycle.WEEKLY: (7, "每周"),
    Cycle.MONTHLY: (31, "每月"),
    Cycle.QUARTERLY: (92, "每季度"),
    Cycle.HALF_YEARLY: (184, "每半年"),
    Cycle.YEARLY: (366, "每年"),
}
CHECK = "delivered_on_time"
DESCRIPTION = "时效性：按更新周期交付；宽限期内为提醒，之后为逾期 (delivered within its cycle: a warning in the days of grace, then overdue)"
EVERY_HOUR = 3600


class Lateness(StrEnum):
    """Where a resource stands between two deliveries."""

    ON_TIME = "on_time"
    LATE = "late"  # the cycle is over, the days of grace are not
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Deadline:
    """When the next delivery of a resource is due. `last` is None before its first delivery."""

    unit: Unit
    resource: Resource
    last: datetime | None
    due: datetime  # by its cycle
    overdue_from: datetime  # after the days of grace

    def lateness(self, now: datetime) -> Lateness:
        """Where the resource stands now."""
        if now > self.overdue_from:
            return Lateness.OVERDUE
        return Lateness.LATE if now > self.due else Lateness.ON_TIME


def deadlines(con: duckdb.DuckDBPyConnection, config: Settings, catalog: Catalog) -> list[Deadline]:
    """The deadline of every resource with a cycle; `con` has the warehouse or the published file open.

    They count from the last readable delivery; without one, from the first delivery of any resource.
    """
    came: dict[str, datetime] = dict(
        con.execute(
            "select resource_id, max(first_seen_at) from governance.batch where status <> 'refused' group by 1"
        ).fetchall()
    )
    start = con.execute("select min(first_seen_at) from governance.batch").fetchall()[0][0]
    found = []
    for resource in catalog.shared if start else ():
        if resource.cycle not in CYCLES or resource.delivery.exchange:
            continue
        unit = catalog.unit_of(resource.id)
        landed = [datetime.fromtimestamp(file.stat().st_mtime) for file in landing_files(config, unit, resource)]
        last = max([came[resource.id], *landed]) if resource.id in came else None
        due = (last or start) + timedelta(days=CYCLES[resource.cycle][0])
        found.append(Deadline(unit, resource, last, due, due + timedelta(days=resource.grace_days)))
    return found


def late(con: duckdb.DuckDBPyConnection, config: Settings, catalog: Catalog) -> list[tuple[Deadline, Lateness]]:
    """The resources that are late or overdue now, the longest overdue first."""
    now = datetime.now()
    found = [(each, each.lateness(now)) for each in deadlines(con, config, catalog)]
    return sorted(
        ((each, is_now) for each, is_now in found if is_now is not Lateness.ON_TIME),
        key=lambda one: (one[0].overdue_from, one[0].resource.id),
    )


def print_late(found: Sequence[tuple[Deadline, Lateness]], console: Console) -> None:
    """One line per resource; yellow in the days of grace, then red."""
    for each, lateness in found:
        word, style = ("逾期 overdue", "red") if lateness is Lateness.OVERDUE else ("晚到 late", "yellow")
        console.print(
            f"{word} {each.unit.name} {each.resource.id}: 应于 {each.due:%Y-%m-%d} 前交付，{each.overdue_from:%Y-%m-%d} 起逾期 "
            f"(was due by {each.due:%Y-%m-%d}, overdue from {each.overdue_from:%Y-%m-%d})",
            style=style,
        )


def freshness_checks(catalog: Catalog) -> dg.AssetChecksDefinition:
    """The check of every raw table, for a person who wants to know now; otherwise the sensor evaluates it."""
    resources = {_key(resource.id): resource for resource in catalog.shared if resource.cycle in CYCLES}
    specs = [dg.AssetCheckSpec(CHECK, asset=key, description=DESCRIPTION) for key in resources]

    @dg.multi_asset_check(name="freshness", specs=specs, can_subset=True)
    def freshness(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        now, chosen = datetime.now(), {key.asset_key for key in context.selected_asset_check_keys}
        for deadline in _published_deadlines(settings(), catalog):
            if _key(deadline.resource.id) in chosen:
                yield dg.AssetCheckResult(
                    check_name=CHECK, asset_key=_key(deadline.resource.id), **_outcome(deadline, now)
                )

    return freshness


def freshness_sensor(catalog: Catalog) -> dg.SensorDefinition:
    """Evaluates the check of every raw table each hour, and reports those whose outcome is another than before."""

    @dg.sensor(
        name="freshness",
        description="每小时核对各资源是否按期交付 · every hour: which resources are late",
        minimum_interval_seconds=EVERY_HOUR,
        default_status=dg.DefaultSensorStatus.RUNNING if settings().unattended else dg.DefaultSensorStatus.STOPPED,
    )
    def sensor(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        now, before = datetime.now(), json.loads(context.cursor or "{}")
        try:
            found = _published_deadlines(settings(), catalog)
        except DamagedFile as damaged:  # the next refresh writes it anew
            return dg.SkipReason(str(damaged))
        after = {each.resource.id: f"{each.lateness(now)} {each.due:%Y-%m-%d}" for each in found}
        events = [
            dg.AssetCheckEvaluation(check_name=CHECK, asset_key=_key(each.resource.id), **_outcome(each, now))
            for each in found
            if before.get(each.resource.id) != after[each.resource.id]
        ]
        return dg.SensorResult(
            asset_events=events,
            cursor=json.dumps(after, sort_keys=True),
            skip_reason=None if events else "各资源时效无变化 (no resource has become late, or was delivered)",
        )

    return sensor


def _published_deadlines(config: Settings, catalog: Catalog) -> Sequence[Deadline]:
    """From the published file, which anybody may read at any time."""
    file = config.published / "suining.duckdb"
    if not file.exists():
        return ()
    with reporting_damaged_publication(file), open_database(file.resolve(), read_only=True) as con:
        return deadlines(con, config, catalog)


def _outcome(deadline: Deadline, now: datetime) -> dict[str, Any]:
    """What the check says of a deadline: fields of a result or of an evaluation."""
    lateness = deadline.lateness(now)
    last = f"{deadline.last:%Y-%m-%d %H:%M}" if deadline.last else "从未 never"
    return {
        "passed": lateness is Lateness.ON_TIME,
        "severity": dg.AssetCheckSeverity.ERROR if lateness is Lateness.OVERDUE else dg.AssetCheckSeverity.WARN,
        "description": (
            f"最近交付 {last}，应于 {deadline.due:%Y-%m-%d} 前再次交付，{deadline.overdue_from:%Y-%m-%d} 起逾期。"
            f"Last delivered {last}, due by {deadline.due:%Y-%m-%d}, overdue from {deadline.overdue_from:%Y-%m-%d}."
        ),
        "metadata": {"lateness": str(lateness), "last_delivery": last, "due": f"{deadline.due:%Y-%m-%d}"},
    }


def _key(resource_id: str) -> dg.AssetKey:
    return dg.AssetKey(["raw", resource_id])
