"""A copy of the identity registry and the history next to the warehouse: with the copy and landing/, all else can be rebuilt.

Here: replacing the copy in one step, and reading it into a warehouse that has no registry yet.
Not here: the registry itself (registry.py), the history (history/), the published file (publication/). The copy has
identity numbers, so it is never published.
"""

import duckdb

from suining_data.history import copy_history, restore_history
from suining_data.linkage.registry import number_decisions
from suining_data.settings import Settings
from suining_data.sql import literal

FORMAT = "v1.3.0"  # of DuckDB's file: the first with dict_fsst, which halves the size of texts in the same time


def back_up_registry(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Write all tables of the schemas `registry` and `history` into a new file, and replace the former copy by it."""
    file = settings.registry_backup
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    con.execute(f"attach {literal(fresh)} as backup (storage_version '{FORMAT}')")
    try:
        for table in _tables(con):
            con.execute(f"create table backup.{table} as from registry.{table}")
        copy_history(con, "backup")
        con.execute("checkpoint backup")
    finally:
        con.execute("detach backup")
    fresh.replace(file)


def restore_registry(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Fill registry and history of a new warehouse from the copy. A registry that has rows is not changed, nor a history."""
    tables = _tables(con)
    is_new = not any(con.execute(f"select 1 from registry.{table} limit 1").fetchone() for table in tables)
    if not is_new or not settings.registry_backup.exists():
        return
    con.execute(f"attach {literal(settings.registry_backup)} as backup (read_only)")
    try:
        for table in _tables(con, "backup", "main"):  # the copy of an older version has fewer
            con.execute(f"insert into registry.{table} by name from backup.{table}")
        restore_history(con, "backup")
        number_decisions(con)
    finally:
        con.execute("detach backup")


def _tables(con: duckdb.DuckDBPyConnection, database: str | None = None, schema: str = "registry") -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() "
        "where database_name = coalesce(?, current_database()) and schema_name = ? order by 1",
        [database, schema],
    ).fetchall()
    return [table for (table,) in rows]
