"""Builds the staging table or view of a model beside the current one.

Here: create `schema.name__next`, count its rows by kind. Not here: validating it (quality/), promoting it
(warehouse.swap).
"""

import duckdb

from suining_data.compression import create_table
from suining_data.models.errors import ModelError, place
from suining_data.models.reading import Model, check_columns
from suining_data.warehouse import STAGING, drop, load_spatial


def build(con: duckdb.DuckDBPyConnection, model: Model) -> int | None:
    """Create `schema.name__next` and return its number of rows, None for a view. The current table is not touched.

    Raises ModelError when DuckDB refuses the SQL or the columns are not those of the contract; then nothing is left.
    """
    staging = f"{model.table}{STAGING}"
    con.execute(f"create schema if not exists {model.schema}")
    load_spatial(con, model.sql)
    drop(con, staging)
    try:
        rows = None
        if model.is_view:
            con.execute(f"create view {staging} as {model.sql}")
        else:
            rows = create_table(con, staging, model.sql)
        check_columns(model, [row[0] for row in con.execute(f"describe {staging}").fetchall()])
    except duckdb.Error as error:
        drop(con, staging)
        raise ModelError(f"{place(model.path)}: {str(error).strip().splitlines()[0]}") from error
    except ModelError:
        drop(con, staging)
        raise
    return rows


def counts(con: duckdb.DuckDBPyConnection, model: Model) -> dict[str, int]:
    """Rows of `schema.name__next` by the values of the contract's `count_by`; empty when it has none."""
    column = model.contract.count_by
    if column is None:
        return {}
    rows = con.execute(f"select {column}, count(*) from {model.table}{STAGING} group by 1 order by 1").fetchall()
    return {str(value): count for value, count in rows}
