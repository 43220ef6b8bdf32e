"""A model's table made beside the one in use.

Here: create `schema.name__next`. Not here: whether it is good (quality/), putting it in place (warehouse.swap).
"""

import duckdb

from suining_data.models.errors import ModelError, place
from suining_data.models.reading import Model, check_columns
from suining_data.warehouse import NEXT, load_spatial


def build(con: duckdb.DuckDBPyConnection, model: Model) -> int:
    """Creates `schema.name__next` and returns its rows; the table in use is not touched.

    Raises ModelError when DuckDB refuses the SQL or the columns are not those of the contract; nothing is left then.
    """
    side = f"{model.table}{NEXT}"
    con.execute(f"create schema if not exists {model.schema}")
    load_spatial(con, model.sql)
    try:
        con.execute(f"create or replace table {side} as {model.sql}")
        check_columns(model, [row[0] for row in con.execute(f"describe {side}").fetchall()])
    except duckdb.Error as error:
        con.execute(f"drop table if exists {side}")
        raise ModelError(f"{place(model.path)}: {str(error).strip().splitlines()[0]}") from error
    except ModelError:
        con.execute(f"drop table if exists {side}")
        raise
    row = con.execute(f"select count(*) from {side}").fetchone()
    assert row is not None
    return int(row[0])
