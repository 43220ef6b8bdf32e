"""What is published, in a few numbers: whether it is whole, and whether two refreshes say the same.

Here: digests of the tables of a published file, and of its manifest. Not here: what makes them differ (the tests).
"""

import hashlib
import json
from pathlib import Path

import duckdb

from suining_data.warehouse import LABELLED

OF_THE_RUN = {
    *("run_id", "first_seen_at", "finished_at", "write_seconds", "wait_seconds", "check_seconds"),
    *("recorded_at", "recorded_from", "recorded_to", "begun_run", "ended_run", "change_id", "membership_id"),
    "changed_from",  # whether a table took changed rows or was written anew
    *("version", "input_digest", "inputs"),  # they begin with the runs that read the batches
}
BASES = ("population.", "legal_entity.", "spatial.", "macro.")
OF_THE_PAST = tuple(f"{kind}{view}" for kind in ("_history", "_membership", "_version") for view in ("", LABELLED))
Contents = dict[str, tuple[int, str]]  # table -> rows, digest of all values but those of the run


def contents(published: Path) -> Contents:
    """Every table of the published file, whatever the order of its rows."""
    with duckdb.connect(str((published / "suining.duckdb").resolve()), read_only=True) as con:
        columns: dict[str, list[str]] = {}
        for schema, table, column in con.execute(
            "select schema_name, table_name, column_name from duckdb_columns() where not internal order by all"
        ).fetchall():
            columns.setdefault(f"{schema}.{table}", []).append(column)
        return {table: _digest(con, table, names) for table, names in columns.items()}


def _digest(con: duckdb.DuckDBPyConnection, table: str, columns: list[str]) -> tuple[int, str]:
    values = ", ".join(f'"{name}"::varchar' for name in columns if name not in OF_THE_RUN) or "1"
    found = con.execute(
        f"select count(*), coalesce(sum(hash(row({values}))::hugeint), 0)::varchar from {table}"
    ).fetchone()
    assert found
    return found


def bases(published: Path) -> Contents:
    """The tables of the four bases that are about today: what a refresh gives, whatever was published before it."""
    return {
        table: content
        for table, content in contents(published).items()
        if table.startswith(BASES) and not table.endswith(OF_THE_PAST)
    }


def is_whole(published: Path) -> bool:
    """Every file of the snapshot in use is the one that its manifest tells of."""
    manifest = json.loads((published / "manifest.json").read_text(encoding="utf-8"))
    files = [manifest["database"], *manifest["tables"]]
    return all(hashlib.sha256((published / each["file"]).read_bytes()).hexdigest() == each["sha256"] for each in files)


def balances(published: Path) -> bool:
    """Every line of every batch is accounted for."""
    with duckdb.connect(str((published / "suining.duckdb").resolve()), read_only=True) as con:
        return con.execute("""
            select count(*) > 0 and bool_and(lines_total = header_lines + continuation_lines + rejected + raw
                and raw = staged + quarantined + superseded)
            from governance.row_account""").fetchone() == (True,)
