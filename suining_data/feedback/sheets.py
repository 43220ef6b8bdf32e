"""The workbook of one publisher: a cover page, silent revisions, and the quarantined rows on as many sheets as necessary.

Here: sheets, columns, formats. Not here: which rows (rows.py), which publishers and file names (export.py).

Every cell except line numbers and counts is text. So an identity number keeps its digits, and a cell that begins with
= + - @ is never a formula, even after it is edited.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import xlsxwriter

ROWS_PER_SHEET = 1_048_575  # without the header
COVER, ROWS, REVISED = "说明", "明细", "往期变动"
FONT = "宋体"
Row = tuple[str | int | None, ...]

# title, width in characters
COLUMNS = (
    ("文件", 24),
    ("行号", 9),
    ("信息资源", 22),
    ("信息项", 18),
    ("列名", 16),
    ("收到的内容", 26),
    ("工单号", 15),
    ("问题", 46),
    ("应为", 50),
    ("处理", 22),
    ("整行内容", 120),
)
COUNTED = ("信息资源", "信息项", "问题", "处理", "条数")
BATCHED = ("信息资源", "文件", "状态", "收到日期", "总行数", "未能读入", "整行未入库", "被替代", "入库")
REVISED_COLUMNS = (
    ("信息资源", 22),
    ("信息项", 18),
    ("列名", 16),
    ("所属日期", 14),
    ("原文件", 26),
    ("原行号", 9),
    ("新文件", 26),
    ("新行号", 9),
)
COVER_WIDTHS = (26, 26, 80, 26, 10, 10, 12, 10, 10)

HOW = (
    "“行号”是原文件中的行（工作表为表内行或第几条记录），“列名”是原文件中的列。",
    "请在业务系统或原文件中更正，不要只交更正的行：把更正后的整个文件以原文件名重新交付，同名文件替换原文件。",
    "重新导出时请把身份证号、统一社会信用代码、账号等列设为文本，编码、分隔符、列名与原文件一致。",
    "“该值未采用”的行其余内容已入库；“整行未入库”“整行未能读入”的行在更正前不进入基础库。",
    "核实后确认原值无误或无法核实的，请附依据、注明工单号告知数据主管部门，不必改动文件。",
    "“往期变动”列出新文件与原文件对往期的说法不一之处。如系更正，请把更正后的整个文件以原文件名重新交付；如新文件有误，请更正新文件。",
    "本文件含个人信息，仅供交付单位核对更正，请勿转发。",
)


@dataclass(frozen=True)
class Feedback:
    """The content of a workbook. `rows` has the columns COLUMNS, `counts` has COUNTED, `batches` has BATCHED,
    `revisions` has REVISED_COLUMNS."""

    unit_name: str
    day: date
    rows: Iterable[Row]
    counts: Sequence[Row]
    batches: Sequence[Row]
    revisions: Sequence[Row] = ()


def write_workbook(file: Path, feedback: Feedback) -> int:
    """Write the workbook and return the number of rows of its 明细 sheets. Memory use does not grow with that number."""
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        book.formats[0].set_font_name(FONT)
        _write_cover(book, feedback)
        _write_revisions(book, feedback.revisions)
        return _write_rows(book, feedback.rows)


def _write_cover(book: xlsxwriter.Workbook, feedback: Feedback) -> None:
    sheet = _printable(book.add_worksheet(COVER))
    title = book.add_format({"font_name": FONT, "bold": True, "font_size": 16})
    section = book.add_format({"font_name": FONT, "bold": True, "font_size": 12})
    header, text = _header(book), book.add_format({"font_name": FONT, "num_format": "@", "valign": "top"})
    wrapped = book.add_format({"font_name": FONT, "num_format": "@", "text_wrap": True, "valign": "top"})
    for column, width in enumerate(COVER_WIDTHS):
        sheet.set_column(column, column, width)
    lines = _Lines(sheet)
    lines.write([f"{feedback.unit_name} 数据核对更正单"], title)
    lines.write([f"导出日期：{feedback.day.isoformat()}"], text)
    lines.write([], text)
    lines.write(["一、怎样更正"], section)
    for number, sentence in enumerate(HOW, start=1):
        lines.write([f"{number}. {sentence}"], text)
    for name, columns, rows in (("二、问题汇总", COUNTED, feedback.counts), ("三、批次", BATCHED, feedback.batches)):
        lines.write([], text)
        lines.write([name], section)
        lines.write(columns, header)
        for row in rows:
            lines.write(row, wrapped)


class _Lines:
    """Writes a sheet from the top down."""

    def __init__(self, sheet: xlsxwriter.worksheet.Worksheet, first: int = 0) -> None:
        self.sheet, self.next = sheet, first

    def write(self, cells: Sequence[str | int | None], form: xlsxwriter.format.Format) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                self.sheet.write_number(self.next, column, cell, form)
            elif cell is not None:
                self.sheet.write_string(self.next, column, cell, form)
        self.next += 1


def _write_rows(book: xlsxwriter.Workbook, rows: Iterable[Row]) -> int:
    header = _header(book)
    text = book.add_format({"font_name": FONT, "num_format": "@"})
    number = book.add_format({"font_name": FONT, "num_format": "0"})
    total = 0
    for name, part in _parts(iter(rows)):
        sheet = _sheet(book, name, header)
        write_string, last = sheet.write_string, 0
        for last, row in enumerate(part, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    write_string(last, column, cell, text)
                elif cell is not None:
                    sheet.write_number(last, column, cell, number)
        sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        sheet.ignore_errors({"number_stored_as_text": f"A1:K{last + 1}"})
        total += last
    return total


def _write_revisions(book: xlsxwriter.Workbook, revisions: Sequence[Row]) -> None:
    """A sheet of the silent revisions, if there are any. Those that one sheet cannot hold are in the published table."""
    if not revisions:
        return
    sheet, text = (
        _sheet(book, REVISED, _header(book), REVISED_COLUMNS),
        book.add_format({"font_name": FONT, "num_format": "@"}),
    )
    lines = _Lines(sheet, first=1)
    for row in revisions[:ROWS_PER_SHEET]:
        lines.write(row, text)


def _parts(rows: Iterator[Row]) -> Iterator[tuple[str, Iterator[Row]]]:
    """Sheet name and rows of each sheet; at least one sheet. Read all rows of a sheet before the next sheet."""
    first, number = next(rows, None), 1
    while first is not None or number == 1:
        yield ROWS if number == 1 else f"{ROWS}{number}", _part(first, rows)
        first, number = next(rows, None), number + 1


def _part(first: Row | None, rows: Iterator[Row]) -> Iterator[Row]:
    if first is not None:
        yield first
        for _, row in zip(
            range(ROWS_PER_SHEET - 1), rows, strict=False
        ):  # the range comes first, so that zip reads no row too many
            yield row


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    header: xlsxwriter.format.Format,
    columns: Sequence[tuple[str, int]] = COLUMNS,
) -> xlsxwriter.worksheet.Worksheet:
    sheet = _printable(book.add_worksheet(name))
    sheet.repeat_rows(0)
    sheet.freeze_panes(1, 2)
    for column, (title, width) in enumerate(columns):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, header)
    return sheet


def _printable(sheet: xlsxwriter.worksheet.Worksheet) -> xlsxwriter.worksheet.Worksheet:
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    return sheet


def _header(book: xlsxwriter.Workbook) -> xlsxwriter.format.Format:
    return book.add_format({"font_name": FONT, "bold": True, "bg_color": "#DDEBF7", "border": 1, "valign": "top"})
