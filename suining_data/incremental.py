"""Writing only the rows of a table that changed rows of other tables can concern.

Here: the keys that changes concern, the SELECT of the table over these keys alone, replacing their rows. The tables of
linkage and the models of dbt_like_sql are both written in this way.
Not here: what has changed (changes.py), which tables are written so (linkage/tables.py, schema.yml), when (orchestration/).

The new rows are written to a table of their own. The staging table is then a view, of these and of the rows that stay, so that
the whole table is validated as always. To promote it deletes the rows of the keys and inserts the part.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import duckdb

from suining_data.changes import Difference, change_table, compare_rows
from suining_data.sql import identifier
from suining_data.warehouse import STAGING, drop, load_spatial, transaction

MOST_KEYS = 0.2  # share of the rows of the table; where more keys are concerned, the table is written whole

Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Incremental:
    """How the rows of a table follow from changed rows. Rows with the same `unique_key` are written together.

    `changed_by`: table that the SELECT reads -> a column of it that has the key, or a SELECT of keys from `changed`, its
    changed rows. Of a table with the column only the rows of the concerned keys are read, so they must suffice for the
    rows of a key. If a table that is not listed has changed, all rows are written.
    """

    unique_key: str
    changed_by: Mapping[str, str]

    def has_key(self, table: str) -> bool:
        """Whether the rows that a key needs of a table are found by a column."""
        return self.changed_by.get(table, "").isidentifier()


def part_of(table: str) -> str:
    """The table of the rows that `schema.name` gets. It is not in its schema, because a run that fails leaves it there."""
    return f"{change_table(table)}__part"


def write_changed(
    con: Connection, table: str, sql: str, incremental: Incremental, changed: Collection[str]
) -> int | None:
    """Write the staging view of `schema.name` for the `changed` tables. Returns the rows it will have.

    None if the table must be written whole; then nothing is left. `sql` is its SELECT; what it does not read concerns no row.
    """
    read = [name for name in changed if re.search(_mentioned(name), sql)]
    drop_part(con, table)
    if not all(name in incremental.changed_by for name in read):
        return None
    load_spatial(con, sql)
    with transaction(con):  # row ids are those of one state: between two transactions DuckDB may number rows anew
        concerned, rows = _find_keys(con, table, incremental, read)
        if concerned > MOST_KEYS * rows:
            return None
        key, keys = incremental.unique_key, _keys(table)
        _take_rows(con, "replaced_row", table, key, keys)
        if concerned:
            narrowed = _narrowed(con, sql, incremental, keys)
            con.execute(f"create table {part_of(table)} as select * from ({narrowed}) semi join {keys} using ({key})")
        else:
            con.execute(f"create table {part_of(table)} as from {table} limit 0")
        con.execute(f"""
            create view {table}{STAGING} as
            select * from {table} anti join {keys} using ({key}) union all by name select * from {part_of(table)}
        """)
    more = con.execute(
        f"select (select count(*) from {part_of(table)}) - (select count(*) from replaced_row)"
    ).fetchall()
    return rows + int(more[0][0])


def compare_part(con: Connection, table: str) -> Difference:
    """Like changes.compare, of the rows that are to be replaced and the part."""
    with transaction(con):
        return compare_rows(con, table, "replaced_row", f"{part_of(table)}")


def promote_changed(con: Connection, table: str, incremental: Incremental) -> None:
    """Replace the rows of the concerned keys by the part; call it inside a transaction."""
    con.execute(f"delete from {table} where {identifier(incremental.unique_key)} in (from {_keys(table)})")
    con.execute(f"insert into {table} by name from {part_of(table)}")
    drop_part(con, table)


def drop_part(con: Connection, table: str) -> None:
    """Drop the staging view of an incremental table and all that belongs to it."""
    drop(con, f"{table}{STAGING}")
    con.execute(f"drop table if exists {part_of(table)}; drop table if exists {_keys(table)}")


def _keys(table: str) -> str:
    return f"{change_table(table)}__key"


def _find_keys(con: Connection, table: str, incremental: Incremental, changed: Collection[str]) -> tuple[int, int]:
    """Fill the table of concerned keys. Returns their number and the rows of the table."""
    key = identifier(incremental.unique_key)
    selects = [
        f"(with changed as (from {change_table(name)}) {_select_keys(incremental.changed_by[name], key)})"
        for name in changed
    ]
    found = " union all ".join(selects) or f"select {key} from {table} where false"
    con.execute(f"""
        create or replace table {_keys(table)} as
        select distinct key as {key} from ({found}) as found(key) where key is not null
    """)
    counted = con.execute(f"select (select count(*) from {_keys(table)}), (select count(*) from {table})").fetchall()
    return int(counted[0][0]), int(counted[0][1])


def _select_keys(changed_by: str, key: str) -> str:
    return f"select {identifier(changed_by)} as {key} from changed" if changed_by.isidentifier() else changed_by


def _narrowed(con: Connection, sql: str, incremental: Incremental, keys: str) -> str:
    """The SELECT, reading of every table with the key only the rows of the concerned keys.

    These are in a temporary table with the name of the table, because the SELECT may use it to name columns.
    """
    taken: set[str] = set()
    for table, column in incremental.changed_by.items():
        name = table.split(".")[1]
        if incremental.has_key(table) and name not in taken and re.search(_mentioned(table), sql):
            taken.add(name)
            _take_rows(con, f"temp.{name}", table, column, keys)
            sql = reading(sql, table, f"temp.{name}")
    return sql


def reading(sql: str, table: str, other: str) -> str:
    """A SELECT that reads `other` wherever `sql` reads `table` (schema.name)."""
    return re.sub(_mentioned(table), other, sql)


def _take_rows(con: Connection, into: str, table: str, column: str, keys: str) -> None:
    """Fill a temporary table with the rows of the keys: found by one column first, which takes a tenth of the time."""
    con.execute(f"""
        create or replace temp table found_row as
        select rowid as row from {table} where {identifier(column)} in (from {keys});
        create or replace temp table {into} as from {table} where rowid in (select row from found_row)
    """)


def _mentioned(table: str) -> str:
    """Regular expression: the name of a table in a SELECT."""
    return rf"(?<![\w.]){re.escape(table)}(?!\w)"
