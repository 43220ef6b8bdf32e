"""A step of the refresh: one table, what it reads, how it is written and put in force.

Here: the shape that stages fill and that the planner, the Dagster assets and the CLI read.
Not here: which steps there are (pipeline.py), Dagster (assets.py).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import dagster as dg
import duckdb

from suining_data.quality import Suite, Validation
from suining_data.settings import PROJECT, Settings

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Column:
    """A column of a table as people read about it."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Context:
    """What a step may use while it runs."""

    con: Connection
    settings: Settings
    run_id: str


@dataclass(frozen=True)
class Outcome:
    """What a step wrote: rows (of a view None), and figures for whoever watches the run (no personal values)."""

    rows: int | None
    figures: dict[str, int | str] = field(default_factory=dict)
    version: str | None = None  # what the rows are made of, where that is not the step's own digest
    failures: dict[str, tuple[str, ...]] = field(default_factory=dict)  # own check -> a sentence per failure
    is_final: bool = True  # False: the next refresh tries again though nothing may have changed


@dataclass(frozen=True)
class Written:
    """A side table that was judged, and the connection whose temporary tables belong to it; without an outcome nothing
    was to be done."""

    context: Context
    digest: str  # of all that decided what was written, from before it was written: what comes in later is a change
    outcome: Outcome | None
    results: tuple[dg.AssetCheckResult, ...] = ()
    validation: Validation | None = None  # of the suite, where the step has one
    write_seconds: float = 0.0
    check_seconds: float = 0.0


@dataclass(frozen=True)
class OwnCheck:
    """A check that the step itself answers while it writes (batches, accounts); the rest is the suite's."""

    name: str
    description: str
    is_blocking: bool = False
    is_warning: bool = False


@dataclass(frozen=True)
class Part:
    """A piece of a step's work that needs only some of what the step reads, done as soon as that is in force."""

    reads: tuple[str, ...]
    write: Callable[[Context], object]


@dataclass(frozen=True)
class Step:
    """One asset. `write` fills a side table and tells about it; `accept` puts it in force after it was judged."""

    key: str  # schema.table
    group: str
    description: str
    upstream: tuple[str, ...]
    digest: str  # of everything of ours that decides what comes out: SQL, catalogue entry, contract
    write: Callable[[Context], Outcome]
    accept: Callable[[Context], None]
    parts: tuple[Part, ...] = ()  # done before `write`, each once
    checks: tuple[OwnCheck, ...] = ()
    suite: Suite | None = None
    unit: str = "data_bureau"  # who answers for the data: a department, or the bureau for what it makes of them
    columns: tuple[Column, ...] = ()
    code: str | None = None  # file of the project that declares the table
    inputs: Callable[[Connection, Settings], str] | None = None  # digest of what is no table of another step
    expected_rows: int = 0  # at most, where somebody has said it


@cache
def code_digest(package: str) -> str:
    """sha256 of the Python files of a package of ours, e.g. "standardization": changed code builds its tables anew."""
    files = sorted((PROJECT / "suining_data" / package).glob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest_of(*parts: str) -> str:
    """sha256 of texts, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
