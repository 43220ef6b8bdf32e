"""One workbook for each publisher, from the published file.

Here: which publishers get a workbook, its name, writing it under a temporary name and renaming the complete file.
Not here: the queries (rows.py), the sheets (sheets.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from suining_data.catalog import Catalog
from suining_data.feedback.rows import BATCHES, COUNTS, REVISIONS, ROWS, expectations, units_with_feedback
from suining_data.feedback.sheets import Feedback, Row, write_workbook

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Exported:
    """A workbook that was written."""

    unit_name: str
    file: Path
    rows: int


def export_quarantine(con: duckdb.DuckDBPyConnection, catalog: Catalog, folder: Path, day: date) -> list[Exported]:
    """Write `<unit name>_<day>.xlsx` into `folder` for every publisher with quarantined values, a refused file or a silent
    revision.

    `con` has the published file open. The file names contain nothing personal, but the cells do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {unit.id: unit.name for unit in catalog.units}
    con.register("expectation", expectations(catalog))
    exported = []
    for unit_id in units_with_feedback(con):
        name = names.get(unit_id, unit_id)
        file = folder / f"{name}_{day:%Y%m%d}.xlsx"
        fresh = file.with_name(f".{file.name}.new")
        parameters = {"unit": unit_id}
        counts, batches, revisions = (con.execute(sql, parameters).fetchall() for sql in (COUNTS, BATCHES, REVISIONS))
        rows = write_workbook(fresh, Feedback(name, day, _rows(con, parameters), counts, batches, revisions))
        fresh.replace(file)
        exported.append(Exported(name, file, rows))
    return exported


def _rows(con: duckdb.DuckDBPyConnection, parameters: dict[str, str]) -> Iterator[Row]:
    result = con.execute(ROWS, parameters)
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield from rows
