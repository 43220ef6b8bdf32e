"""Figures of one row of SQL.

Here: what every section reads its figures with. Not here: what they mean.
"""

import duckdb

Figure = float | int | str | None
Figures = dict[str, Figure]


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> list[Figures]:
    """The rows of a SELECT, each by column name; shares with six digits."""
    selected = con.execute(sql)
    names = [column[0] for column in selected.description]
    return [dict(zip(names, map(_rounded, row), strict=True)) for row in selected.fetchall()]


def row_of(con: duckdb.DuckDBPyConnection, sql: str) -> Figures:
    """The one row of a SELECT."""
    (row,) = rows_of(con, sql)
    return row


def _rounded(value: Figure) -> Figure:
    return round(value, 6) if isinstance(value, float) else value
