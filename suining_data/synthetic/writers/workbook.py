"""XLSX tables: title rows, headers of one or two rows with merged cells, a sheet per group, cells merged down a group.

Here: workbooks of plain tables. Not here: tables of figures (statistical_tables.py), which columns, titles and sheets (catalogue and views).
"""

import datetime
import re
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from ..delivery import Delivered
from ..errors import ErrorRates
from .statistical_tables import write_statistical_tables

CREATED = datetime.datetime(2019, 8, 31)
SPREADSHEET_NUMBER = re.compile(r"[0-9]\.[0-9]+E\+17")
ISO_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-([01][0-9]|2[0-8])")
Row = tuple[str, ...]


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """One workbook per file; the column `_sheet` has the sheet of a row."""
    delivery = delivered.resource.delivery
    number_lines(con, delivered)
    selected = ", ".join(f"c{i}" for i in range(len(delivered.columns)))
    for number, name in enumerate(delivered.files):
        rows = con.execute(f"select {selected} from delivered where file_no = {number} order by n").fetchall()
        in_order = not delivery.layouts and not delivered.merged
        with xlsxwriter.Workbook(folder / name, {"constant_memory": in_order}) as book:
            book.set_properties({"created": CREATED, "author": ""})
            if delivery.layouts:
                write_statistical_tables(book, delivered, number, rows, titles(delivered, name))
            else:
                _Tables(book, delivered, titles(delivered, name)).write(rows)


def number_lines(con: duckdb.DuckDBPyConnection, delivered: Delivered) -> None:
    """Table line_numbers: the row on the sheet; the ordinal in the file where a file has several sheets."""
    head = delivered.resource.delivery.title_rows + delivered.resource.delivery.header_rows
    sheet = f"c{delivered.columns.index('_sheet')}" if "_sheet" in delivered.columns else "''"
    con.execute(
        f"""create or replace table line_numbers as
        with sheets as (select file_no, count(distinct {sheet}) as sheets from delivered group by file_no)
        select file_no, n, (n + case when sheets = 1 then {head} else 0 end)::bigint as line_number
        from delivered join sheets using (file_no)"""
    )


def titles(delivered: Delivered, name: str) -> list[str]:
    """The rows above the header: the title, then the unit and the month from the file's name."""
    stamp = name.rsplit("_", 1)[1]
    rows = [delivered.title, f"填报单位：{delivered.unit_name}    填报时间：{stamp[:4]}年{int(stamp[4:6])}月"]
    return rows if delivered.layouts else rows[: delivered.resource.delivery.title_rows]


class _Tables:
    """The sheets of one workbook."""

    def __init__(self, book: Any, delivered: Delivered, title: list[str]) -> None:
        self.book, self.delivered, self.title = book, delivered, title
        self.bold = book.add_format({"bold": True, "align": "center"})
        self.date = book.add_format({"num_format": "yyyy-mm-dd"})
        self.shown = [i for i, source in enumerate(delivered.columns) if source != "_sheet"]
        self.merged = [column for column, i in enumerate(self.shown) if i in delivered.merged]

    def write(self, rows: list[Row]) -> None:
        """One sheet for each value of `_sheet`, or one sheet. A file without rows also has its header."""
        columns = self.delivered.columns
        place = columns.index("_sheet") if "_sheet" in columns else None
        groups = groupby(rows, key=lambda row: row[place] if place is not None else "Sheet1")
        for title, members in groups if rows else [("Sheet1", iter(()))]:
            sheet = self.book.add_worksheet(title[:31])
            self._head(sheet)
            self._body(sheet, [[row[i] for i in self.shown] for row in members])

    def _head(self, sheet: Any) -> None:
        for line, text in enumerate(self.title):
            sheet.write_string(line, 0, text, self.bold)
        top, levels = len(self.title), self.delivered.resource.delivery.header_rows
        paths = [self.delivered.columns[i].split("/") for i in self.shown]
        for level in range(levels):
            for column, path in enumerate(paths):
                if level < len(path):
                    sheet.write_string(top + level, column, path[level], self.bold)
        if levels > 1:
            self._merge_head(sheet, top, levels, paths)

    def _merge_head(self, sheet: Any, top: int, levels: int, paths: list[list[str]]) -> None:
        """A group's name spans its columns, a single name spans all header rows."""
        for (name, depth), members in groupby(enumerate(paths), key=lambda item: (item[1][0], len(item[1]))):
            places = [column for column, _ in members]
            if depth == 1:
                for column in places:
                    sheet.merge_range(top, column, top + levels - 1, column, name, self.bold)
            elif len(places) > 1:
                sheet.merge_range(top, places[0], top, places[-1], name, self.bold)

    def _body(self, sheet: Any, rows: list[list[str]]) -> None:
        line = len(self.title) + self.delivered.resource.delivery.header_rows
        for _, members in groupby(rows, key=lambda row: [row[column] for column in self.merged]):
            block = list(members)
            is_merged = bool(self.merged) and len(block) > 1
            for column in self.merged if is_merged else []:
                sheet.merge_range(line, column, line + len(block) - 1, column, block[0][column])
            for row in block:
                for column, text in enumerate(row):
                    if text != "" and not (is_merged and column in self.merged):
                        self._cell(sheet, line, column, text)
                line += 1

    def _cell(self, sheet: Any, line: int, column: int, text: str) -> None:
        """Writes text; a number that a spreadsheet has rounded is written as a number, and dates may be date cells."""
        if SPREADSHEET_NUMBER.fullmatch(text):
            sheet.write_number(line, column, float(text))
        elif self.shown[column] in self.delivered.dates and ISO_DATE.fullmatch(text):
            sheet.write_datetime(line, column, datetime.datetime.fromisoformat(text), self.date)
        else:
            sheet.write_string(line, column, text)
