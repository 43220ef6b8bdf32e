"""The seal of a table: what rows it was promoted with. Who changes a row by hand leaves the seal as it was.

Here: the table governance.table_seal, which is not published; the seal of a table that is promoted; the tables that differ from
their seal. Not here: the hash of rows (changes.py), the digests of files (digests.py).

Of a table of which only some rows are replaced the seal follows from these rows, so a change by hand stays one. The hash is of 64
bits and made to be fast: it finds faults and edits, not somebody who computes rows with the same sum. Against that the manifest
has the seals, too, and `suining verify --rebuild` makes the rows again.
"""

import duckdb

from suining_data.changes import Content, Difference, content_of

Connection = duckdb.DuckDBPyConnection

SEALS = "governance.table_seal"


def create_seals(con: Connection) -> None:
    """Create the table of the seals if it is missing, and seal as they are the tables that steps have written before.

    A seal of another version of DuckDB, whose hashes are others, is none.
    """
    con.execute(
        f"create table if not exists {SEALS} (table_name varchar primary key, rows bigint, hashes hugeint, duckdb varchar)"
    )
    unsealed = con.execute(
        f"""
        select table_name from governance.table_state
        semi join (
            select schema_name || '.' || table_name as table_name from duckdb_tables()
            where database_name = current_database() and schema_name <> 'history'  -- its rows are kept, not made
        ) using (table_name)
        anti join (from {SEALS} where duckdb = ?) using (table_name)
        """,
        [duckdb.__version__],
    ).fetchall()
    for (table,) in unsealed:
        seal(con, table)


def seal(con: Connection, table: str, difference: Difference | None = None, *, is_part: bool = False) -> None:
    """Seal a table that was promoted; call it in the transaction.

    `difference`: as it was found before; of the rows that were replaced if `is_part`.
    """
    content = difference.after if difference else None
    if is_part:
        former = seals(con).get(table)
        content = _replaced(former, difference) if former and difference else None
    found = content or content_of(con, table)
    con.execute(
        f"insert or replace into {SEALS} values (?, ?, ?, ?)",
        [table, found.rows, found.hashes, duckdb.__version__],
    )


def seals(con: Connection) -> dict[str, Content]:
    """The seals of all tables that this version of DuckDB has made."""
    rows = con.execute(f"select table_name, rows, hashes from {SEALS} where duckdb = ?", [duckdb.__version__])
    return {table: Content(int(count), int(hashes)) for table, count, hashes in rows.fetchall()}


def _replaced(former: Content, difference: Difference) -> Content | None:
    before, after = difference.before, difference.after
    if before is None or after is None:
        return None
    return Content(former.rows - before.rows + after.rows, former.hashes - before.hashes + after.hashes)
