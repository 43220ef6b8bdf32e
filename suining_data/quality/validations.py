"""The last validation of every table: GX's suite and result as JSON, stored, for unchanged tables are not validated.

Here: governance.validation, and its files in a snapshot. Not here: validating (suite.py), the snapshot (publication/).
"""

from pathlib import Path

import duckdb

from suining_data.quality.suite import Validation

VALIDATIONS = "governance.validation"  # published as files, not as a table
FOLDERS = ("expectations", "validations")  # of a snapshot: <schema>.<table>.json in each


def create_validations(con: duckdb.DuckDBPyConnection) -> None:
    """Create governance.validation, if it does not exist."""
    con.execute(f"""
        create table if not exists {VALIDATIONS} (
            table_name varchar primary key, expectations varchar, result varchar, run_id varchar)
    """)


def keep_validation(con: duckdb.DuckDBPyConnection, table: str, validation: Validation, run_id: str) -> None:
    """Replace the stored validation of the table; call it in a transaction."""
    kept = [table, validation.expectations, validation.result, run_id]
    con.execute(f"insert or replace into {VALIDATIONS} values (?, ?, ?, ?)", kept)


def write_validations(con: duckdb.DuckDBPyConnection, snapshot: Path) -> list[tuple[str, str]]:
    """Write the suite and the last result of every table. Returns (table, file below `snapshot`) of each."""
    rows = con.execute(f"select table_name, expectations, result from {VALIDATIONS} order by table_name").fetchall()
    for folder in FOLDERS:
        (snapshot / folder).mkdir(exist_ok=True)
    written = []
    for table, *texts in rows:
        for folder, text in zip(FOLDERS, texts, strict=True):
            file = f"{folder}/{table}.json"
            (snapshot / file).write_text(text, encoding="utf-8")
            written.append((table, file))
    return written
