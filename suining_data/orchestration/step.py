"""A step of the refresh: one table, the tables it reads, how it is written, validated and promoted.

Here: the dataclasses that pipeline.py fills in, and that the scheduler, the Dagster assets and the command line read.
Not here: the list of steps (pipeline.py), Dagster assets (assets.py).
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache

import dagster as dg
import duckdb

from suining_data.changes import UNKNOWN, Difference
from suining_data.incremental import Incremental
from suining_data.quality import Suite, Validation
from suining_data.settings import PROJECT, Settings

Connection = duckdb.DuckDBPyConnection
Figure = int | str | dg.MetadataValue


@dataclass(frozen=True)
class Column:
    """A column of a table, as shown in Dagster and in database clients."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Context:
    """What a step may use while it runs."""

    con: Connection
    settings: Settings
    run_id: str
    changed: Collection[str] | None = None  # for a step that reads changes, see state.changed_tables


@dataclass(frozen=True)
class WriteResult:
    """What `Step.write` wrote: rows (None of a view), and figures to show with it (no personal values)."""

    rows: int | None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    version: str | None = None  # of the rows, where it is not the digest of what they were made from
    failures: dict[str, tuple[str, ...]] = field(default_factory=dict)  # name of a check -> one sentence per failure
    difference: Difference | None = None  # from the current table, where the step itself lists it when it is promoted
    messages: tuple[str, ...] = ()  # sentences for whoever opens the run: what this writing has quarantined
    is_final: bool = True  # False: the next refresh writes the table again, even if nothing has changed


@dataclass(frozen=True)
class Inputs:
    """All that decides the content of a step's table: its own declaration, code and files, and the tables it reads."""

    own: str  # digest of all but the tables
    versions: Mapping[str, str]  # of the tables that it reads, by name

    @property
    def digest(self) -> str:
        """Digest of everything."""
        return digest_of(self.own, *(f"{table} {version}" for table, version in sorted(self.versions.items())))


@dataclass(frozen=True)
class StepResult:
    """A step whose staging table is written and validated, ready to be promoted; `write` is None for a current table."""

    context: Context  # its connection has the temporary tables of the step
    inputs: Inputs  # taken before the table was written: what arrives later is a change for the next run
    write: WriteResult | None
    difference: Difference = UNKNOWN  # from the current table
    is_part: bool = False  # only the rows of some keys were written, and they replace those of the current table
    checks: tuple[dg.AssetCheckResult, ...] = ()
    validation: Validation | None = None  # of the suite, where the step has one
    write_seconds: float = 0.0
    check_seconds: float = 0.0


@dataclass(frozen=True)
class Check:
    """An asset check whose result the step gives itself while it writes (batches, row accounts). A suite has the others."""

    name: str
    description: str
    is_blocking: bool = False
    is_warning: bool = False


@dataclass(frozen=True)
class Part:
    """A piece of a step's work that needs only some of the tables that the step reads."""

    reads: tuple[str, ...]
    write: Callable[[Context], object]


@dataclass(frozen=True)
class Step:
    """One asset. `write` fills a staging table and says what it wrote; `promote` makes it current once it is validated."""

    key: str  # schema.table
    group: str
    description: str
    upstream: tuple[str, ...]
    digest: str  # of all project files that decide the content: SQL, catalogue entry, contract
    write: Callable[[Context], WriteResult]
    promote: Callable[[Context], None]
    parts: tuple[Part, ...] = ()  # each is done once, before `write`
    checks: tuple[Check, ...] = ()
    suite: Suite | None = None
    title: str = ""  # whose delivery it is, in Chinese: unit and resource
    shown: Callable[[Connection], Mapping[str, Figure]] | None = (
        None  # figures of the current table, written now or before
    )
    unit: str = "data_bureau"  # responsible for the data: a department, or the data bureau for derived tables
    columns: tuple[Column, ...] = ()
    code: str | None = None  # file of the project that declares the table
    inputs: Callable[[Connection, Settings], str] | None = None  # digest of inputs that are not tables of other steps
    is_lost: Callable[[Connection, Settings], bool] | None = None  # whether what it wrote is missing or damaged
    expected_rows: int = 0  # an upper bound; 0 where the catalogue has none
    is_table: bool = True  # False: it writes files or a view, whose rows are not compared with those before
    also: tuple[str, ...] = ()  # further tables that are promoted with it
    sql: str = ""  # of an incremental table: its SELECT
    incremental: Incremental | None = None
    reads_changes: bool = (
        False  # it reads change tables itself; Context.changed says whether they have all that changed
    )
    figures: Callable[[Context], Mapping[str, int]] | None = None  # of the staging table, to show with its rows
    touched: str = ""  # SELECT of the record_id of rows whose other tables change, see changes.compare


@cache
def code_digest(package: str) -> str:
    """sha256 of the Python files and templates of a package, e.g. "standardization". Changed code makes its tables stale."""
    files = sorted(file for file in (PROJECT / "suining_data" / package).iterdir() if file.suffix in (".py", ".html"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def digest_of(*parts: str) -> str:
    """sha256 of texts, in order."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
