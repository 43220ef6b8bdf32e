"""How large the history is beside the tables that it is of.

Here: rows, and bytes in a DuckDB file. Not here: what makes it grow (test_as_of_any_night.py).
"""

from pathlib import Path

import duckdb

from suining_data.history import KEPT


def sizes(warehouse: Path, folder: Path) -> str:
    """Rows and bytes of the kept tables, and of their states. A text to print."""
    base = [kept.table for kept in KEPT]
    history = [*(kept.history for kept in KEPT), "history.run"]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        rows = {table: con.execute(f"select count(*) from {table}").fetchall()[0][0] for table in [*base, *history]}
        lines = [f"{table}: {count:,} rows" for table, count in rows.items()]
        sums = [_bytes(con, tables, folder / "size.duckdb") for tables in (base, history)]
    return "\n".join([*lines, f"{sums[0] / 2**20:.1f} MB of kept tables, {sums[1] / 2**20:.1f} MB of history"])


def _bytes(con: duckdb.DuckDBPyConnection, tables: list[str], file: Path) -> int:
    file.unlink(missing_ok=True)
    con.execute(f"attach '{file}' as size (read_write)")
    for table in tables:
        con.execute(f"create table size.{table.replace('.', '__')} as from {table}")
    con.execute("checkpoint size")
    con.execute("detach size")
    return file.stat().st_size
