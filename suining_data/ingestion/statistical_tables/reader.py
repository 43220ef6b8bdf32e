"""Reads a workbook of statistical tables: every figure becomes a record, every other row and cell is accounted for.

Here: sheets, the account of rows and cells. Not here: tables (blocks.py), figures (records.py).

A record is a line. Titles, headers and rows that only name a section are header lines. Blank rows and notes are rejected,
and so is every cell in a column that says nothing about a figure. Hidden sheets are rejected as in other workbooks.
"""

from pathlib import Path

from suining_data.catalog.model import Resource
from suining_data.catalog.statistical_layouts import FIGURE_SOURCES, words
from suining_data.ingestion.reading import UNREAD, ReadResult, Refused, RejectedWriter, RowWriter, Target
from suining_data.ingestion.statistical_tables.blocks import Page, page_of
from suining_data.ingestion.statistical_tables.context import context_of
from suining_data.ingestion.statistical_tables.fitting import Fitted, fitted
from suining_data.ingestion.statistical_tables.grid import Grid, address, grid_of
from suining_data.ingestion.statistical_tables.records import records_of
from suining_data.ingestion.workbook_cells import Cells, hidden_sheet


def read_statistical_tables(
    sheets: list[Cells], hidden: list[tuple[str, int]], file: Path, resource: Resource, target: Target
) -> ReadResult:
    """Writes the figures of the sheets. Raises Refused when a table has no layout of the resource."""
    layouts = [words().layouts[name] for name in resource.delivery.layouts]
    header_lines = 0
    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, FIGURE_SOURCES) as rows:
        for cells in sheets:
            grid = grid_of(cells)
            page = page_of(grid)
            if not page.blocks:
                raise _no_table(grid)
            header_lines += page.header_rows
            tables = [fitted(block, layouts) for block in page.blocks]
            for table in tables:
                for record in records_of(table, context_of(table.block, table.corner, file.name)):
                    rows.add(rows.total + 1, [record[name] for name in FIGURE_SOURCES])
                _reject_unread(table, rejected)
            header_lines += _sections(tables)
            _reject_rows(grid, page, rejected)
        for name, filled in hidden:
            rejected.add(rows.total + rejected.total + 1, UNREAD, hidden_sheet(name, filled), "")
    return ReadResult(
        lines_total=header_lines + rows.total + rejected.total,
        header_lines=header_lines,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=FIGURE_SOURCES,
        extra_columns=(),
        rejected_by_rule=dict(rejected.by_rule),
    )


def _no_table(grid: Grid) -> Refused:
    return Refused(
        f"工作表“{grid.sheet}”: 没有找到表头（指标、地区、时期或计量项）和数值。若不是数据，请交付方删去或隐藏这张表。",
        f"sheet {grid.sheet}: no header with indicators, regions, periods or measures over figures was found. "
        "If it is no data, ask the department to delete or hide it.",
    )


def _sections(tables: list[Fitted]) -> int:
    """Rows that only name what stands below them, or whose figures are missing."""
    grids = {row: False for table in tables for row in table.block.body}
    for table in tables:
        for row in table.block.body:
            columns = [*(each.column for each in table.figures), *table.unread]
            grids[row] |= any(table.grid.at(row, column) for column in columns)
    return list(grids.values()).count(False)


def _reject_unread(table: Fitted, rejected: RejectedWriter) -> None:
    """The cells of columns that say nothing about a figure."""
    for column in table.unread:
        for row in table.block.body:
            if text := table.grid.at(row, column):
                where = address((row, column))
                why = f"工作表“{table.grid.sheet}”单元格 {where}: 表头不是地区、时期、指标或计量项，没有读取"
                rejected.add(row + 1, UNREAD, why, text)


def _reject_rows(grid: Grid, page: Page, rejected: RejectedWriter) -> None:
    for row in page.blank:
        rejected.add(row + 1, "BLANK_LINE", f"空行（工作表“{grid.sheet}”）", "")
    for row in page.notes:
        text = " ".join(grid.at(row, column).strip() for column in grid.filled(row))
        rejected.add(row + 1, "FOOTER", f"注释或落款，不是数据行（工作表“{grid.sheet}”）", text)
