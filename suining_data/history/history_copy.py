"""The history in the copy of the registry: it survives a lost warehouse, as the ids do.

Here: copying schema `history` into an attached file, and back into a warehouse that has none. Not here: the file itself
(linkage/registry_backup.py).
"""

import duckdb

Connection = duckdb.DuckDBPyConnection


def copy_history(con: Connection, into: str) -> None:
    """Copy all tables of schema `history` of this warehouse into the attached database `into`."""
    _copy(con, _database(con), into)


def restore_history(con: Connection, source: str) -> None:
    """Copy the history of the attached database `source` into a warehouse that has no such tables yet."""
    _copy(con, source, _database(con))


def _copy(con: Connection, source: str, target: str) -> None:
    present = set(_tables(con, target))
    con.execute(f"create schema if not exists {target}.history")
    for table in _tables(con, source):
        if table not in present:
            con.execute(f"create table {target}.history.{table} as from {source}.history.{table}")


def _tables(con: Connection, database: str) -> list[str]:
    rows = con.execute(
        "select table_name from duckdb_tables() where database_name = ? and schema_name = 'history' order by 1",
        [database],
    ).fetchall()
    return [table for (table,) in rows]


def _database(con: Connection) -> str:
    return str(con.execute("select current_database()").fetchall()[0][0])
