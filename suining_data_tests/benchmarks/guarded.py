"""What reading in a child process costs: the same delivered files read in this process and in the guarded one.

Here: the two times and their difference as a share of a refresh. Not here: what the child is for (ingestion/guarded.py).
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from suining_data.catalog import Resource, load_catalog
from suining_data.ingestion import delivered_files, landing_files, stop_readers
from suining_data.ingestion.archive import unpack
from suining_data.ingestion.readers import GUARDED, READERS, read_files
from suining_data.ingestion.reading import Target
from suining_data.settings import Settings

TIMES = 2  # each way, in turn; the faster one counts
Read = Callable[[duckdb.DuckDBPyConnection, list[Path], Resource, Target], object]


def guarded(settings: Settings, refresh_s: float) -> dict[str, object]:
    """Seconds of reading all files that the refresh reads in a child, here and there, the start of the child included."""
    here, there = [], []
    for _ in range(TIMES):
        here.append(_seconds(settings, _in_this_process))
        stop_readers()
        there.append(_seconds(settings, read_files))
    cost = round(min(there) - min(here), 2)
    seconds = {"in_this_process_s": round(min(here), 2), "guarded_s": round(min(there), 2)}
    return {"guarded_reading": {**seconds, "cost_s": cost, "share_of_refresh": round(cost / refresh_s, 3)}}


def _seconds(settings: Settings, read: Read) -> float:
    catalog = load_catalog()
    started = time.monotonic()
    with duckdb.connect() as con:
        for resource in catalog.shared:
            if resource.delivery.format in GUARDED or resource.delivery.archive:
                for file in landing_files(settings, catalog.unit_of(resource.id), resource):
                    with tempfile.TemporaryDirectory() as name:
                        folder = Path(name)
                        target = Target(folder / "raw.parquet", folder / "rejected.parquet", folder)
                        read(con, delivered_files(resource, file), resource, target)
    return time.monotonic() - started


def _in_this_process(con: duckdb.DuckDBPyConnection, files: list[Path], resource: Resource, target: Target) -> object:
    file = unpack(files[0], resource, target.scratch, target.limits).file if resource.delivery.archive else files[0]
    return READERS[resource.delivery.format](con, file, resource, target)
