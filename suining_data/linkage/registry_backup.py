"""A copy of what nothing can compute again, next to the warehouse: with the copy, raw/ and landing/, all else can be rebuilt.

Here: replacing the copy in one step, reading it into a warehouse that is new, whether it is still as it was written.
Not here: what it has: the registry (registry.py), the history (history/), the ledger of batches (ingestion/ledger.py); the
published file (publication/). The copy has identity numbers, so it is never published.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from suining_data.access import note_head
from suining_data.changes import take_differing
from suining_data.damage import damaged_copy, is_damage
from suining_data.digests import copy_file, digest_of_file
from suining_data.encryption import FORMAT, attach, is_database_as_set
from suining_data.history import copy_history, restore_history
from suining_data.linkage.registry import number_decisions
from suining_data.settings import Settings
from suining_data.warehouse import LEDGER_TABLES, drop, is_dense, transaction


def back_up_registry(con: duckdb.DuckDBPyConnection, settings: Settings, *, anew: bool = False) -> None:
    """Write schemas `registry` and `history` and the ledger into a new file, and replace the former copy by it.

    It starts as the former copy and takes the rows that differ, unless the former is not as it was written or half empty, or
    it is to be written `anew`: blocks of deleted rows still have them. With the last hash of the access log, so that whoever
    cuts off its end is found out.
    """
    note_head(con, settings)
    file = settings.registry_backup
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    for left in (fresh, Path(f"{fresh}.wal")):  # of a killed run
        left.unlink(missing_ok=True)
    try:
        if anew or not _attach_former(con, settings, fresh):
            attach(con, fresh, "backup")
        tables = {table: f"registry.{table}" for table in _tables(con)}
        ledger = set(LEDGER_TABLES) & set(_tables(con, schema="governance"))
        tables |= {f"ledger.{table}": f"governance.{table}" for table in ledger}
        con.execute("create schema if not exists backup.ledger")
        for copy, table in tables.items():
            take_differing(con, f"backup.{copy}", table)
        for table in set(_tables(con, "backup", "main")) - tables.keys():
            drop(con, f"backup.main.{table}")
        copy_history(con, "backup")
        con.execute("checkpoint backup")
    finally:
        con.execute("detach database if exists backup")
    fresh.replace(file)
    _seal(settings).write_text(digest_of_file(file), encoding="utf-8")


def copy_is_whole(settings: Settings, *, by_content: bool = False) -> bool:
    """Whether the copy is the one that was written last, encrypted as the settings want it. It is read only `by_content`, or if it was touched since."""
    file, seal = settings.registry_backup, _seal(settings)
    if not file.exists() or not seal.exists() or not is_database_as_set(file):
        return False
    is_older = file.stat().st_mtime_ns <= seal.stat().st_mtime_ns
    return (is_older and not by_content) or seal.read_text(encoding="utf-8") == digest_of_file(file)


def restore_registry(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Fill registry, history and ledger of a new warehouse from the copy, all or none. Raises DamagedFile.

    A registry that has rows is not changed, nor a history, nor a ledger.
    """
    is_new = not any(con.execute(f"select 1 from registry.{table} limit 1").fetchone() for table in _tables(con))
    if not is_new or not settings.registry_backup.exists():
        return
    with _attached(con, settings), transaction(con):
        for table in _tables(con, "backup", "main"):  # the copy of an older version has fewer
            con.execute(f"insert into registry.{table} by name from backup.{table}")
        for table in _tables(con, "backup", "ledger"):
            if con.execute(f"select 1 from governance.{table} limit 1").fetchone() is None:
                con.execute(f"insert into governance.{table} by name from backup.ledger.{table}")
        restore_history(con, "backup")
        number_decisions(con)


def _attach_former(con: duckdb.DuckDBPyConnection, settings: Settings, fresh: Path) -> bool:
    """Attach a copy of the former copy as `backup`, if it is as it was written, is encrypted as set and has few free blocks."""
    file, seal = settings.registry_backup, _seal(settings)
    if not file.exists() or not seal.exists() or not is_database_as_set(file):
        return False
    if copy_file(file, fresh) == seal.read_text(encoding="utf-8"):
        attach(con, fresh, "backup")
        if is_dense(con, FORMAT, database="backup"):
            return True
        con.execute("detach backup")
    fresh.unlink()
    return False


@contextmanager
def _attached(con: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[None]:
    try:
        attach(con, settings.registry_backup, "backup", read_only=True)
        yield
    except duckdb.Error as error:
        if is_damage(error):
            raise damaged_copy(settings) from error
        raise
    finally:
        con.execute("detach database if exists backup")


def _tables(con: duckdb.DuckDBPyConnection, database: str | None = None, schema: str = "registry") -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = coalesce(?, current_database()) and schema_name = ? order by 1",
        [database, schema],
    ).fetchall()
    return [table for (table,) in rows]


def _seal(settings: Settings) -> Path:
    """The file with the sha256 of the copy."""
    return settings.registry_backup.with_suffix(".sha256")
