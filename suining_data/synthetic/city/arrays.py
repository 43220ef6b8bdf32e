"""Numpy columns as DuckDB tables.

Here: `create_from_arrays`. Not here: what the columns mean (families.py, people.py, names.py).
"""

from collections.abc import Mapping
from typing import Any

import duckdb
import pandas as pd


def create_from_arrays(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, Any], select: str = "*"
) -> None:
    """Create `table` from arrays of equal length; `select` is the select list, with the columns by name."""
    con.register("arrays", pd.DataFrame(columns))
    con.execute(f"create table {table} as select {select} from arrays")
    con.unregister("arrays")
