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

TRUTH = ("person", "person_row", "organization", "organization_row", "address_point", "shape")


@contextmanager
def made_city(scale: float, seed: int, errors: str) -> Iterator[Settings]:
    """A city in a temporary data folder, delivered and refreshed."""
    with tempfile.TemporaryDirectory(prefix="suining_accuracy_") as folder:
        settings = Settings(data=Path(folder))
        suining(settings, "sample", "--scale", str(scale), "--seed", str(seed), "--errors", errors)
        suining(settings, "refresh")
        yield settings


@contextmanager
def open_city(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """Views of the warehouse's tables, which stay as they are, and of the truth: truth_person, truth_person_row, ..."""
    with tempfile.TemporaryDirectory() as spill, duckdb.connect() as con:
        con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
        con.execute("set temp_directory = ?", [spill])
        con.execute("set enable_progress_bar = false")
        con.execute(f"attach '{settings.warehouse}' as city (read_only)")
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where database_name = 'city'"
        ).fetchall()
        for schema, table in tables:
            con.execute(f"create schema if not exists {schema}")
            con.execute(f"create view {schema}.{table} as from city.{schema}.{table}")
        for name in TRUTH:
            con.execute(f"create temp view truth_{name} as from '{settings.truth / name}.parquet'")
        yield con
