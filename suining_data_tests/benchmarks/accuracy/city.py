"""A made-up city to measure: made and refreshed in a folder of its own, or one that was before, and opened.

Here: `made_city`, `open_city`. Not here: which linked record is which row of the truth (records.py).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from suining_data.settings import Settings
from suining_data_tests.benchmarks.refresh import suining

TRUTH = ("person", "person_row", "organization", "organization_row")


@contextmanager
def made_city(scale: float, seed: int) -> Iterator[Settings]:
    """A city in a temporary data folder, delivered and refreshed."""
    with tempfile.TemporaryDirectory(prefix="suining_accuracy_") as folder:
        settings = Settings(data=Path(folder))
        suining(settings, "sample", "--scale", str(scale), "--seed", str(seed))
        suining(settings, "refresh")
        yield settings


@contextmanager
def open_city(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse, read only, with views truth_person, truth_person_row, truth_organization, truth_organization_row."""
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as con:
        con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
        con.execute("set temp_directory = ?", [spill])
        con.execute("set enable_progress_bar = false")
        con.execute(f"attach '{settings.warehouse}' as city (read_only)")
        con.execute("use city")
        for name in TRUTH:
            con.execute(f"create temp view truth_{name} as from '{settings.truth / name}.parquet'")
        yield con
