"""The labelled views in a published file.

Here: creating them with their descriptions. Not here: what they are (models/labelled.py).
"""

from collections.abc import Sequence

import duckdb

from suining_data.models import Model, described
from suining_data.sql import literal
from suining_data.warehouse import transaction


def add_labelled(con: duckdb.DuckDBPyConnection, database: str, views: Sequence[Model]) -> None:
    """Create the views in an attached database that has the tables that they read."""
    cursor = con.cursor()  # views are bound to the tables of the database in use
    cursor.execute(f"use {database}")
    with transaction(cursor):
        for view in views:
            cursor.execute(f"create or replace view {view.table} as {view.sql}")
            description = view.contract.description
            cursor.execute(f"comment on view {view.table} is {literal(f'{description.zh} · {description.en}')}")
            for name, column in view.contract.columns.items():
                zh, en = described(name, column)
                cursor.execute(f"comment on column {view.table}.{name} is {literal(f'{zh} · {en}')}")
    cursor.close()
