"""Everything Dagster loads; assembles, decides nothing."""

import dagster as dg

from suining_data.operations.assets import asset_of, warehouse_of
from suining_data.operations.pipeline import pipeline

defs = dg.Definitions(
    assets=[asset_of(step) for step in pipeline()],
    jobs=[
        dg.define_asset_job(
            "refresh",
            selection=dg.AssetSelection.all(),
            description="来件入库，四库更新 · deliveries in, four bases out",
            config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )
    ],
    resources={"warehouse": warehouse_of(pipeline())},
    executor=dg.in_process_executor,
)
