"""The two sensors that tell a webhook what is wrong: failed runs, and what the warehouse says.

Here: when each looks, its cursor, its skip reason. Not here: the causes (failed_runs.py, findings.py), the message.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import dagster as dg

from suining_data.alerts.cause import Cause
from suining_data.alerts.failed_runs import cause_of, failed_runs
from suining_data.alerts.findings import findings
from suining_data.alerts.messages import dingtalk_body, json_body
from suining_data.alerts.webhook import send
from suining_data.catalog import load_catalog
from suining_data.damage import DamagedFile
from suining_data.settings import Settings, settings
from suining_data.warehouse import WarehouseBusy, read_warehouse

SECONDS = 60  # between two ticks
NO_WEBHOOK = dg.SkipReason("未设 SUINING_ALERT_WEBHOOK，不发告警 (SUINING_ALERT_WEBHOOK is not set: nobody is alerted)")
BODIES = {"dingtalk": dingtalk_body, "json": json_body}


def has_webhook(config: Settings) -> bool:
    """Whether somebody is to be alerted; an empty variable is none."""
    return bool(config.alert_webhook and config.alert_webhook.get_secret_value())


DEFAULT = dg.DefaultSensorStatus.RUNNING if has_webhook(settings()) else dg.DefaultSensorStatus.STOPPED


@dg.sensor(
    name="failed_run_alerts",
    minimum_interval_seconds=SECONDS,
    default_status=DEFAULT,
    description="运行失败即告警，每次运行一次 · sends the webhook each failed run",
)
def failed_run_alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Tell of the runs that failed since the last tick."""
    config = settings()
    if not has_webhook(config):
        return NO_WEBHOOK
    cursor = _cursor(context)
    standing = failed_runs(context.instance, datetime.now(UTC))
    causes = (cause_of(context.instance, run) for key, run in standing.items() if key not in cursor["sent"])
    return _send_new(config, [cause for cause in causes if cause], {"sent": sorted(standing)})


@dg.sensor(
    name="finding_alerts",
    minimum_interval_seconds=SECONDS,
    default_status=DEFAULT,
    description=(
        "来件被拒、关卡未过、逾期未交、得分下降即告警，每个原因一次 · "
        "sends the webhook each refused delivery, failed check, overdue resource and falling score"
    ),
)
def finding_alerts(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Tell of what the last run found. The warehouse is opened only after it has changed."""
    config = settings()
    if not has_webhook(config):
        return NO_WEBHOOK
    cursor, version = _cursor(context), _version(config)
    if not config.warehouse.exists():
        return dg.SkipReason("还没有更新过 (there is no warehouse yet)")
    if cursor.get("warehouse") == version:
        return dg.SkipReason("上次告警后仓库没有变化 (the warehouse has not changed since the last look)")
    try:
        with read_warehouse(config) as con:
            standing = findings(con, load_catalog(), config.alert_score_drop)
    except WarehouseBusy:
        return dg.SkipReason("正在更新，结束后再看 (a run is under way: it is looked at when the run ends)")
    except DamagedFile as damaged:  # automation.py requests a run that fails with it, which is alerted
        return dg.SkipReason(str(damaged))
    new = [cause for cause in standing if cause.key not in cursor["sent"]]
    return _send_new(config, new, {"sent": _keys(standing), "warehouse": version})


ALERT_SENSORS = (failed_run_alerts, finding_alerts)


def _send_new(config: Settings, new: Sequence[Cause], cursor: dict[str, Any]) -> dg.SensorResult:
    """Send the new causes in one message; the cursor is for when it was taken. Raises NotSent."""
    if new:
        send(config, BODIES[config.alert_format](new, config.ui_url))
        said = f"已告警 {len(new)} 件 (sent {len(new)} causes)"
    else:
        said = "没有新的问题 (nothing new is wrong)"
    return dg.SensorResult(skip_reason=said, cursor=json.dumps(cursor))


def _cursor(context: dg.SensorEvaluationContext) -> dict[str, Any]:
    return json.loads(context.cursor) if context.cursor else {"sent": []}


def _keys(causes: Iterable[Cause]) -> list[str]:
    return sorted({cause.key for cause in causes})


def _version(config: Settings) -> list[int]:
    """When the warehouse was last written: its file, and the log that a killed run leaves beside it."""
    files = (config.warehouse, config.warehouse.with_name(f"{config.warehouse.name}.wal"))
    return [file.stat().st_mtime_ns if file.exists() else 0 for file in files]
