"""Giving a published table only the rows that changed since it was published.

Here: finding the rows that are gone, replacing them. A table is asked for whole (False) wherever this cannot be sure.
Not here: what changed in the warehouse (suining_data/changes.py), where a published table comes from (next_snapshot.py).
"""

import duckdb

from suining_data.changes import change_table
from suining_data.incremental import reading
from suining_data.sql import identifier

MOST_REPLACED = 0.2  # share of the rows; where more come and go, a table that is written anew is smaller and no slower

Connection = duckdb.DuckDBPyConnection


def version_of(con: Connection, table: str) -> str:
    """Version of the current table; empty for a table that no step makes."""
    state = con.execute("select version from governance.table_state where table_name = ?", [table]).fetchone()
    return state[0] if state else ""


def leads_from(con: Connection, table: str, version: str) -> bool:
    """Whether the change table of `schema.name` leads from this version to the present one."""
    state = con.execute("select changed_from from governance.table_state where table_name = ?", [table]).fetchall()
    return bool(version) and state == [(version,)]


def take_changes(con: Connection, target: str, table: str, sql: str = "") -> bool:
    """Bring `target`, a copy of `table` as it was before its last promotion, up to date; call it inside a transaction.

    `sql`: where the target has not the rows of the table but this SELECT of it, which makes a row of each row. False if
    the target has to be written anew; it is left as it was.
    """
    columns = _columns(con, sql or f"from {table}")
    if columns != _columns(con, f"from {target}"):
        return False
    for name, condition in (("removed_row", "not is_added"), ("added_row", "is_added")):
        changed = f"select * exclude (is_added) from {change_table(table)} where {condition}"
        _select_into(con, name, changed, table, sql)
    removed, added, before, after = (_count(con, name) for name in ("removed_row", "added_row", target, table))
    if removed + added > MOST_REPLACED * after or before - removed + added != after:
        return False
    if removed:
        _find_removed(con, target, columns)
        if _count(con, "found_row") != removed:
            return False
        con.execute(f"delete from {target} where rowid in (from found_row)")
    con.execute(f"insert into {target} by name from added_row")
    return True


def _columns(con: Connection, sql: str) -> list[tuple[str, str]]:
    return [(name, kind) for name, kind, *_ in con.execute(f"describe {sql}").fetchall()]


def _count(con: Connection, table: str) -> int:
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


def _select_into(con: Connection, name: str, changed: str, table: str, sql: str) -> None:
    """Fill a temporary table with the changed rows, or with what the SELECT makes of them.

    The SELECT reads them from a temporary table with the name of the table, because it may use it to name columns.
    """
    if not sql:
        con.execute(f"create or replace temp table {name} as {changed}")
        return
    changed_name = f"temp.{identifier(table.split('.')[1])}"
    con.execute(f"create or replace temp table {changed_name} as {changed}")
    con.execute(f"create or replace temp table {name} as {reading(sql, table, changed_name)}")
    con.execute(f"drop table {changed_name}")


def _find_removed(con: Connection, target: str, described: list[tuple[str, str]]) -> None:
    """Fill a temporary table with the row ids of the rows that are equal to a removed row.

    By one column first, which takes a tenth of the time: the one with the most different values. Not by shapes, of which DuckDB
    1.5 finds none with `in`.
    """
    columns = [name for name, _ in described]
    counts = con.execute(
        f"select {', '.join(f'count({identifier(c)}), approx_count_distinct({identifier(c)})' for c in columns)}, "
        "count(*) from removed_row"
    ).fetchall()[0]
    different = {
        name: counts[2 * n + 1]
        for n, (name, kind) in enumerate(described)
        if counts[2 * n] == counts[-1] and not kind.startswith("GEOMETRY")
    }
    where = ""
    if different:
        first = identifier(max(different, key=lambda name: different[name]))
        con.execute(f"""
            create or replace temp table likely_row as
            select rowid as row from {target} where {first} in (select {first} from removed_row)
        """)
        where = "where rowid in (from likely_row)"
    equal = " and ".join(f"t.{identifier(c)} is not distinct from r.{identifier(c)}" for c in columns)
    con.execute(f"""
        create or replace temp table found_row as
        select t.row from (select rowid as row, * from {target} {where}) as t semi join removed_row as r on {equal}
    """)
