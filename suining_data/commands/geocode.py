"""`suining geocode ...`: which stored address a text is, and where it lies.

Here: the command, its options, what it prints and writes. Not here: how texts are matched (geocoding/).
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import duckdb
import typer

from suining_data.commands.errors import Mistake
from suining_data.commands.looks import Purpose
from suining_data.commands.output import AsCsv, AsExcelCsv, AsJson, Form, form_of, show
from suining_data.commands.published import check_text, opened
from suining_data.display import visible
from suining_data.sql import identifier

if TYPE_CHECKING:
    import pyarrow as pa

NAMES = ("address", "地址", "text")  # of the column that is asked for


def geocode(
    text: Annotated[str | None, typer.Argument(help="An address, however it is written.")] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            help=f"A CSV file (UTF-8) with a column {', '.join(NAMES)}, or one column: written as CSV with columns found_... added."
        ),
    ] = None,
    purpose: Purpose = None,
    as_csv: AsCsv = False,
    as_excel_csv: AsExcelCsv = False,
    as_json: AsJson = False,
) -> None:
    """Show which stored address a text is, its parts, division and point; or the candidates, or the part by which it is placed.

    match: same, omission (town, street or estate left out), misspelt (one character of the street), part, none. The output has
    personal data.
    """
    form = form_of(as_csv=as_csv, as_excel_csv=as_excel_csv, as_json=as_json)
    if (text is None) == (file is None):
        raise Mistake("请给出一个地址，或用 --file 给出文件 (give an address, or a file with --file)")
    if file is not None and form is not Form.TABLE:
        raise Mistake("--file 写出 CSV，不能与其他格式同用 (--file writes CSV: choose no other form)")
    from suining_data.geocoding import geocode as matched

    if text is not None:
        check_text(text)
        delivered = duckdb.sql("select ?::varchar as address", params=[text]).to_arrow_table()
    elif file is not None:
        delivered = _read(file)
    with opened("geocode", purpose) as (con, look):
        con.register("delivered", delivered)
        column = _address_column(delivered.column_names, file)
        con.execute("create temp table row_asked as select row_number() over () as _row, * from delivered")
        con.execute(f"create temp view text_asked as select _row as number, {column} as text from row_asked")
        found = matched(con, "text_asked")
        if file is None:
            shown = found.project("* exclude (number, text)")
            look.record((), len(shown))
            show(shown, form)
            return
        added = [name for name in found.columns if name not in ("number", "text", "is_answer")]
        answers = found.filter("is_answer").project(
            ", ".join(["number as _row", *(f"{name} as found_{name}" for name in added)])
        )
        together = con.table("row_asked").set_alias("row_asked").join(answers.set_alias("answer"), "_row")
        answer = together.order("_row").project("* exclude (_row)").to_arrow_table()
        look.record((), answer.num_rows)
    from pyarrow import csv

    csv.write_csv(answer, sys.stdout.buffer, csv.WriteOptions(quoting_style="needed"))


def _read(file: Path) -> "pa.Table":
    """The rows of a CSV file, all text. Raises Mistake when it cannot be read."""
    if not file.is_file():
        raise Mistake(f"{visible(str(file))}: 没有这个文件 (no such file)")
    try:
        with duckdb.connect() as con:
            return con.read_csv(str(file), header=True, all_varchar=True).to_arrow_table()
    except duckdb.Error as error:
        raise Mistake(f"{visible(str(file))}: 不是 UTF-8 编码的 CSV (not a CSV file in UTF-8)") from error


def _address_column(columns: list[str], file: Path | None) -> str:
    """The column with the addresses. Raises Mistake when none is named so, and there are several."""
    named = [name for name in columns if name.strip().lower() in NAMES]
    if named or len(columns) == 1:
        return identifier((named or columns)[0])
    raise Mistake(
        f"{visible(str(file))}: 没有名为 {'、'.join(NAMES)} 的列；请改名 (no column has one of these names: rename the one with addresses)"
    )
