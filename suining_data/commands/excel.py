"""The rows of an answer as a file that Excel opens right: a workbook, or CSV.

Here: the option, both files, the sheet that says what the columns are. Not here: which rows (cli.py), answers on standard
output (output.py), the workbooks for departments (feedback/) and for clerks (review/).

In a workbook a text is a text, so an id keeps its digits and nothing is calculated; a date is a date; a whole number of more
than 15 digits is a text, because Excel keeps no more.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import duckdb
import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.output import Form, batches, write_csv
from suining_data.display import console, visible

if TYPE_CHECKING:
    import xlsxwriter

MOST_ROWS, MOST_COLUMNS, MOST_CHARACTERS, MOST_DIGITS = 1_048_576, 16_384, 32_767, 15  # of Excel, with the header
FIRST_DAY = date(1900, 3, 1)  # Excel's calendar has a 29 February 1900
ROWS, COLUMNS = "数据", "列说明"
FONT = "宋体"
WIDTH = 18  # characters
HEADER = ("列 column", "中文名", "English", "表 table", "数据元 element", "标准 standard", "代码集 code set")
ToExcel = Annotated[
    Path | None,
    typer.Option(
        "--excel",
        help="Write all rows to FILE.xlsx (texts as texts, dates as dates, a sheet that describes the columns), or to FILE.csv as --excel-csv.",
    ),
]


def check_file(file: Path | None, form: Form) -> None:
    """Raise Mistake when the file cannot be what --excel writes, or another form is asked for, too."""
    if file is None:
        return
    if form is not Form.TABLE:
        raise Mistake("--excel 不能与 --csv、--excel-csv、--json 同用 (--excel excludes --csv, --excel-csv and --json)")
    if file.suffix.lower() not in (".xlsx", ".csv"):
        raise Mistake(f"{visible(str(file))}: 文件名须以 .xlsx 或 .csv 结尾 (the name must end with .xlsx or .csv)")
    if not file.absolute().parent.is_dir():
        raise Mistake(f"{visible(str(file.parent))}: 没有这个目录 (no such folder)")


def write_for_excel(con: duckdb.DuckDBPyConnection, result: duckdb.DuckDBPyRelation, sql: str, file: Path) -> None:
    """Write the answer to `sql` into the file, and print its name. Raises Mistake, and leaves the file as it was, if it does not fit."""
    with replacing(file) as fresh:
        if file.suffix.lower() == ".csv":
            with fresh.open("w", encoding="utf-8", newline="") as stream:
                rows, cut = write_csv(result, stream, for_excel=True), 0
        else:
            rows, cut = _write_workbook(fresh, result, _described(con, sql))
    console.print(f"{visible(str(file))}  {rows:,} 行 (rows)")
    if cut:
        console.print(
            f"{cut:,} 个值超过 Excel 单元格的 {MOST_CHARACTERS:,} 字，已截断；全部内容请用 --csv "
            f"(values longer than a cell of Excel were cut; --csv has all of them)",
            style="yellow",
        )


@contextmanager
def replacing(file: Path) -> Iterator[Path]:
    """A new file that only its owner may read, which replaces `file` when it is complete."""
    fresh = file.with_name(f".{file.name}.new")
    try:
        fresh.touch(mode=0o600)
        yield fresh
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def _described(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str | None, ...]]:
    """What the dictionary says of the columns of the tables and views that the statement names: HEADER."""
    import sqlglot
    from sqlglot import exp

    try:  # DuckDB names the tables that a view reads, not the view
        trees = sqlglot.parse(sql, dialect="duckdb")
    except sqlglot.errors.SqlglotError:  # what only DuckDB can read is not described
        trees = []
    tables = [f"{table.db}.{table.name}" for tree in trees if tree for table in tree.find_all(exp.Table)]
    return con.execute(
        """
        select column_name, zh, en, schema_name || '.' || table_name, element, standard, code_set
        from governance.dictionary where list_contains(?, schema_name || '.' || table_name)
        order by schema_name, table_name, position
        """,
        [tables],
    ).fetchall()


def _write_workbook(
    file: Path, result: duckdb.DuckDBPyRelation, described: list[tuple[str | None, ...]]
) -> tuple[int, int]:
    """Write the sheets. Returns how many rows they have, and how many values were cut. Memory use does not grow with the rows."""
    import xlsxwriter

    columns = result.columns
    if len(columns) > MOST_COLUMNS:
        raise Mistake(f"Excel 一张工作表最多 {MOST_COLUMNS:,} 列 (a sheet of Excel has at most so many columns)")
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        book.formats[0].set_font_name(FONT)
        sheet = _Sheet(book, ROWS, columns)
        for rows in batches(result):
            for row in rows:
                if sheet.next == MOST_ROWS:
                    raise Mistake(
                        f"结果超过 Excel 一张工作表的 {MOST_ROWS:,} 行（含表头）：请汇总、筛选，或用 --csv "
                        f"(more rows than a sheet of Excel has, header included: aggregate, filter, or use --csv)"
                    )
                sheet.write(row)
        names = _Sheet(book, COLUMNS, HEADER)
        for entry in described:
            if entry[0] in columns:
                names.write(entry)
    return sheet.next - 1, sheet.cut


class _Sheet:
    """Writes a sheet from the top down, header first."""

    def __init__(self, book: "xlsxwriter.Workbook", name: str, header: "list[str] | tuple[str, ...]") -> None:
        self.sheet, self.next, self.cut = book.add_worksheet(name), 0, 0
        form = {"font_name": FONT}
        self.text = book.add_format({**form, "num_format": "@"})
        self.day = book.add_format({**form, "num_format": "yyyy-mm-dd"})
        self.time = book.add_format({**form, "num_format": "yyyy-mm-dd hh:mm:ss"})
        self.number = book.add_format(form)
        self.writers: dict[type, Callable[[int, Any], object]] = {
            bool: lambda column, value: self.sheet.write_boolean(self.next, column, value, self.number),
            int: self._number,
            float: self._number,
            Decimal: self._number,
            date: lambda column, value: self._day(column, value, value, self.day),
            datetime: lambda column, value: self._day(column, value, value.date(), self.time),
        }
        self.sheet.set_column(0, len(header) - 1, WIDTH)
        self.sheet.freeze_panes(1, 0)
        bold = book.add_format({**form, "bold": True, "num_format": "@", "bottom": 1})
        for column, title in enumerate(header):
            self.sheet.write_string(0, column, title[:MOST_CHARACTERS], bold)
        self.next = 1

    def write(self, row: tuple[Any, ...]) -> None:
        for column, value in enumerate(row):
            if value is not None:
                self.writers.get(type(value), self._text)(column, value)
        self.next += 1

    def _text(self, column: int, value: object) -> None:
        text = str(value)
        if len(text) > MOST_CHARACTERS:
            text, self.cut = f"{text[: MOST_CHARACTERS - 2]}……", self.cut + 1
        self.sheet.write_string(self.next, column, text, self.text)

    def _number(self, column: int, value: float | Decimal) -> None:
        if not isfinite(value) or _digits(value) > MOST_DIGITS:
            self._text(column, value)
        else:
            self.sheet.write_number(self.next, column, value, self.number)

    def _day(self, column: int, value: date, day: date, form: "xlsxwriter.format.Format") -> None:
        if day < FIRST_DAY or getattr(value, "tzinfo", None):
            self._text(column, value)
        else:
            self.sheet.write_datetime(self.next, column, value, form)


def _digits(value: float | Decimal) -> int:
    """The digits of an exact number; a float is not exact."""
    return 0 if isinstance(value, float) else len(str(value).strip("-").replace(".", "").strip("0"))
