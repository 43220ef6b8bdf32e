"""One workbook per unit from the published file.

Here: which units get one, under which name, written beside and put in place whole.
Not here: the queries (rows.py), the sheets (sheets.py).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from suining_data.catalog import Catalog
from suining_data.feedback.rows import BATCHES, COUNTS, ROWS, expectations, units_with_feedback
from suining_data.feedback.sheets import Feedback, Row, write_workbook

ROWS_AT_ONCE = 10_000


@dataclass(frozen=True)
class Exported:
    """A workbook that was written."""

    unit_name: str
    file: Path
    rows: int


def export_quarantine(con: duckdb.DuckDBPyConnection, catalog: Catalog, folder: Path, day: date) -> list[Exported]:
    """Write `<unit name>_<day>.xlsx` into `folder` for every unit with something put aside or refused.

    `con` has the published file open; the names of the files hold nothing personal, their cells do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = {unit.id: unit.name for unit in catalog.units}
    con.register("expectation", expectations(catalog))
    exported = []
    for unit_id in units_with_feedback(con):
        name = names.get(unit_id, unit_id)
        file = folder / f"{name}_{day:%Y%m%d}.xlsx"
        fresh = file.with_name(f".{file.name}.new")
        told = {"unit": unit_id}
        counts, batches = (con.execute(sql, told).fetchall() for sql in (COUNTS, BATCHES))
        rows = write_workbook(fresh, Feedback(name, day, _rows(con, told), counts, batches))
        fresh.replace(file)
        exported.append(Exported(name, file, rows))
    return exported


def _rows(con: duckdb.DuckDBPyConnection, told: dict[str, str]) -> Iterator[Row]:
    result = con.execute(ROWS, told)
    while rows := result.fetchmany(ROWS_AT_ONCE):
        yield from rows
