"""Generated sound workbooks are read by us and by another library: the same rows with the same values.

Here: XLSX written by openpyxl and by xlsxwriter and read again by openpyxl, XLS written by xlwt and read again by xlrd.
The other library gives values and formats; what a sheet shows of them is worked out here a second time.

Reasoned differences, all on our side:
- A number keeps its digits, although the sheet shows it rounded (1234.56 in the format 0), up to 15 of them.
- A date is ISO text whatever its format, and a marker in a column that is neither a date nor undeclared.
- Microseconds are rounded to seconds.
"""

import datetime as dt
import io
import tempfile
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pyarrow.parquet as pq
import xlrd
import xlsxwriter
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.ingestion.reading import Target
from suining_data.ingestion.workbook import read_workbook
from suining_data_tests.ingestion.conftest import resource_of

COLUMNS = ("名称", "人员/数", "人员/日", "是否", "其他")  # the last one is declared by no field
ELEMENTS = {"人员/数": "number", "人员/日": "date", "是否": "boolean"}
HEAD = 3  # a title and two header rows
NUMBERS = ("General", "0", "0.00", "#,##0.00", "0.000", "0%", "0.0%", "000000", "#,##0", "@")
DAYS = ("yyyy-mm-dd", "yyyy/m/d", 'yyyy"年"m"月"d"日"', "d-mmm-yy", "yyyy/m/d h:mm:ss")
LEAST, MOST = dt.datetime(1905, 1, 1), dt.datetime(2099, 1, 1)

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"), exclude_characters="_=#"), max_size=12)
CELLS = st.one_of(
    st.none(),
    st.tuples(st.just("text"), TEXTS | st.sampled_from(["王\n李", " a ", "0012", "51%", "2019-08-14", "𠮷"])),
    st.tuples(
        st.sampled_from(NUMBERS),
        st.integers(-(10**17), 10**17) | st.integers(-50, 60_000)
        | st.decimals(-(10**9), 10**9, places=4).map(float) | st.floats(1e-9, 1e12),
    ),
    st.tuples(st.sampled_from(DAYS), st.datetimes(LEAST, MOST).map(lambda day: day.replace(microsecond=0))),
    st.tuples(st.sampled_from(DAYS), st.dates(LEAST.date(), MOST.date()).map(lambda d: dt.datetime(d.year, d.month, d.day))),
    st.tuples(st.just("bool"), st.booleans()),
)  # fmt: skip
TABLES = st.lists(st.tuples(*[CELLS] * len(COLUMNS)), max_size=8)
Table = list[tuple[tuple[str, Any] | None, ...]]
Found = list[tuple[int, list[Any]]]  # number of a row and what the other library says about its cells


def by_xlsxwriter(table: Table, is_1904: bool, in_memory: bool) -> bytes:
    out = io.BytesIO()
    options = {"date_1904": is_1904, "constant_memory": not in_memory}  # constant_memory writes inline texts
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("登记")
        formats = {code: book.add_format({"num_format": code}) for code in (*NUMBERS, *DAYS)}
        sheet.write("A1", "登记表")
        if in_memory:
            sheet.merge_range("B2:C2", "人员")
        else:
            sheet.write_row("B2", ["人员", "人员"])
        for column, name in enumerate(COLUMNS):
            if "/" not in name:
                sheet.write(1, column, name)
        sheet.write_row("B3", ["数", "日"])
        for row, cells in enumerate(table, start=HEAD):
            for column, cell in enumerate(cells):
                if cell is None:
                    continue
                kind, value = cell
                if kind == "text":
                    sheet.write_string(row, column, value)
                elif kind == "bool":
                    sheet.write_boolean(row, column, value)
                elif kind in DAYS:
                    sheet.write_datetime(row, column, value, formats[kind])
                else:
                    sheet.write_number(row, column, value, formats[kind])
    return out.getvalue()


def by_openpyxl(table: Table, is_1904: bool, _: bool) -> bytes:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = "登记"
    sheet.append(["登记表"])
    sheet.append(["名称", "人员", None, "是否", "其他"])
    sheet.append([None, "数", "日"])
    sheet.merge_cells("B2:C2")
    for row, cells in enumerate(table, start=HEAD + 1):
        for column, cell in enumerate(cells, start=1):
            if cell is not None:
                at = sheet.cell(row, column, cell[1])
                if cell[0] not in ("text", "bool"):
                    at.number_format = cell[0]
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def by_xlwt(table: Table, is_1904: bool, _: bool) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    book.dates_1904 = is_1904
    sheet = book.add_sheet("登记")
    styles = {code: xlwt.easyxf(num_format_str=code) for code in (*NUMBERS, *DAYS)}
    sheet.write(0, 0, "登记表")
    sheet.write_merge(1, 1, 1, 2, "人员")
    for column, name in enumerate(COLUMNS):
        if "/" not in name:
            sheet.write(1, column, name)
    sheet.write(2, 1, "数")
    sheet.write(2, 2, "日")
    for row, cells in enumerate(table, start=HEAD):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(row, column, cell[1], styles.get(cell[0], xlwt.Style.default_style))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def opinion_of_openpyxl(content: bytes) -> Found:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return [
        (number, [(cell.value, cell.number_format) for cell in cells[: len(COLUMNS)]])
        for number, cells in enumerate(sheet.iter_rows(min_row=HEAD + 1, max_col=len(COLUMNS)), start=HEAD + 1)
    ]


