"""The one DuckDB connection of a run: limits, schemas, reference tables, and the swap of a finished table.

Here: the lock of the warehouse, opening its file, loading data/reference/**/*.csv into schema `reference`, the spatial
extension, swapping side tables in.
Not here: what the tables hold (the stages), the published copy that analysts open (publication/).
"""

import errno
import fcntl
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from suining_data.city import load_city
from suining_data.settings import REFERENCE, Settings
from suining_data.sql import identifier

BASES = ("population", "legal_entity", "spatial", "macro")
LIBRARIES = tuple(load_city().themes)  # beside the bases: what is read out of them for one purpose
SCHEMAS = ("reference", "staged", "linked", "registry", "governance", *BASES, *LIBRARIES)
# choosing among all compressions took half the time of writing a wide table; the snapshot, whose file is of a later
# format, has the one that is left out here
SLOW_TO_CHOOSE = "alp,alprd,chimp,dictionary,fsst,patas,rle,roaring,zstd"
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
# DuckDB says the first two; SQLite, in which Dagster keeps its log, the others
FULL_IN_WORDS = ("No space left on device", "File too large", "database or disk is full", "disk I/O error")
_loading = threading.Lock()
OnWait = Callable[[str], None]  # called with what to say while another run has the warehouse
STAGING = "__next"  # suffix of a side table: written and judged before it replaces the good one


class WarehouseBusy(RuntimeError):
    """Another run has the warehouse."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"{settings.warehouse} 正由另一次运行使用（refresh、fetch、review 或界面）：请等它结束，再运行一次 "
            "(another run has it, a refresh, fetch, review or a run of the UI: wait for it to end, then run again)"
        )


class DiskFull(BaseException):
    """No room for the log of a run. No Exception, so that nobody on the way up takes it for a failure and logs on."""


def speaks_of_full_disk(message: str) -> bool:
    """True of the message of an error that a disk without room, or a file that may not grow, has caused."""
    return any(words in message for words in FULL_IN_WORDS)


def tells_of_full_disk(error: BaseException | None) -> bool:
    """True when the error, or what caused it, is a disk without room or a file that may not grow."""
    while error is not None:
        if getattr(error, "errno", None) in FULL or speaks_of_full_disk(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _locked(settings: Settings, *, shared: bool = False, on_wait: OnWait | None = None) -> Iterator[None]:
    """The one lock of the warehouse, for one writer or many readers; the system releases it when its process ends.

    While another has it: WarehouseBusy, or with `on_wait` one call that says so, and waiting.
    """
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with (settings.warehouse.parent / "refresh.lock").open("w") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if on_wait is None:
                raise WarehouseBusy(settings) from None
            on_wait(f"{settings.warehouse} 正由另一次运行使用，等它结束 (another run has it: waiting for it to end)")
            fcntl.flock(lock, kind)
        yield


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse as the last refresh left it, read only; WarehouseBusy while a run writes it."""
    with _locked(settings, shared=True):
        con = _connect(settings, read_only=True)
        try:
            yield con
        finally:
            con.close()


def _connect(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection within the limits of the settings."""
    try:
        con = duckdb.connect(str(settings.warehouse), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" not in str(error):
            raise
        raise WarehouseBusy(settings) from error
    con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
    con.execute("set temp_directory = ?", [str(settings.warehouse.parent / "spill")])
    con.execute("set enable_progress_bar = false")
    if settings.threads:
        con.execute("set threads = ?", [settings.threads])
    return con


@contextmanager
def open_warehouse(settings: Settings, on_wait: OnWait | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse for writing, under its lock: whatever writes it opens it here.

    While another run has it: WarehouseBusy, or with `on_wait` one call that says so, and waiting. WarehouseBusy also
    where a program that does not know the lock has the file open.
    """
    with _locked(settings, on_wait=on_wait):
        con = _connect(settings)
        try:
            con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])
            # memory is kept, not given back and asked for again: a tenth of the time
            con.execute(f"set block_allocator_memory = '{settings.memory_gb}GB'")
            prepare(con)
            yield con
        finally:
            con.close()


def load_spatial(con: duckdb.DuckDBPyConnection, sql: str = "ST_") -> None:
    """Make the functions ST_... known, if `sql` uses one: the first time costs 0.3 s, again nothing.

    The extension comes as a package, for a closed network has none to download from.
    """
    if "ST_" in sql:
        with _loading:  # a second one that asks meanwhile is told it is loaded, and finds no functions yet
            con.execute(f"load '{_spatial_extension()}'")


@cache
def _spatial_extension() -> Path:
    folder = Path(str(files("duckdb_extension_spatial"))) / "extensions" / f"v{duckdb.__version__}"
    return folder / "spatial.duckdb_extension"


def reference_files(reference: Path = REFERENCE) -> list[Path]:
    """Code tables and divisions that become tables of schema `reference`."""
    return sorted(reference.rglob("*.csv"))


@cache
def reference_digest(reference: Path = REFERENCE) -> str:
    """sha256 of the reference files, names included."""
    content = b"".join(file.name.encode() + file.read_bytes() for file in reference_files(reference))
    return hashlib.sha256(content).hexdigest()


def prepare(con: duckdb.DuckDBPyConnection, reference: Path = REFERENCE) -> None:
    """Create the schemas and (re)load the reference tables when their files have changed."""
    for schema in SCHEMAS:
        con.execute(f"create schema if not exists {schema}")
    tables = reference_files(reference)
    digest = reference_digest(reference)
    con.execute("create table if not exists reference.loaded (digest varchar)")
    if con.execute("select digest from reference.loaded").fetchone() == (digest,):
        return
    with transaction(con):
        for file in tables:
            con.execute(
                f"create or replace table reference.{identifier(file.stem)} as "
                "from read_csv(?, all_varchar = true, header = true)",
                [str(file)],
            )
        con.execute("delete from reference.loaded")
        con.execute("insert into reference.loaded values (?)", [digest])


@contextmanager
def transaction(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All of what is done inside, or nothing."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def swap(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Let the side table or view `<schema>.<name>__next` replace `<schema>.<name>`; call it inside a transaction."""
    name = table.split(".")[1]
    drop(con, table)
    _whatever_it_is(con, f"alter {{kind}} {table}{STAGING} rename to {identifier(name)}")


def drop(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Drop `schema.name`, table or view, if it is there."""
    _whatever_it_is(con, f"drop {{kind}} if exists {table}")


def _whatever_it_is(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run `sql` with {kind} being what the name is: to ask the catalogue first takes ten times as long."""
    try:
        con.execute(sql.format(kind="table"))
    except duckdb.CatalogException as error:
        if "view" not in str(error).lower():
            raise
        con.execute(sql.format(kind="view"))


def table_exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether `schema.name` is there, as a table or a view."""
    asked = "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
    return con.execute(asked, table.split(".")).fetchone() is not None
