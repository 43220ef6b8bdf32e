"""XLSX: title rows, headers of one or two rows with merged cells, sheets, merged cells down a group, crosstabs.

Here: cells. Not here: which columns, titles and sheets (the catalogue).
"""

import datetime
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter

from ..delivery import Delivered
from ..errors import ErrorRates

CREATED = datetime.datetime(2019, 8, 31)
Row = tuple[str, ...]
TITLES = ("{name}", "填报单位：{unit}    填报日期：2019年8月31日")


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """One workbook per file; the column `_sheet` says on which sheet a row stands."""
    delivery = delivered.resource.delivery
    selected = ", ".join(f"c{i}" for i in range(len(delivered.columns)))
    head = delivery.title_rows + delivery.header_rows
    one_sheet = "_sheet" not in delivered.columns
    sheet = f"c{delivered.columns.index('_sheet')}" if not one_sheet else "''"
    con.execute(
        f"""create or replace table line_numbers as
        select file_no, n, (n + case when count(distinct {sheet}) over (partition by file_no) = 1 then {head} else 0 end)::bigint
            as line_number from delivered"""
    )
    for number, name in enumerate(delivered.files):
        rows = con.execute(f"select {selected} from delivered where file_no = {number} order by n").fetchall()
        with xlsxwriter.Workbook(folder / name, {"constant_memory": delivery.crosstab is None and not delivered.merged}) as book:
            book.set_properties({"created": CREATED, "author": ""})
            if delivery.crosstab is not None:
                _crosstabs(book, delivered, rows)
            else:
                _tables(book, delivered, rows)


def _tables(book: Any, delivered: Delivered, rows: list[Row]) -> None:
    columns = delivered.columns
    shown = [i for i, source in enumerate(columns) if source != "_sheet"]
    place = columns.index("_sheet") if "_sheet" in columns else None
    sheets = groupby(rows, key=lambda row: row[place] if place is not None else "Sheet1")
    written = 0
    for title, members in sheets:
        _table(book, book.add_worksheet(title[:31]), delivered, shown, list(members))
        written += 1
    if not written:
        _table(book, book.add_worksheet("Sheet1"), delivered, shown, [])


def _table(book: Any, sheet: Any, delivered: Delivered, shown: list[int], rows: list[Row]) -> None:
    delivery = delivered.resource.delivery
    bold = book.add_format({"bold": True, "align": "center"})
    top = _titles(sheet, delivered, bold)
    paths = [delivered.columns[i].split("/") for i in shown]
    for level in range(delivery.header_rows):
        for column, path in enumerate(paths):
            if level < len(path):
                sheet.write_string(top + level, column, path[level], bold)
    if delivery.header_rows > 1:
        _merge_headers(sheet, top, delivery.header_rows, paths, bold)
    _body(sheet, top + delivery.header_rows, [[row[i] for i in shown] for row in rows], _places(shown, delivered.merged))


def _places(shown: list[int], wanted: frozenset[int]) -> list[int]:
    return [column for column, i in enumerate(shown) if i in wanted]


def _body(sheet: Any, first: int, rows: list[list[str]], merged: list[int]) -> None:
    """Rows as text; the merged columns of a group get one cell over all its rows."""
    line = first
    for group, members in groupby(rows, key=lambda row: [row[column] for column in merged] if merged else None):
        block = list(members)
        for row in block if not merged else []:
            line = _row(sheet, line, row, ())
        if merged and group is not None:
            if len(block) > 1:
                for column, text in zip(merged, group, strict=True):
                    sheet.merge_range(line, column, line + len(block) - 1, column, text)
            for row in block:
                line = _row(sheet, line, row, merged if len(block) > 1 else ())


def _row(sheet: Any, line: int, row: list[str], taken: Sequence[int]) -> int:
    for column, text in enumerate(row):
        if text != "" and column not in taken:
            sheet.write_string(line, column, text)
    return line + 1


def _titles(sheet: Any, delivered: Delivered, bold: Any) -> int:
    unit = delivered.unit_name
    for line in range(delivered.resource.delivery.title_rows):
        sheet.write_string(line, 0, TITLES[line % 2].format(name=delivered.title, unit=unit), bold)
    return delivered.resource.delivery.title_rows


def _merge_headers(sheet: Any, top: int, levels: int, paths: list[list[str]], bold: Any) -> None:
    """Two header rows: a group's name spans its columns, a single name spans both rows."""
    for name, members in groupby(enumerate(paths), key=lambda item: (item[1][0], len(item[1]))):
        places = [column for column, _ in members]
        if name[1] == 1:
            for column in places:
                sheet.merge_range(top, column, top + levels - 1, column, name[0], bold)
        elif len(places) > 1:
            sheet.merge_range(top, places[0], top, places[-1], name[0], bold)


def _crosstabs(book: Any, delivered: Delivered, rows: list[Row]) -> None:
    """A sheet per period; stub columns left, a column per combination of header values, missing cells empty."""
    delivery = delivered.resource.delivery
    crosstab = delivery.crosstab
    assert crosstab is not None
    place = {source: i for i, source in enumerate(delivered.columns)}
    bold = book.add_format({"bold": True, "align": "center"})
    for title, members in groupby(rows, key=lambda row: row[place["_sheet"]]):
        sheet, cells = book.add_worksheet(title[:31]), list(members)
        top = _titles(sheet, delivered, bold)
        stubs = list(dict.fromkeys(tuple(row[place[name]] for name in crosstab.stub) for row in cells))
        heads = list(dict.fromkeys(tuple(row[place[name]] for name in crosstab.levels) for row in cells))
        regions = list(dict.fromkeys(head[0] for head in heads))
        heads.sort(key=lambda head: regions.index(head[0]))
        _crosstab_header(sheet, top, crosstab.stub, heads, bold)
        for line, stub in enumerate(stubs):
            for column, text in enumerate(stub):
                sheet.write_string(top + len(crosstab.levels) + line, column, text)
        for row in cells:
            line = stubs.index(tuple(row[place[name]] for name in crosstab.stub))
            column = heads.index(tuple(row[place[name]] for name in crosstab.levels))
            value = row[place[crosstab.value]]
            if value != "":
                sheet.write_number(top + len(crosstab.levels) + line, len(crosstab.stub) + column, float(value))


def _crosstab_header(sheet: Any, top: int, stub: list[str], heads: list[tuple[str, ...]], bold: Any) -> None:
    levels = len(heads[0])
    for column, name in enumerate(stub):
        sheet.merge_range(top, column, top + levels - 1, column, name, bold)
    left = len(stub)
    for name, members in groupby(enumerate(heads), key=lambda item: item[1][0]):
        places = [left + column for column, _ in members]
        if len(places) > 1:
            sheet.merge_range(top, places[0], top, places[-1], name, bold)
        else:
            sheet.write_string(top, places[0], name, bold)
    for column, head in enumerate(heads):
        for level in range(1, levels):
            sheet.write_string(top + level, left + column, head[level], bold)
