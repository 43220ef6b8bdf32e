"""Rows of an exchange table that a later fetch has replaced or ended: only the last word on a key goes on.

Here: finding them among the raw rows, by the key of the table as it was delivered. They are accounted as superseded.
Not here: rows with one key of the resource (run.py), what was fetched when (ingestion/).
"""

import duckdb

from suining_data.catalog import Resource
from suining_data.catalog.model import Exchange
from suining_data.ingestion import DELETED
from suining_data.sql import identifier, literal

OUTDATED = "temp.next_outdated"


def find_outdated(con: duckdb.DuckDBPyConnection, resource: Resource, exchange: Exchange, delivered: str) -> None:
    """Fills the table OUTDATED (shape of governance.superseded) from `delivered`, a SELECT of raw rows and `_place`,
    the position of their batch. A row that says that its key is gone stands for itself: it is staged nowhere."""
    key = ", ".join(identifier(column) for column in exchange.key)
    con.execute(f"""
        create or replace temp table next_outdated as
        select {literal(resource.id)} as resource_id, batch_id, line_number, last_id as superseded_by
        from (
            select batch_id, line_number, record_id, {_is_gone(exchange)} as is_gone,
                first_value(record_id) over (partition by {key} order by _place desc, line_number desc) as last_id
            from ({delivered})
        )
        where record_id <> last_id or is_gone
    """)


def _is_gone(exchange: Exchange) -> str:
    marked = f"coalesce({DELETED}, '') <> ''"
    if exchange.deleted is None:
        return marked
    values = ", ".join(literal(value) for value in exchange.deleted.values)
    return f"({marked} or coalesce(trim({identifier(exchange.deleted.column)}) in ({values}), false))"
