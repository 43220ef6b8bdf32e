"""The one DuckDB connection of a run: its lock and limits, the schemas, the reference tables, the swap of a staging table.

Here: the lock of the warehouse, opening its file, loading data/reference/**/*.csv into schema `reference`, the spatial
extension, replacing a table by its staging table.
Not here: what the tables hold (the stages), the published copy that analysts open (publication/).
"""

import errno
import fcntl
import hashlib
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import duckdb

from suining_data.city import load_city
from suining_data.clock import set_not_before
from suining_data.damage import reporting_damage
from suining_data.encryption import FORMAT, attach, changes_key, connect, is_database_as_set, open_database
from suining_data.settings import REFERENCE, Settings
from suining_data.sql import identifier

BASES = ("population", "legal_entity", "spatial", "macro")
LIBRARIES = tuple(load_city().themes)  # theme libraries: data of the bases, selected for one purpose
CODES = "code"  # the schema of the code tables
OPEN = "open_data"  # the schema of what is counted for the public
SERVICES = "service"  # the schema of the published file with a view for each section of a service
SCHEMAS = (
    "reference",
    "staged",
    "linked",
    "registry",
    "history",
    "governance",
    "change",
    *BASES,
    *LIBRARIES,
    CODES,
    OPEN,
)
LEDGER_TABLES = ("batch", "batch_file", "accepted_batch")  # of schema governance: nothing can compute them again
# Choosing among all compression methods took half the time of writing a wide table, so the slow ones are disabled.
SLOW_TO_CHOOSE = "alp,alprd,chimp,dictionary,fsst,patas,rle,roaring,zstd"
MOST_FREE = 1 / 3  # share of the file's blocks: the file is at most 1.5 times its content when a run begins
LEAST_FREED = 256 << 20  # bytes; for less, a file is not written anew
FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)
# The first two are DuckDB's words; the others are SQLite's, in which Dagster stores its log.
FULL_IN_WORDS = ("No space left on device", "File too large", "database or disk is full", "disk I/O error")
OTHERS_ZH, OTHERS_EN = "refresh、fetch、review 或界面", "refresh, fetch, review or a run of the UI"
_loading = threading.Lock()
OnWait = Callable[[str], None]  # called with a message when another run has the warehouse
LABELLED = "_labelled"  # suffix of the view with names beside the codes of a table
STAGING = "__next"  # suffix of a staging table: written and validated before it replaces the current table


class WarehouseBusy(RuntimeError):
    """Another run uses the warehouse."""

    def __init__(self, settings: Settings, holder: str = "") -> None:
        super().__init__(
            f"{settings.warehouse} 正由另一次运行使用（{holder or OTHERS_ZH}）：请等它结束，再运行一次 "
            f"(another run uses it: {holder or OTHERS_EN}; wait until it ends, then run again)"
        )


class DiskFull(BaseException):
    """The disk has no room for the log of a run. It is not an Exception, so that no handler catches it and logs again."""


def message_says_disk_full(message: str) -> bool:
    """Whether the message of an error says that the disk is full or that a file may not grow."""
    return any(words in message for words in FULL_IN_WORDS)


