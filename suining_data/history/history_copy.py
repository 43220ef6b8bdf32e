"""The history in the copy of the registry: it survives a lost warehouse, as the ids do.

Here: copying schema `history` into an attached file, and back into a warehouse that has none. Not here: the file itself
(linkage/registry_backup.py).
"""

import duckdb

from suining_data.changes import take_differing
from suining_data.warehouse import drop

Connection = duckdb.DuckDBPyConnection


def copy_history(con: Connection, into: str) -> None:
    """Bring the attached database `into` up to schema `history` of this warehouse, whatever it has of it."""
    con.execute(f"create schema if not exists {into}.history")
    tables = _tables(con, _database(con))
    for table in tables:
        take_differing(con, f"{into}.history.{table}", f"history.{table}")
    for table in set(_tables(con, into)) - set(tables):
        drop(con, f"{into}.history.{table}")


def restore_history(con: Connection, source: str) -> None:
    """Copy the history of the attached database `source` into a warehouse that has no such tables yet."""
    present = _tables(con, _database(con))
    for table in _tables(con, source):
        if table not in present:
            con.execute(f"create table history.{table} as from {source}.history.{table}")


def _tables(con: Connection, database: str) -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'history' order by 1",
        [database],
    ).fetchall()
    return [table for (table,) in rows]


def _database(con: Connection) -> str:
    return str(con.execute("select current_database()").fetchall()[0][0])
