"""The time that is recorded: that of the machine's clock, and never before what was recorded before.

Here: the time as SQL and as a value, and what it may not be before. Not here: what is recorded (ingestion/, linkage/, history/,
quality/), the time of a delivered file (ingestion/arrival.py).

A machine's clock can go back: it was wrong and was set, or the machine was restored. What is recorded is ordered by its time:
whether a batch came after the last refresh, which decision is newer. So an opened warehouse looks for the latest time that it
has, and until the clock is past it, all that is recorded has the microsecond after it.
"""

from datetime import datetime

import duckdb

from suining_data.sql import identifier

NOW = "greatest(current_timestamp::timestamp, getvariable('not_before')::timestamp)"  # SQL
# every time of these, which hold what nothing can compute again, and the one day
RECORDED = """
    (data_type = 'TIMESTAMP' and (schema_name = 'registry' or schema_name || '.' || table_name
        in ('governance.batch', 'governance.accepted_batch', 'history.run')))
    or (schema_name, table_name, column_name) = ('registry', 'quality_score', 'scored_on')
"""


def set_not_before(con: duckdb.DuckDBPyConnection) -> None:
    """Find the latest time of the warehouse; what this connection records is after it."""
    columns = con.execute(f"""
        select schema_name, table_name, column_name from duckdb_columns() join duckdb_tables()
        using (database_name, schema_name, table_name) where database_name = current_database() and ({RECORDED})
    """).fetchall()
    latest = [f"select max({identifier(column)})::timestamp from {schema}.{table}" for schema, table, column in columns]
    if latest:
        con.execute(f"""
            set variable not_before = (
                select max(latest) + interval 1 microsecond from ({" union all ".join(latest)}) as t(latest))
        """)


def cursor(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another cursor of the same database, which records the same time: a cursor of DuckDB knows neither."""
    other = con.cursor()
    [(database, not_before)] = con.execute("select current_database(), getvariable('not_before')").fetchall()
    other.execute(f"use {identifier(database)}")
    if not_before is not None:
        other.execute("set variable not_before = $time", {"time": not_before})
    return other


def now(con: duckdb.DuckDBPyConnection) -> datetime:
    """The time that is recorded now."""
    [(time,)] = con.execute(f"select {NOW}").fetchall()
    return time
