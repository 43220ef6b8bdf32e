"""Rows of an exchange table that a later fetch replaced or deleted: only the last version of each key is staged.

Here: finding the outdated rows among the raw rows, by the delivered key of the table. They are counted as superseded.
Not here: rows with the same key of the resource (run.py), fetching (ingestion/).
"""

import duckdb

from suining_data.catalog import Resource
from suining_data.catalog.model import Exchange
from suining_data.ingestion import DELETED
from suining_data.sql import identifier, literal

OUTDATED = "temp.next_outdated"


def find_outdated(con: duckdb.DuckDBPyConnection, resource: Resource, exchange: Exchange, delivered: str) -> None:
    """Fills the table OUTDATED (columns as in governance.superseded) from `delivered`, a SELECT of raw rows and
    `_batch_position`, the position of their batch. A row that says that its key was deleted is outdated itself."""
    key = ", ".join(identifier(column) for column in exchange.key)
    con.execute(f"""
        create or replace temp table next_outdated as
        select {literal(resource.id)} as resource_id, batch_id, line_number, last_id as superseded_by
        from (
            select batch_id, line_number, record_id, {_is_deleted(exchange)} as is_deleted,
                first_value(record_id) over (partition by {key} order by _batch_position desc, line_number desc) as last_id
            from ({delivered})
        )
        where record_id <> last_id or is_deleted
    """)


def _is_deleted(exchange: Exchange) -> str:
    marked = f"coalesce({DELETED}, '') <> ''"
    if exchange.deleted is None:
        return marked
    values = ", ".join(literal(value) for value in exchange.deleted.values)
    return f"({marked} or coalesce(trim({identifier(exchange.deleted.column)}) in ({values}), false))"
