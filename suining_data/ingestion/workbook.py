"""Workbooks, XLSX and XLS (97-2003): sheets with title rows and merged headers become raw rows of text.

Here: choosing sheets, headers, the account of the rows. Not here: tables of figures (statistical_tables), the
files and their cells (workbook_xml.py, workbook_97.py), what a cell gives to its column
(workbook_cells.py), what a value means. An id that is stored as a number has lost its last digits. It arrives as
5.10902E+17 and its element rejects it; it is not repaired.

`_line` is the sheet's row when the file has one sheet with content. Otherwise it is the ordinal of the record in the file.
Blank rows are rejected as BLANK_LINE. A row with only the first cell filled (a note, a signature, a subheading) is rejected
as FOOTER.

A hidden sheet is not the delivery, because nobody sees what is in it: a list of choices, an old copy. It is rejected as
UNREAD in one line. Hidden rows and columns are read: a filter hides rows, and a narrow column is still a column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.reading import (
    UNREAD,
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    check_header,
    clean_name,
    column_names,
    sources,
    yaml_of,
)
from suining_data.ingestion.statistical_tables.reader import read_statistical_tables
from suining_data.ingestion.workbook_97 import open_xls
from suining_data.ingestion.workbook_cells import (
    Cells,
    Column,
    DamagedParts,
    Locked,
    Sheet,
    declared_columns,
    hidden_sheet,
    in_columns,
)
from suining_data.ingestion.workbook_kinds import no_workbook
from suining_data.ingestion.workbook_parts import is_zip
from suining_data.ingestion.workbook_xml import open_xlsx
from suining_data.settings import Limits

SHEET = "_sheet"

Row = list[str]


@dataclass(frozen=True)
class _Table:
    """The header and the body of a sheet."""

    name: str
    columns: list[str]  # header rows joined with "/"
    first_body_row: int  # counted from 1, as the sheet shows it
    body: list[Row]  # a row may be shorter than the header, or longer by empty cells


def read_workbook(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    sheets, hidden = _sheets(file, resource, target.limits)
    if resource.delivery.layouts:
        return read_statistical_tables(sheets, hidden, file, resource, target)
    delivery, tables = resource.delivery, [_table(cells, resource) for cells in sheets]
    extras = [_extra(table, resource, is_one_of_many=len(tables) > 1) for table in tables]
    columns = list(dict.fromkeys(name for table in tables for name in table.columns))
    extra = tuple(dict.fromkeys(name for names in extras for name in names))
    header_lines = len(tables) * (delivery.title_rows + delivery.header_rows)
    declared = declared_columns(resource)

    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, [*columns, SHEET]) as rows:
        for table in tables:
            in_order = _InOrder(table, columns, declared)
            for number, cells in _data_rows(table, rejected, names_sheet=len(tables) > 1):
                rows.add(rows.total + 1 if len(tables) > 1 else number, [*in_order.of(cells), table.name])
        for name, filled in hidden:
            rejected.add(header_lines + rows.total + rejected.total + 1, UNREAD, hidden_sheet(name, filled), "")
    return ReadResult(
        lines_total=header_lines + rows.total + rejected.total,
        header_lines=header_lines,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=(*columns, SHEET),
        extra_columns=extra,
        rejected_by_rule=dict(rejected.by_rule),
    )


def open_workbook(file: Path, limits: Limits) -> list[Sheet]:
    """The sheets of an XLSX or XLS. Opening and reading one raise Refused when a limit is exceeded, Locked when it has a
    password, DamagedParts when it cannot be read."""
    return open_xlsx(file, limits) if is_zip(file) else open_xls(file, limits)


def _sheets(file: Path, resource: Resource, limits: Limits) -> tuple[list[Cells], list[tuple[str, int]]]:
    """The visible sheets that match the catalogue's pattern and have content, in the order of the file; names and filled
    rows of the hidden ones."""
    try:
        if resource.delivery.format is Format.XLSX and not is_zip(file):
            _refuse_if_locked(file)
            raise DamagedParts
        sheets = open_workbook(file, limits)
        wanted = [sheet for sheet in sheets if fnmatchcase(sheet.name, resource.delivery.sheets)]
        read = [(sheet, sheet.read()) for sheet in wanted]
    except Locked:
        raise Refused(
            "全文件: 工作簿有密码。请交付方去掉密码后重新交付。",
            "whole file: the workbook has a password. Ask the department for a delivery without one.",
        ) from None
    except DamagedParts:
        raise no_workbook(file, resource) from None
    hidden = [(sheet.name, sum(map(bool, cells.rows))) for sheet, cells in read if sheet.is_hidden and cells.rows]
    visible = [cells for sheet, cells in read if not sheet.is_hidden and cells.rows]
    if visible:
        return visible, hidden
    if hidden:
        names = "、".join(f"“{name}”" for name, _ in hidden)
        raise Refused(
            f"全文件: 名称符合 {resource.delivery.sheets} 且有内容的工作表 {names} 是隐藏的，看不见的表不作为交付。"
            "请交付方取消隐藏、核对内容后重新交付。",
            f"whole file: the sheets with content that match {resource.delivery.sheets} are hidden: {names}. What nobody "
            "sees is no delivery. Ask the department to unhide and check them and deliver anew.",
        )
    raise Refused(
        f"全文件: 没有名称符合 {resource.delivery.sheets} 且有内容的工作表。"
        f"请核对 {yaml_of(resource)} 的 delivery.sheets。",
        f"whole file: no sheet with content matches {resource.delivery.sheets}. "
        f"Check delivery.sheets in {yaml_of(resource)}.",
    )


def _refuse_if_locked(file: Path) -> None:
    """An XLSX with a password lies in a compound file, as an XLS does."""
    open_xls(file, Limits())


def _table(sheet: Cells, resource: Resource) -> _Table:
    """The header and body of a sheet with content."""
    cells, delivery = sheet.rows, resource.delivery
    top, bottom = delivery.title_rows, delivery.title_rows + delivery.header_rows
    if len(cells) < bottom:
        raise Refused(
            f"工作表“{sheet.sheet}”: 只有 {len(cells)} 行，表头应在第 {bottom} 行。"
            f"请核对 {yaml_of(resource)} 的 title_rows 和 header_rows。",
            f"sheet {sheet.sheet}: only {len(cells)} rows, but the header should end in row {bottom}. "
            f"Check title_rows and header_rows in {yaml_of(resource)}.",
        )
    fill_merged(sheet, top, bottom)
    width = max(map(len, cells[top:]))
    header = [[clean_name(text) for text in _of_width(row, width)] for row in cells[top:bottom]]
    joined = ["/".join(dict.fromkeys(row[column] for row in header if row[column])) for column in range(width)]
    columns = column_names(joined, sources(resource))
    return _Table(sheet.sheet, columns, bottom + 1, cells[bottom:])


def _of_width(row: Row, width: int) -> Row:
    return row + [""] * (width - len(row))


def fill_merged(sheet: Cells, top: int, bottom: int) -> None:
    """Copies the text of a merged range: in the header into all its cells, in the body only down its first column."""
    cells = sheet.rows
    for (row, column), (bottom_row, right) in sheet.merged:
        if row >= len(cells) or column >= len(cells[row]) or not cells[row][column]:
            continue
        text = cells[row][column]
        is_header = top <= row < bottom
        last_row = min(bottom_row, bottom - 1 if is_header else len(cells) - 1)
        last_column = min(right, sheet.width - 1) if is_header else column
        sheet.budget.spend(sheet.sheet, max(0, last_row - row) * (last_column - column + 1), 0)
        for line in cells[row : last_row + 1]:
            line.extend([""] * (last_column + 1 - len(line)))
            line[column : last_column + 1] = [text] * (last_column + 1 - column)


def _extra(sheet: _Table, resource: Resource, *, is_one_of_many: bool) -> tuple[str, ...]:
    """Undeclared columns of a sheet; Refused when declared ones are missing."""
    row = sheet.first_body_row - 1
    location_zh, location_en = f"工作表“{sheet.name}”第 {row} 行", f"sheet {sheet.name} row {row}"
    try:
        return check_header(resource, sheet.columns, location_zh, location_en, offered=[SHEET])
    except Refused as refused:
        if not is_one_of_many:
            raise
        raise Refused(
            f"{refused.zh}若这张表不是数据，请交付方删去，或在 {yaml_of(resource)} 的 delivery.sheets 写明数据表的名称。",
            f"{refused.en} If this sheet is no data, ask the department to delete it, or name the data's sheets as "
            f"delivery.sheets in {yaml_of(resource)}.",
        ) from None


def _data_rows(sheet: _Table, rejected: RejectedWriter, *, names_sheet: bool) -> Iterator[tuple[int, Row]]:
    """Row number in the sheet and cells of each row with data."""
    where = f"（工作表“{sheet.name}”）" if names_sheet else ""
    full = len(sheet.columns)
    for number, row in enumerate(sheet.body, start=sheet.first_body_row):
        cells = row if len(row) == full else _of_width(row, full)
        filled = full - cells.count("")
        if not filled:
            rejected.add(number, "BLANK_LINE", f"空行{where}", "")
        elif full > 1 and filled == 1 and cells[0]:
            rejected.add(number, "FOOTER", f"只有第一格有内容，不是数据行{where}", cells[0])
        else:
            yield number, cells


class _InOrder:
    """Puts the cells of a sheet's rows into the order of the file's columns."""

    def __init__(self, sheet: _Table, columns: Sequence[str], declared: dict[str, Column]) -> None:
        position = {name: place for place, name in enumerate(sheet.columns)}
        self.columns = [declared.get(name) for name in sheet.columns]
        self.order = [position.get(name) for name in columns]
        self.is_in_order = self.order == list(range(len(sheet.columns)))

    def of(self, cells: Row) -> list[str | None]:
        texts: list[str | None] = [*in_columns(cells, self.columns)]
        return texts if self.is_in_order else [None if place is None else texts[place] for place in self.order]
