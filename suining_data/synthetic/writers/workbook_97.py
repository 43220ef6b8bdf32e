"""XLS (97-2003) tables: title rows, one header row, one sheet.

Here: plain tables as offices with old software send them. Not here: newer workbooks (workbook.py).
"""

import datetime
from pathlib import Path

import duckdb
import xlwt

from ..delivery import Delivered
from ..errors import ErrorRates
from .workbook import ISO_DATE, SPREADSHEET_NUMBER, number_lines, titles


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """One workbook per file; XLS holds 65,536 rows, far more than any office sends in it."""
    number_lines(con, delivered)
    selected = ", ".join(f"c{i}" for i in range(len(delivered.columns)))
    for number, name in enumerate(delivered.files):
        rows = con.execute(f"select {selected} from delivered where file_no = {number} order by n").fetchall()
        _book(delivered, titles(delivered, name), rows).save(str(folder / name))


def _book(delivered: Delivered, title: list[str], rows: list[tuple[str, ...]]) -> xlwt.Workbook:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    bold = xlwt.easyxf("font: bold on; align: horiz center")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for line, text in enumerate(title):
        sheet.write_merge(line, line, 0, len(delivered.columns) - 1, text, bold)
    for column, source in enumerate(delivered.columns):
        sheet.write(len(title), column, source, bold)
    for line, row in enumerate(rows, start=len(title) + 1):
        for column, text in enumerate(row):
            if SPREADSHEET_NUMBER.fullmatch(text):
                sheet.write(line, column, float(text))
            elif column in delivered.dates and ISO_DATE.fullmatch(text):
                sheet.write(line, column, datetime.date.fromisoformat(text), day)
            elif text != "":
                sheet.write(line, column, text)
    return book
