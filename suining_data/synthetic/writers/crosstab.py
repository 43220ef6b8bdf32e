"""XLSX crosstabs: stub columns at the left, a column per combination of header values, a sheet per period.

Here: cells of crosstabs. Not here: plain tables (workbook.py), the position of each value (the catalogue's `crosstab`).
"""

from itertools import groupby
from typing import Any

from ..delivery import Delivered

Row = tuple[str, ...]


def write_crosstabs(book: Any, delivered: Delivered, rows: list[Row], titles: list[str]) -> None:
    """Rows in the order of their sheets; a combination without a row stays empty. ValueError without a crosstab."""
    crosstab = delivered.resource.delivery.crosstab
    if crosstab is None:
        raise ValueError(f"{delivered.resource.id} is no crosstab")
    place = {source: i for i, source in enumerate(delivered.columns)}
    bold = book.add_format({"bold": True, "align": "center"})
    for title, members in groupby(rows, key=lambda row: row[place["_sheet"]]):
        sheet, cells = book.add_worksheet(title[:31]), list(members)
        for line, text in enumerate(titles):
            sheet.write_string(line, 0, text, bold)
        stubs = _distinct(cells, [place[name] for name in crosstab.stub])
        heads = _grouped(_distinct(cells, [place[name] for name in crosstab.levels]))
        _header(sheet, len(titles), crosstab.stub, heads, bold)
        first = len(titles) + len(crosstab.levels)
        for line, stub in enumerate(stubs):
            for column, text in enumerate(stub):
                sheet.write_string(first + line, column, text)
        for row in cells:
            line = stubs.index(tuple(row[place[name]] for name in crosstab.stub))
            column = heads.index(tuple(row[place[name]] for name in crosstab.levels))
            sheet.write_number(first + line, len(crosstab.stub) + column, float(row[place[crosstab.value]]))


def _distinct(cells: list[Row], places: list[int]) -> list[Row]:
    return list(dict.fromkeys(tuple(row[i] for i in places) for row in cells))


def _grouped(heads: list[Row]) -> list[Row]:
    """Columns of one top header side by side, in the order of first appearance."""
    tops = list(dict.fromkeys(head[0] for head in heads))
    return sorted(heads, key=lambda head: tops.index(head[0]))


def _header(sheet: Any, top: int, stub: list[str], heads: list[Row], bold: Any) -> None:
    levels, left = len(heads[0]), len(stub)
    for column, name in enumerate(stub):
        sheet.merge_range(top, column, top + levels - 1, column, name, bold)
    for name, members in groupby(enumerate(heads), key=lambda item: item[1][0]):
        places = [left + column for column, _ in members]
        if len(places) > 1:
            sheet.merge_range(top, places[0], top, places[-1], name, bold)
        else:
            sheet.write_string(top, places[0], name, bold)
    for column, head in enumerate(heads):
        for level in range(1, levels):
            sheet.write_string(top + level, left + column, head[level], bold)
