"""Everything Dagster loads; assembles, decides nothing."""

from suining_data.operations.assets import definitions_of, warehouse_of
from suining_data.operations.pipeline import pipeline

defs = definitions_of(pipeline(), warehouse_of(pipeline()))
