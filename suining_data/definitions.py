"""What Dagster loads: the assets and checks of the whole pipeline, the jobs, and what starts them by itself."""

import dagster as dg

from suining_data.alerts import ALERT_SENSORS
from suining_data.catalog import load_catalog
from suining_data.orchestration.assets import definitions_of, warehouse_of
from suining_data.orchestration.automation import schedules, sensors
from suining_data.orchestration.freshness import freshness_checks, freshness_sensor
from suining_data.orchestration.pipeline import pipeline
from suining_data.retention import RETENTION_JOB, weekly_retention
from suining_data.undo.jobs import UNDO_JOBS
from suining_data.verification import verification_job, weekly_verification

steps, catalog = pipeline(), load_catalog()
freshness = freshness_checks(catalog)
defs = dg.Definitions.merge(
    definitions_of(steps, warehouse_of(steps), dg.AssetSelection.all() - dg.AssetSelection.checks(freshness)),
    dg.Definitions(
        asset_checks=[freshness],
        jobs=[verification_job(steps), RETENTION_JOB, *UNDO_JOBS],
        schedules=[*schedules(steps), weekly_verification(), weekly_retention()],
        sensors=[*sensors(steps, catalog), freshness_sensor(catalog), *ALERT_SENSORS],
    ),
)
