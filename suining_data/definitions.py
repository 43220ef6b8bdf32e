"""What Dagster loads: the definitions of the whole pipeline."""

from suining_data.orchestration.assets import definitions_of, warehouse_of
from suining_data.orchestration.pipeline import pipeline

defs = definitions_of(pipeline(), warehouse_of(pipeline()))