def opinion_of_xlrd(content: bytes) -> Found:
    book = xlrd.open_workbook(file_contents=content, formatting_info=True)
    sheet = book.sheet_by_index(0)
    return [
        (number + 1, [_of_xlrd(book, sheet, number, column) for column in range(min(len(COLUMNS), sheet.ncols))])
        for number in range(HEAD, sheet.nrows)
    ]


def _of_xlrd(book: Any, sheet: Any, row: int, column: int) -> tuple[Any, str]:
    cell = sheet.cell(row, column)
    code = (
        book.format_map[book.xf_list[cell.xf_index].format_key].format_str if cell.xf_index is not None else "General"
    )
    if cell.ctype == xlrd.XL_CELL_DATE:
        value: Any = xlrd.xldate_as_datetime(cell.value, book.datemode)
    elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(cell.value)
    else:
        value = cell.value if cell.ctype in (xlrd.XL_CELL_TEXT, xlrd.XL_CELL_NUMBER) else None
    return value, code


def shown(value: Any, code: str, column: str, is_1904: bool) -> str:
    """What the column gets of a value that another library found."""
    element = ELEMENTS.get(column, "text" if column != "其他" else None)
    if value is None:
        return ""
    if isinstance(value, bool):
        text = str(value).upper()
        return text if element in ("boolean", None) else f"#BOOLEAN! {text}"
    if isinstance(value, dt.datetime):
        value += dt.timedelta(microseconds=500_000)
        value = value.replace(microsecond=0)
        text = str(value).removesuffix(" 00:00:00")
        return text if element in ("date", None) else f"#DATE! {text}"
    if isinstance(value, str):
        return value
    return _number(value, code, column=element, is_1904=is_1904)


def _number(value: float, code: str, *, column: str | None, is_1904: bool) -> str:
    if abs(value) >= 10**15:
        return f"{float(value):.5E}"
    digits = Decimal(f"{value:.15g}")
    if is_1904 and column == "date" and 10_000 <= digits < 80_000:
        day = dt.datetime(1904, 1, 1) + dt.timedelta(seconds=round(value * 86400))
        return str(day).removesuffix(" 00:00:00")
    if code.endswith("%"):
        digits *= 100
    text = f"{digits:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    if text == "-0":
        text = "0"
    decimals = len(code.rstrip("%").partition(".")[2])
    if decimals and len(text.partition(".")[2]) < decimals:
        text = f"{Decimal(text):.{decimals}f}"
    if code == "000000":
        sign, amount = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, point, fraction = amount.partition(".")
        text = f"{sign}{whole:>06}{point}{fraction}"
    return f"{text}%" if code.endswith("%") else text


def expected(found: Found, is_1904: bool) -> list[tuple[int, list[str]]]:
    """Rows without the blank ones and without those with only the first cell filled."""
    rows = []
    for number, cells in found:
        texts = [shown(*cell, column, is_1904) for cell, column in zip(cells, COLUMNS, strict=False)]
        texts += [""] * (len(COLUMNS) - len(texts))
        if any(texts[1:]):
            rows.append((number, texts))
    return rows


def ours(content: bytes, kind: str) -> list[tuple[int, list[str]]]:
    resource = resource_of(COLUMNS[:-1], elements=ELEMENTS, format=kind, title_rows=1, header_rows=2)
    with tempfile.TemporaryDirectory() as name, duckdb.connect() as con:
        folder = Path(name)
        file = folder / f"x.{kind}"
        file.write_bytes(content)
        result = read_workbook(con, file, resource, Target(folder / "raw", folder / "rejected", folder / "scratch"))
        raw = pq.read_table(folder / "raw").to_pylist()
    assert result.lines_total == HEAD + result.raw_rows + result.rejected_rows
    return [(row["_line"], [row[column] for column in COLUMNS]) for row in raw]


def agrees(write: Callable[..., bytes], read: Callable[[bytes], Found], kind: str, *generated: Any) -> None:
    content = write(*generated)
    assert ours(content, kind) == expected(read(content), generated[1])


@settings(max_examples=100)
@given(TABLES, st.booleans(), st.booleans())
def test_what_xlsxwriter_wrote_is_what_openpyxl_reads(table: Table, is_1904: bool, in_memory: bool) -> None:
    agrees(by_xlsxwriter, opinion_of_openpyxl, "xlsx", table, is_1904, in_memory)


@settings(max_examples=100)
@given(TABLES, st.booleans())
def test_what_openpyxl_wrote_is_what_openpyxl_reads(table: Table, is_1904: bool) -> None:
    agrees(by_openpyxl, opinion_of_openpyxl, "xlsx", table, is_1904, True)


@settings(max_examples=100)
@given(TABLES, st.booleans())
def test_what_xlwt_wrote_is_what_xlrd_reads(table: Table, is_1904: bool) -> None:
    agrees(by_xlwt, opinion_of_xlrd, "xls", table, is_1904, True)


@settings(max_examples=30)
@given(TABLES, st.booleans(), st.booleans())
def test_rows_in_the_usual_form_are_read_as_the_xml_parser_reads_them(
    table: Table, is_1904: bool, in_memory: bool
) -> None:
    content = by_xlsxwriter(table, is_1904, in_memory)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():  # behind a comment every row goes to the parser
            new.writestr(name, old.read(name).replace(b"<sheetData", b"<!-- x --><sheetData"))
    assert ours(out.getvalue(), "xlsx") == ours(content, "xlsx")
