"""The last hash of the access log, kept in the registry and so in its copy and in every backup.

Here: the table registry.access_head. Not here: the log (log.py), when it is noted (linkage/registry_backup.py).
"""

import duckdb

from suining_data.access.chain import Head
from suining_data.access.log import head
from suining_data.clock import NOW
from suining_data.settings import Settings
from suining_data.warehouse import table_exists

TABLE = "create table if not exists registry.access_head (number bigint, hash varchar, noted_at timestamp)"


def note_head(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Remember the last entry of the log, unless it is known already."""
    con.execute(TABLE)  # a warehouse of an older version lacks it
    last = head(settings)
    if last.number and last not in known_heads(con):
        con.execute(f"insert into registry.access_head values (?, ?, {NOW})", [last.number, last.hash])


def known_heads(con: duckdb.DuckDBPyConnection) -> list[Head]:
    """The entries that were seen in the log."""
    if not table_exists(con, "registry.access_head"):  # of an older version
        return []
    return [Head(*row) for row in con.execute("select number, hash from registry.access_head order by all").fetchall()]
