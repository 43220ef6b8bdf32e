"""What Dagster loads: the definitions of the whole pipeline."""

import dagster as dg

from suining_data.orchestration.assets import definitions_of, warehouse_of
from suining_data.orchestration.pipeline import pipeline
from suining_data.undo.jobs import UNDO_JOBS

defs = dg.Definitions.merge(definitions_of(pipeline(), warehouse_of(pipeline())), dg.Definitions(jobs=UNDO_JOBS))
