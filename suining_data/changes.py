"""What a promotion changes in a table, as rows: the table change.<schema>__<table>.

Here: comparing a staging table with the current table, the rows that differ, promoting them with the table; giving a copy of a
table only the rows that differ.
Not here: when a table is compared and who reads its changes (orchestration/).

A change table has the columns of its table and `is_added`: false for a row that was there before, true for a row that is
there now. A corrected row is one of each. Rows are compared by a hash of 64 bits of all their columns: for the 2.6 million
rows of linked.person_record that takes 0.7 s, and `except all` ten times as long.
"""

from dataclasses import dataclass, replace

import duckdb

from suining_data.sql import identifier
from suining_data.warehouse import STAGING, drop, swap, table_exists, transaction

MOST_LISTED = 0.5  # share of the rows; where more differ, whoever reads the table reads it whole

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Content:
    """What rows there are, whatever their order: their number, and the sum of their hashes."""

    rows: int
    hashes: int


@dataclass(frozen=True)
class Difference:
    """How a staging table differs from the current table: rows that are new, and rows that are no longer there."""

    added: int
    removed: int
    is_listed: bool  # whether the change table has these rows
    is_beside: bool = False  # whether a table that is promoted with it has changed, which is not listed
    before: Content | None = None  # of the rows that are replaced, where they were compared
    after: Content | None = None  # of the rows that replace them

    @property
    def is_none(self) -> bool:
        """Whether the tables have the same rows, so that nobody has to read them again."""
        return self.is_listed and not self.added and not self.removed and not self.is_beside


UNKNOWN = Difference(0, 0, is_listed=False)


def change_table(table: str) -> str:
    """The change table of `schema.name`."""
    return f"change.{table.replace('.', '__')}"


def compare(con: Connection, table: str, touched: str = "") -> Difference:
    """Compare `schema.name` with its staging table, and write the staging table of its change table.

    `touched`: a SELECT of the record_id of rows that count as changed although they are equal, because something that is
    kept beside the table has changed for them. Not listed if there is no current table, or its columns are others.
    """
    columns = _columns(con, table)
    if not columns or columns != _columns(con, f"{table}{STAGING}"):
        return replace(UNKNOWN, after=content_of(con, f"{table}{STAGING}"))
    with transaction(con):  # row ids are those of one state: between two transactions DuckDB may number rows anew
        return compare_rows(con, table, table, f"{table}{STAGING}", touched)


def compare_rows(con: Connection, table: str, before: str, after: str, touched: str = "") -> Difference:
    """Compare `before` and `after`, tables with the columns of `table` whose rows are or replace some or all of its rows."""
    columns = [name for name, *_ in con.execute(f"describe {table}").fetchall()]
    was = _hash_rows(con, "digest_before", before, columns)
    now = _hash_rows(con, "digest_after", after, columns)
    removed = _keep_changed(con, "row_removed", "digest_before", "digest_after", before, touched)
    added = _keep_changed(con, "row_added", "digest_after", "digest_before", after, touched)
    # not if a row is there more often than before
    explains_all = now.hashes - was.hashes == added.hashes - removed.hashes
    rows = con.execute(f"select greatest((select count(*) from {table}), (select count(*) from {after}))").fetchall()
    if not explains_all or removed.rows + added.rows > MOST_LISTED * int(rows[0][0]):
        return Difference(added.rows, removed.rows, is_listed=False, before=was, after=now)
    con.execute(f"""
        create or replace table {change_table(table)}{STAGING} as
        select false as is_added, * from {before} where rowid in (select row from row_removed)
        union all by name
        select true as is_added, * from {after} where rowid in (select row from row_added)
    """)
    return Difference(added.rows, removed.rows, is_listed=True, before=was, after=now)


def take_differing(con: Connection, copy: str, table: str) -> None:
    """Make `copy` a copy of `table`. If it has the same columns already, it takes only the rows that differ."""
    with transaction(con):  # see compare
        columns = _described(con, table)
        if (
            not table_exists(con, copy)
            or columns != _described(con, copy)
            or not _take_rows(con, copy, table, list(columns))
        ):
            con.execute(f"create or replace table {copy} as from {table}")


def _take_rows(con: Connection, copy: str, table: str, columns: list[str]) -> bool:
    """False if many rows differ, or some are there more often than before; then the copy is left as it was."""
    was, now = _hash_rows(con, "digest_before", copy, columns), _hash_rows(con, "digest_after", table, columns)
    if was == now:
        return True
    removed = _keep_changed(con, "row_removed", "digest_before", "digest_after", copy, "")
    added = _keep_changed(con, "row_added", "digest_after", "digest_before", table, "")
    explained = Content(was.rows - removed.rows + added.rows, was.hashes - removed.hashes + added.hashes)
    if explained != now or removed.rows + added.rows > MOST_LISTED * now.rows:
        return False
    con.execute(f"delete from {copy} where rowid in (select row from row_removed)")
    con.execute(f"insert into {copy} by name from {table} where rowid in (select row from row_added)")
    return True


def _described(con: Connection, table: str) -> dict[str, str]:
    """Name and type of each column."""
    return {name: kind for name, kind, *_ in con.execute(f"describe {table}").fetchall()}


def is_same(con: Connection, relation: str, other: str) -> bool:
    """Whether two relations, each a table or a subquery with the same columns, have the same rows."""
    return content_of(con, relation) == content_of(con, other)


def content_of(con: Connection, relation: str) -> Content:
    """The content of a table or a subquery."""
    columns = [name for name, *_ in con.execute(f"describe select * from {relation}").fetchall()]
    return _content(con, f"{relation} as compared", _hash(columns))


def promote(con: Connection, table: str, difference: Difference) -> None:
    """Make the change table current; call it in the transaction that promotes the table."""
    if difference.is_listed:
        swap(con, change_table(table))
    else:
        drop(con, change_table(table))


def _columns(con: Connection, table: str) -> list[tuple[str, str]]:
    """Name and type of each column of a table in order; empty if it does not exist or is a view."""
    return con.execute(
        "select column_name, data_type from duckdb_columns() join duckdb_tables() using (database_name, schema_name, table_name) "
        "where database_name = current_database() and schema_name = ? and table_name = ? order by column_index",
        table.split("."),
    ).fetchall()


def _hash(columns: list[str]) -> str:
    """SQL: the hash of a row of `compared`. hash(compared) would be the same number in eight times the time."""
    return f"hash({', '.join(f'compared.{identifier(name)}' for name in columns)})"


def _hash_rows(con: Connection, into: str, table: str, columns: list[str]) -> Content:
    """Fill a temporary table with row and digest of each row."""
    con.execute(
        f"create or replace temp table {into} as select rowid as row, {_hash(columns)} as digest from {table} as compared"
    )
    return _content(con, into, "digest")


def _keep_changed(con: Connection, into: str, rows: str, others: str, table: str, touched: str) -> Content:
    """Fill a temporary table with the rows whose digest none of the others has, and the touched ones."""
    also = f"union select row, digest from {rows} join {table} as t on t.rowid = row where record_id in ({touched})"
    con.execute(f"""
        create or replace temp table {into} as
        select row, digest from {rows} anti join {others} using (digest) {also if touched else ""}
    """)
    return _content(con, into, "digest")


def _content(con: Connection, rows: str, digest: str) -> Content:
    counted = con.execute(f"select count(*), coalesce(sum({digest}), 0) from {rows}").fetchall()
    return Content(int(counted[0][0]), int(counted[0][1]))
