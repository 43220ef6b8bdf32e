"""Two published files compared table by table, row by row: `python -m suining_data_tests.benchmarks.same_tables A B`.

Here: what is equal, what differs, what was renamed on purpose. Not here: making the files (`suining sample`, `refresh`).

Rows are compared as multisets, columns by their names. Left out are schema change, because it shows how a run changed a
table, the history (PAST), because it has what earlier runs found, what differs in every run (VOLATILE), and what was
reworded on purpose (REWORDED). Prints a line per table that differs and exits with 1 when there is one that RENAMED and
CHANGED do not explain.
"""

import argparse
import sys
from collections.abc import Collection, Set
from pathlib import Path

import duckdb

from suining_data.changes import is_same
from suining_data.sql import literal, literals

VOLATILE = {
    "run_id",
    "minted_at",
    "changed_at",
    "happened_at",
    "finished_at",
    "write_seconds",
    "check_seconds",
    "wait_seconds",
}
PAST = {  # what earlier runs recorded: two ways to the same bases have different pasts
    *("governance.change", "governance.refresh", "governance.silent_revision", "population.household_membership"),
    *("population.person_version", "population.person_history"),
    *("legal_entity.organization_version", "legal_entity.organization_history"),
    *("social_security.employment_history", "legal_entity.license_history", "spatial.real_estate_right_history"),
    *("governance.quality_score", "governance.correction", "governance.value_in_question", "governance.check_history"),
    *("registry.quality_score", "registry.correction", "registry.correction_reply", "registry.check_history"),
}
VOLATILE |= {"first_seen_at", "input_digest", "inputs", "version", "changed_from"}
# texts for people that were reworded, tokens that were made anew, and columns that moved
REWORDED = {"reason_en", "en", "zh", "source", "position", "matched", "evidence", "table_zh", "description"}

# names of the file before -> names of the file after, since the last release
RENAMED = {
    "place": "survivorship_rank",
    "last_told_date": "last_reported_date",
    "first_told_date": "first_reported_date",
}
RENAMED_TABLES = {
    "linked.organization_unidentified": "linked.organization_unresolved",
    "linked.person_unidentified": "linked.person_unresolved",
}
NAMES = {"governance.dictionary": ("column_name", RENAMED), "governance.table_state": ("table_name", RENAMED_TABLES)}


def main() -> int:
    """Compare the files named on the command line; 0 when their tables are the same."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--show", type=int, default=0, help="rows to show of every difference")
    arguments = parser.parse_args()
    with duckdb.connect() as con:
        for name in ("before", "after"):
            con.execute(f"attach '{getattr(arguments, name)}' as {name} (read_only)")
        differing = differing_tables(con, VOLATILE | REWORDED, arguments.show)
        total = len(_columns(con, "after"))
    print(f"{total - len(differing)} tables are the same, {len(differing)} differ")
    return 1 if differing else 0


def differing_tables(
    con: duckdb.DuckDBPyConnection, left_out: Set[str], show: int, schemas_left_out: Collection[str] = ()
) -> list[str]:
    """The tables of the attached files `before` and `after` that are not the same, in order; prints how they differ.

    `left_out`: columns that are not compared. `show`: rows to print of every difference.
    """
    tables = {name: _columns(con, name) for name in ("before", "after")}
    return [
        table
        for table in sorted(tables["before"].keys() | tables["after"].keys())
        if table.split(".")[0] not in schemas_left_out
        and not _is_same(con, table, tables["before"].get(table), tables["after"].get(table), left_out, show)
    ]


def _columns(con: duckdb.DuckDBPyConnection, file: str) -> dict[str, list[str]]:
    rows = con.execute(
        "select schema_name || '.' || table_name, list(column_name order by column_index) "
        "from duckdb_columns() where database_name = $file and not internal and schema_name not in ('change', 'history') "
        "and not list_contains($past, schema_name || '.' || table_name) group by all",
        {"file": file, "past": list(PAST)},
    ).fetchall()
    return dict(rows)


def _is_same(
    con: duckdb.DuckDBPyConnection,
    table: str,
    before: list[str] | None,
    after: list[str] | None,
    left_out: Set[str],
    show: int,
) -> bool:
    if before is None or after is None:
        print(f"{table}: only {'after' if before is None else 'before'}")
        return False
    named = {column: RENAMED.get(column, column) if column not in after else column for column in before}
    missing = [column for column, new in named.items() if new not in after]
    added = [column for column in after if column not in named.values()]
    common = [column for column, new in named.items() if new in after and column not in left_out]
    if missing or added:
        print(f"{table}: columns only before {missing}, only after {added}")
    renaming, names = NAMES.get(table, ("", {}))
    # a seal is of all columns, also of the times that only the past has
    rows = f" where table_name not in ({literals(sorted(PAST))})" if table == "governance.table_seal" else ""
    left = f"select {', '.join(_renamed(c, names) if c == renaming else c for c in common)} from before.{table}{rows}"
    right = f"select {', '.join(named[column] for column in common)} from after.{table}{rows}"
    if not missing and not added and is_same(con, f"({left})", f"({right})"):
        return True
    counts = []
    for one, other, label in ((left, right, "before"), (right, left, "after")):
        sql = f"from ({one}) except all from ({other})"
        counts.append(con.execute(f"select count(*) from ({sql})").fetchall()[0][0])
        if show and counts[-1]:
            print(f"-- only {label}")
            con.sql(f"from ({sql}) order by all limit {show}").show(max_width=220)  # type: ignore[arg-type]
    if any(counts):
        rows = [con.execute(f"select count(*) from {file}.{table}").fetchall()[0][0] for file in ("before", "after")]
        print(f"{table}: {rows[0]:,} and {rows[1]:,} rows, {counts[0]:,} only before, {counts[1]:,} only after")
    return not any(counts) and not missing and not added


def _renamed(column: str, names: dict[str, str]) -> str:
    """SQL: the values of a column that names columns or tables, by their new names."""
    cases = " ".join(f"when {literal(old)} then {literal(new)}" for old, new in names.items())
    return f"case {column} {cases} else {column} end as {column}"


if __name__ == "__main__":
    sys.exit(main())
