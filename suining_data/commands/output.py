"""The rows of an answer on standard output: a table for people, CSV and JSON for programs, CSV for Excel.

Here: the four forms and their options. Not here: which rows (cli.py), the workbooks for departments (feedback/) and
for clerks (review/).
"""

import csv
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from io import TextIOWrapper
from itertools import chain
from typing import Annotated, Any, TextIO

import duckdb
import typer

from suining_data.commands.errors import Mistake
from suining_data.display import HIDDEN, console, error_console, folding_table, visible, visible_lines
from suining_data.sql import identifier

MOST_ROWS = 200  # of a table for people
MOST_CHARACTERS = 300  # of a cell for people; a file name has at most 255 bytes
NARROWEST = 8  # characters per column; on a narrower terminal a line has one value, not one row
AT_ONCE = 10_000
AsCsv = Annotated[bool, typer.Option("--csv", help="CSV for programs: UTF-8, RFC 4180, no value changed.")]
AsExcelCsv = Annotated[
    bool,
    typer.Option(
        "--excel-csv",
        help="CSV for Excel: a BOM first, and ' before each text that Excel would calculate or change.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="A JSON array with one object per row; numbers are numbers.")]
# Excel calculates a text that begins like a formula; it changes long numbers, leading zeros, exponents, and dates.
FORMULA = r"^\s*[=+\-@＝＋－＠]|^[\t\r]"
NUMBER = r"^[+\-]?[0-9]+(\.[0-9]+)?$"
CHANGED = r"^[+\-]?(0[0-9]|[0-9]{12,}$|[0-9.]+[eE][+\-]?[0-9]+$)|^[0-9]{1,4}[-/][0-9]{1,2}([-/][0-9]{1,4})?$"
TOO_LONG = "^-?[0-9]{16,}$"  # of a number, Excel keeps 15 digits


class Form(Enum):
    """How the rows are written."""

    TABLE = "table"
    CSV = "csv"
    EXCEL_CSV = "excel-csv"
    JSON = "json"


def form_of(*, as_csv: bool = False, as_excel_csv: bool = False, as_json: bool = False) -> Form:
    """The form that the options ask for. Raises Mistake for more than one."""
    options = {Form.CSV: as_csv, Form.EXCEL_CSV: as_excel_csv, Form.JSON: as_json}
    asked = [form for form, is_asked in options.items() if is_asked]
    if len(asked) > 1:
        raise Mistake("--csv、--excel-csv、--json 只能选一个 (choose one of --csv, --excel-csv and --json)")
    return asked[0] if asked else Form.TABLE


def show(result: duckdb.DuckDBPyRelation, form: Form = Form.TABLE, most: int | None = None) -> None:
    """Write the rows: the first `most` of them, or 200 as a table, or all of them in another form. Says if there are more."""
    if form is Form.TABLE:
        _print_table(result, most or MOST_ROWS)
        return
    with utf8_output() as stream:
        rows = result if most is None else result.limit(most)
        if form is Form.JSON:
            _write_json(rows, stream)
        else:
            write_csv(rows, stream, for_excel=form is Form.EXCEL_CSV)
    if most is not None and result.limit(1, offset=most).fetchone():
        error_console.print(f"只写出前 {most} 行，还有更多 (first rows only: there are more)")


def print_json(value: object) -> None:
    """Write one value as JSON."""
    print_data(_escaped(json.dumps(value, ensure_ascii=False, indent=2)) + "\n")


def print_data(text: str) -> None:
    """Write a text that a program reads: in UTF-8, whatever the locale says."""
    with utf8_output() as stream:
        stream.write(text)


@contextmanager
def utf8_output() -> Iterator[TextIO]:
    """Standard output in UTF-8 with the line ends as they are written, whatever the locale says."""
    sys.stdout.flush()
    stream = TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
    try:
        yield stream
    finally:
        stream.detach()  # writes what is left; standard output stays open


def _print_table(result: duckdb.DuckDBPyRelation, most: int) -> None:
    rows = result.fetchmany(most + 1)
    cells = [["" if value is None else _cell(str(value)) for value in row] for row in rows[:most]]
    if len(result.columns) * NARROWEST <= console.width:
        table = folding_table(*result.columns)
        for row in cells:
            table.add_row(*row)
        console.print(table)
    else:
        for number, row in enumerate(cells, start=1):
            console.print(f"{number}.", style="bold")
            for name, cell in zip(result.columns, row, strict=True):
                console.print(f"  {visible(name)}: {cell}")
    if len(rows) > most:
        console.print(
            f"只显示前 {most} 行，还有更多；全部请用 --csv 或 --json (first rows only, there are more: --csv and --json give all)"
        )


def _cell(value: str) -> str:
    more = len(value) - MOST_CHARACTERS
    return visible(value) if more <= 0 else f"{visible(value[:MOST_CHARACTERS])}……另有 {more:,} 字 (more characters)"


def write_csv(result: duckdb.DuckDBPyRelation, stream: TextIO, *, for_excel: bool) -> int:
    """Write a header and all rows, and return the number of rows."""
    written = 0
    columns = [_text(name) for name, _ in _columns(result)]
    if for_excel:
        stream.write("\ufeff")
        columns = [_guarded(_text(name), kind) for name, kind in _columns(result)]
    writer = csv.writer(stream)  # as RFC 4180 has it: CRLF, quotes around a value that needs them
    is_shown = stream.isatty()
    for rows in chain([[tuple(result.columns)]], batches(result.project(", ".join(columns)))):
        # on a terminal, as in a table, no value may steer it; a PIVOT makes names of columns of values
        writer.writerows([map(_visible, row) for row in rows] if is_shown else rows)
        written += len(rows)
    return written - 1  # without the header


def _guarded(text: str, kind: str) -> str:
    """SQL: the text of a column, with an apostrophe where Excel would calculate or change it."""
    condition = f"regexp_matches({text}, '{TOO_LONG}')"
    if kind == "VARCHAR":
        is_formula = f"regexp_matches({text}, '{FORMULA}') and not regexp_matches({text}, '{NUMBER}')"
        condition = f"regexp_matches({text}, '{CHANGED}') or {is_formula}"
    return f"case when {condition} then '''' || {text} else {text} end"


def _write_json(result: duckdb.DuckDBPyRelation, stream: TextIO) -> None:
    entries = [
        # JSON has no NaN and no infinity
        f"{name} := case when isfinite({name}) then {name} end" if kind in ("FLOAT", "DOUBLE") else f"{name} := {name}"
        for name, kind in _columns(result)
    ]
    separator = "[\n"
    for rows in batches(result.project(f"to_json(struct_pack({', '.join(entries)}))")):
        for (row,) in rows:
            stream.write(separator + _escaped(row))
            separator = ",\n"
    stream.write("[]\n" if separator == "[\n" else "\n]\n")


def _columns(result: duckdb.DuckDBPyRelation) -> list[tuple[str, str]]:
    """Name and type of every column, as SQL; DuckDB distinguishes equal names."""
    return [(identifier(name), str(kind)) for name, kind in zip(result.project("*").columns, result.types, strict=True)]


def _text(column: str) -> str:
    return f"cast({column} as varchar)"


def batches(result: duckdb.DuckDBPyRelation) -> Iterator[list[tuple[Any, ...]]]:
    """All rows, some at once."""
    while rows := result.fetchmany(AT_ONCE):
        yield rows


def _visible(value: str | None) -> str | None:
    return value and visible_lines(value)


def _escaped(text: str) -> str:
    """JSON with the characters escaped that steer a terminal; to a program it is the same text."""
    return HIDDEN.sub(lambda found: found[0] if found[0] == "\n" else json.dumps(found[0])[1:-1], text)