def is_disk_full(error: BaseException | None) -> bool:
    """Whether the error, or an error that caused it, is a full disk or a file that may not grow."""
    while error is not None:
        if getattr(error, "errno", None) in FULL or message_says_disk_full(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


@contextmanager
def _locked(settings: Settings, *, shared: bool = False, on_wait: OnWait | None = None) -> Iterator[None]:
    """The one lock of the warehouse, for one writer or many readers. The system releases it when the process ends.

    When another run has the lock: raises WarehouseBusy; with `on_wait`, calls it once with a message and waits. The
    message names the run, which writes into the file of the lock who it is.
    """
    settings.warehouse.parent.mkdir(parents=True, exist_ok=True)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    with (settings.warehouse.parent / "refresh.lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read()
            if on_wait is None:
                raise WarehouseBusy(settings, holder) from None
            on_wait(
                f"{settings.warehouse} 正由另一次运行使用（{holder or OTHERS_ZH}），等它结束 "
                f"(another run uses it: {holder or OTHERS_EN}; waiting until it ends)"
            )
            fcntl.flock(lock, kind)
        lock.truncate(0)  # who had it before
        if not shared:
            lock.write(_this_run())
            lock.flush()
        yield


def _this_run() -> str:
    """This process, for who waits for it: the command without its arguments, which may name a person."""
    command = " ".join(["suining", *sys.argv[1:2]]) if Path(sys.argv[0]).name == "suining" else "Dagster"
    return f"{command}, pid {os.getpid()}, {datetime.now():%Y-%m-%d %H:%M:%S}"


def locked(settings: Settings) -> AbstractContextManager[None]:
    """The lock without the file, for whoever replaces the file. Raises WarehouseBusy while another run has it."""
    return _locked(settings)


@contextmanager
def read_warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse as the last refresh left it, read only. Raises WarehouseBusy while a run writes it, and DamagedFile."""
    with _locked(settings, shared=True), reporting_damage(settings):
        con = _connect(settings, read_only=True)
        try:
            yield con
        finally:
            con.close()


def _connect(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection within the limits of the settings."""
    try:
        con = open_database(settings.warehouse, read_only=read_only)
    except duckdb.IOException as error:
        if "lock on file" not in str(error):  # the message of a damaged file has the word block
            raise
        raise WarehouseBusy(settings) from error
    con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
    con.execute("set temp_directory = ?", [str(settings.warehouse.parent / "spill")])
    con.execute("set enable_progress_bar = false")
    if settings.threads:
        con.execute("set threads = ?", [settings.threads])
    set_not_before(con)
    return con


@contextmanager
def open_warehouse(settings: Settings, on_wait: OnWait | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """The warehouse for writing, under its lock. All code that changes the warehouse opens it here.

    When another run has the lock: raises WarehouseBusy; with `on_wait`, calls it once with a message and waits. Raises
    WarehouseBusy also when a program that does not use the lock has the file open, and DamagedFile.
    """
    with _locked(settings, on_wait=on_wait), reporting_damage(settings):
        con = _connect(settings)
        is_kept = is_dense(con, FORMAT, least_freed=LEAST_FREED)
        if not is_kept or changes_key() or not is_database_as_set(settings.warehouse):
            con.close()  # with which key the file opens can be tried only when it is not open
            if not is_kept or not is_database_as_set(settings.warehouse):
                _write_anew(settings)
            con = _connect(settings)
        try:
            con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])
            # DuckDB keeps its memory instead of returning and allocating it again: this saves a tenth of the time
            con.execute(f"set block_allocator_memory = '{settings.memory_gb}GB'")
            prepare(con)
            yield con
        finally:
            con.close()


def rewrite(settings: Settings) -> None:
    """Write the file of the warehouse anew: DuckDB leaves deleted rows in freed blocks of a file. Needs the lock to be free.

    A killed rewrite leaves the former file as it was.
    """
    with _locked(settings), reporting_damage(settings):
        _write_anew(settings)


def _write_anew(settings: Settings) -> None:
    """The rewrite itself; the caller has the lock and no connection."""
    fresh, file = settings.warehouse.with_suffix(".fresh"), settings.warehouse
    shutil.rmtree(file.parent / "spill", ignore_errors=True)  # of a killed run
    with connect() as con:
        con.execute("set memory_limit = ?", [f"{settings.memory_gb}GB"])
        con.execute("set temp_directory = ?", [str(file.parent / "spill")])
        for name in (fresh, Path(f"{fresh}.wal")):
            name.unlink(missing_ok=True)
        con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])
        attach(con, file, "former")
        attach(con, fresh, "fresh")
        con.execute("checkpoint former; copy from database former to fresh; checkpoint fresh")
    fresh.replace(file)


def is_dense(
    con: duckdb.DuckDBPyConnection, version: str, *, database: str | None = None, least_freed: int = 0
) -> bool:
    """Whether the file, or an attached one, has this format and is not much larger than its content: deleted rows leave freed blocks.

    `least_freed`: so many free bytes are few in any case.
    """
    return con.execute(
        """
        select starts_with(tags['storage_version'], $version)
            and (free_blocks <= $most * total_blocks or free_blocks * block_size <= $least)
        from pragma_database_size() join duckdb_databases() using (database_name)
        where database_name = coalesce($database, current_database())
        """,
        {"version": version, "most": MOST_FREE, "least": least_freed, "database": database},
    ).fetchall()[0][0]


def load_spatial(con: duckdb.DuckDBPyConnection, sql: str = "ST_") -> None:
    """Load the functions ST_... if `sql` uses one. The first call takes 0.3 s, later calls take no time.

    The extension is a Python package, because a closed network cannot download it.
    """
    if "ST_" in sql:
        with _loading:  # without the lock, a second thread would continue before the functions exist
            con.execute(f"load '{_spatial_extension()}'")


@cache
def _spatial_extension() -> Path:
    folder = Path(str(files("duckdb_extension_spatial"))) / "extensions" / f"v{duckdb.__version__}"
    return folder / "spatial.duckdb_extension"


def reference_files(reference: Path = REFERENCE) -> list[Path]:
    """The code tables and divisions that become tables of schema `reference`."""
    return sorted(reference.rglob("*.csv"))


@cache
def reference_digest(reference: Path = REFERENCE) -> str:
    """sha256 of the names and contents of the reference files."""
    content = b"".join(file.name.encode() + file.read_bytes() for file in reference_files(reference))
    return hashlib.sha256(content).hexdigest()


def prepare(con: duckdb.DuckDBPyConnection, reference: Path = REFERENCE) -> None:
    """Create the schemas, and load the reference tables when their files have changed."""
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
    """Commits all statements inside, or rolls all of them back."""
    con.begin()
    try:
        yield
    except BaseException:
        con.rollback()
        raise
    con.commit()


def swap(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Replace `<schema>.<name>` by its staging table or view `<schema>.<name>__next`. Call it inside a transaction."""
    name = table.split(".")[1]
    drop(con, table)
    _for_table_or_view(con, f"alter {{kind}} {table}{STAGING} rename to {identifier(name)}")


def drop(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Drop the table or view `schema.name` if it exists."""
    _for_table_or_view(con, f"drop {{kind}} if exists {table}")


def _for_table_or_view(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Run `sql` with {kind} as table, and if that fails as view. To query the catalogue first takes ten times as long."""
    try:
        con.execute(sql.format(kind="table"))
    except duckdb.CatalogException as error:
        if "view" not in str(error).lower():
            raise
        con.execute(sql.format(kind="view"))


def table_exists(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether `schema.name` exists, as a table or a view. To query the catalogue takes ten times as long, once for each of its columns."""
    try:
        con.execute(f"select 1 from {table} limit 0")
    except duckdb.CatalogException:
        return False
    return True
