"""How the texts of a table are stored: each text column says its compression when the table is created.

Here: which columns are compressed, creating a table from a SELECT. Not here: the file of the warehouse (warehouse.py).

DuckDB can choose a compression itself, but looking for one takes as long as writing the table. Compressing what repeats
(codes, addresses) saves 60 MB and more for a second of work, what hardly repeats (names, numbers) 10 to 45 MB.
"""

import re

import duckdb

from suining_data.sql import identifier

RARELY_REPEATED = re.compile(
    "(person|organization|resident|relationship|credential|enrolment|conflict)_id|(.*_)?name|phone|(near_)?number|identifier|token|root"
)


def create_table(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> int:
    """Create or replace a table with the rows of a SELECT. Returns their number."""
    columns = [
        f"{identifier(name)} {kind}{_compression(name, kind)}"
        for name, kind, *_ in con.execute(f"describe {sql}").fetchall()
    ]
    temporary = "temp " if table.startswith("temp.") else ""
    con.execute(f"create or replace {temporary}table {table} ({', '.join(columns)})")
    written = con.execute(f"insert into {table} {sql}").fetchone()
    return int(written[0]) if written else 0


def _compression(column: str, kind: str) -> str:
    if kind != "VARCHAR":
        return ""
    return f" using compression {'uncompressed' if RARELY_REPEATED.fullmatch(column) else 'dict_fsst'}"
