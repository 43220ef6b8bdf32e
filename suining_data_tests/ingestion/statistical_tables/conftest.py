"""Small workbooks of statistical tables, and the records that the reader makes of them."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from suining_data.catalog import load_catalog
from suining_data.ingestion.reading import ReadResult, Target
from suining_data.ingestion.workbook import read_workbook

RESOURCE = next(
    resource
    for unit in load_catalog().units
    for resource in unit.resources
    if resource.id == "statistics__monthly_indicators"
)
Rows = Sequence[Sequence[Any]]


class Bureau:
    """Writes a workbook and reads it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.result: ReadResult
        self.rejected: list[tuple[str, str]] = []

    def read(
        self,
        sheets: Mapping[str, Rows] | Rows,
        file: str = "ydzb_202305.xlsx",
        merged: Sequence[str] = (),
        formats: Mapping[str, str] | None = None,
    ) -> list[dict[str, str]]:
        """The records of a workbook; rows alone are one sheet. Fields without a value are left out."""
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in (sheets if isinstance(sheets, Mapping) else {"Sheet1": sheets}).items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for cells in merged:
                sheet.merge_cells(cells)
            for cell, code in (formats or {}).items():
                sheet[cell].number_format = code
        work = self.folder / "read"
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        book.save(work / file)
        target = Target(work / "raw.parquet", work / "rejected.parquet", work)
        con = duckdb.connect()
        self.result = read_workbook(con, work / file, RESOURCE, target)
        found = con.execute(f"select * exclude (_line) from '{target.raw}' order by _line")
        names = [column[0] for column in found.description]
        records = [{k: v for k, v in zip(names, row, strict=True) if v} for row in found.fetchall()]
        self.rejected = con.execute(f"select rule, raw_text from '{target.rejected}' order by line").fetchall()
        return records


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def brief(records: list[dict[str, str]], *names: str) -> list[tuple[str | None, ...]]:
    """Some fields of each record."""
    return [tuple(record.get(name) for name in names) for record in records]
