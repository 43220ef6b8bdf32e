"""A table of counts as the public gets it: with totals, suppressed cells and rounded counts.

Here: from the counts of towns to the table that is handed out. Not here: which cells are suppressed (suppression.py), what
is counted (dbt_like_sql/open_data/), writing the files (audience_file.py).

A count is rounded to a multiple of 5. So the difference of two editions, or of a total and its parts, is no count of few.
"""

from codecs import BOM_UTF8
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from suining_data.models import ModelContract
from suining_data.publication.suppression import SMALLEST, Table, TooFew, suppress
from suining_data.sql import literal
from suining_data.warehouse import LABELLED

TOTAL = "total"  # the category of a total
LEVELS = (9, 6, 4)  # digits of the code of a town, a county, the city (GB/T 2260, GB/T 10114)
METHOD = "5, moves, 1"  # part of the version of an open table: change it with the method


@dataclass(frozen=True)
class Counts:
    """The columns of a table of counts: divisions, what they are counted by, the count."""

    division: str
    by: tuple[str, ...]
    count: str

    @classmethod
    def of(cls, contract: ModelContract) -> "Counts":
        """As the contract says: the key is a division and categories, the column that is left is the count."""
        division, *by = contract.key
        (count,) = (name for name in contract.columns if name not in contract.key)
        return cls(division, tuple(by), count)


def counted(table: str) -> str:
    """The temporary table that has what the public gets of a table of counts."""
    return f"temp.open_{table.replace('.', '_')}"


def open_counts(con: duckdb.DuckDBPyConnection, contract: ModelContract, table: str, before: Path | None) -> None:
    """Make what the public gets of a table of counts, as the temporary table `counted(table)`.

    `before`: the Parquet file of the last edition; what it suppresses stays suppressed. A table about too few has no rows.
    """
    columns = Counts.of(contract)
    counts = con.sql(f"from {table}").df()
    made = _with_totals(counts, columns, _suppressed_before(con, columns, before))
    con.register("open_rows", made)
    con.execute(f"create or replace temp table {counted(table)} as from {table} limit 0")
    if len(made):  # without rows, pandas does not know the types
        con.execute(f"insert into {counted(table)} by name from open_rows order by all")
    con.unregister("open_rows")


def _suppressed_before(con: duckdb.DuckDBPyConnection, columns: Counts, before: Path | None) -> set[tuple[str, ...]]:
    if before is None:
        return set()
    cells = ", ".join((columns.division, *columns.by))
    found = con.execute(f"select {cells} from read_parquet({literal(before)}) where {columns.count} is null")
    return set(found.fetchall())


def _with_totals(counts: pd.DataFrame, columns: Counts, before: set[tuple[str, ...]]) -> pd.DataFrame:
    """All cells that are not 0: of each division, of each category and of all, the count rounded, or nothing if it is suppressed."""
    names = [columns.division, *columns.by, columns.count]
    if counts.empty:
        return counts[names]
    leaves = counts.pivot_table(index=columns.division, columns=list(columns.by), values=columns.count, aggfunc="sum")
    leaves = leaves.fillna(0).astype("int64").sort_index(axis=0).sort_index(axis=1)
    codes = pd.Index(leaves.index)
    divisions, ancestors = [codes.to_numpy()], []
    for digits in LEVELS[1:]:
        found, ancestor = np.unique(codes.str[:digits].str.ljust(12, "0"), return_inverse=True)
        divisions.append(found)
        ancestors.append(ancestor)
    table = Table.of(leaves.to_numpy(), ancestors)
    categories: list[tuple[str, ...]] = [each if isinstance(each, tuple) else (each,) for each in leaves.columns]
    categories.append((TOTAL,) * len(columns.by))
    cells = [[[(code, *category) for category in categories] for code in of_level] for of_level in divisions]
    kept = [np.array([[cell in before for cell in row] for row in of_level]) for of_level in cells]
    try:
        suppressed = suppress(table, kept)
    except TooFew:
        return counts[names].head(0)
    # of what no town is known, the code is that of a higher level: it is in the totals alone
    higher = [{code for above in divisions[level + 1 :] for code in above} for level in range(len(divisions))]
    rows = [
        (*cell, None if is_suppressed else rounded(int(count)))
        for level, of_level in enumerate(cells)
        for row, counts_, flags in zip(of_level, table.counts[level], suppressed[level], strict=True)
        if row[0][0] not in higher[level]
        for cell, count, is_suppressed in zip(row, counts_, flags, strict=True)
        if count
    ]
    made = pd.DataFrame(rows, columns=names)
    return made.astype({columns.count: "Int64"})


def rounded(count: int) -> int:
    """The nearest multiple of 5."""
    return (count + SMALLEST // 2) // SMALLEST * SMALLEST


def write_csv(con: duckdb.DuckDBPyConnection, folder: Path, database: str, tables: Sequence[str]) -> None:
    """Write each table as CSV that Excel opens right, with names beside codes where it has them."""
    folder.mkdir(exist_ok=True)
    for table in tables:
        labelled = con.execute(
            "select 1 from duckdb_views() where database_name = ? and schema_name || '.' || view_name = ?",
            [database, f"{table}{LABELLED}"],
        ).fetchone()
        file = folder / f"{table.split('.')[1]}.csv"
        source = f"{database}.{table}{LABELLED if labelled else ''}"
        con.execute(f"copy (from {source} order by all) to {literal(file)} (header)")
        file.write_bytes(BOM_UTF8 + file.read_bytes())
