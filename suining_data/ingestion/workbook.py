"""Workbooks, XLSX and XLS (97-2003): sheets with title rows, merged headers and crosstabs become raw rows of text.

Here: choosing sheets, headers, unpivoting, cell values as the text that the sheet shows.
Not here: what a value means. An id that is stored as a number has lost its last digits. It arrives as 5.10902E+17 and
its element rejects it; it is not repaired.

`_line` is the sheet's row when the file has one sheet with content. Otherwise, and in a crosstab, where a row gives
several records, it is the ordinal of the record in the file. Blank rows are rejected as BLANK_LINE. A row with only the
first cell filled (a note, a signature, a subheading) is rejected as FOOTER. An empty cell of a crosstab is not an
observation and is not counted.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path

import duckdb
from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, ZipError

from suining_data.catalog.model import Delivery, Format, Resource
from suining_data.ingestion.reading import (
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
from suining_data.ingestion.workbook_97 import sound_copy
from suining_data.ingestion.workbook_parts import DamagedParts, Errors, error_cells, is_zip

SHEET = "_sheet"
EXACT_DIGITS = 15  # a spreadsheet keeps so many digits of a number

SIGNATURES = {b"PK\x03\x04": Format.XLSX, b"\xd0\xcf\x11\xe0": Format.XLS}

Cell = int | float | str | bool | time | date | datetime | timedelta
Row = list[str]


@dataclass(frozen=True)
class _Sheet:
    name: str
    header: list[list[str]]  # header rows, merged cells filled
    columns: list[str]  # header rows joined with "/"
    first_body_row: int  # counted from 1, as the sheet shows it
    body: list[Row]


def read_workbook(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    sheets = _sheets(file, resource)
    delivery = resource.delivery
    extras = [_extra(sheet, resource) for sheet in sheets]
    if delivery.crosstab is not None:
        columns = [*delivery.crosstab.stub, *delivery.crosstab.levels, delivery.crosstab.value]
    else:
        columns = list(dict.fromkeys(name for sheet in sheets for name in sheet.columns))
    extra = tuple(dict.fromkeys(name for names in extras for name in names))
    has_ordinals = len(sheets) > 1 or delivery.crosstab is not None

    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, [*columns, SHEET]) as rows:
        for sheet in sheets:
            width = len(delivery.crosstab.stub) + 1 if delivery.crosstab else len(sheet.columns)
            for number, cells in _data_rows(sheet, width, rejected, names_sheet=len(sheets) > 1):
                for record in _records(sheet, cells, delivery, columns):
                    rows.add(rows.total + 1 if has_ordinals else number, [*record, sheet.name])
    header_lines = len(sheets) * (delivery.title_rows + delivery.header_rows)
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


def open_workbook(file: Path) -> tuple[CalamineWorkbook, dict[str, Errors]]:
    """The workbook, and its cells with formula errors by sheet name.

    Refused when its sheets have too many cells, PasswordError when it is encrypted, DamagedParts when it cannot be read.
    """
    with _damage_of_any_kind():
        if is_zip(file):
            errors = error_cells(file)
            return CalamineWorkbook.from_path(file), errors
        return CalamineWorkbook.from_filelike(io.BytesIO(sound_copy(file))), {}


@contextmanager
def _damage_of_any_kind() -> Iterator[None]:
    """Turns every error that calamine raises for a damaged file into DamagedParts. PasswordError stays."""
    try:
        yield
    except PasswordError:
        raise
    except (CalamineError, ZipError, OSError):
        raise DamagedParts from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # calamine's Rust code panics; the type cannot be imported
            raise
        raise DamagedParts from None


def _sheets(file: Path, resource: Resource) -> list[_Sheet]:
    """The sheets that match the catalogue's pattern and have content, in the order of the file."""
    try:
        with _damage_of_any_kind():
            book, errors = open_workbook(file)
            if resource.delivery.format is Format.XLSX and not is_zip(file):
                raise DamagedParts
            wanted = [name for name in book.sheet_names if fnmatchcase(name, resource.delivery.sheets)]
            sheets = [_sheet(book.get_sheet_by_name(name), resource, errors.get(name, {})) for name in wanted]
    except PasswordError:
        raise Refused(
            "全文件: 工作簿有密码。请交付方去掉密码后重新交付。",
            "whole file: the workbook has a password. Ask the department for a delivery without one.",
        ) from None
    except DamagedParts:
        raise _no_workbook(file, resource) from None
    filled = [sheet for sheet in sheets if sheet is not None]
    if not filled:
        raise Refused(
            f"全文件: 没有名称符合 {resource.delivery.sheets} 且有内容的工作表。"
            f"请核对 {yaml_of(resource)} 的 delivery.sheets。",
            f"whole file: no sheet with content matches {resource.delivery.sheets}. "
            f"Check delivery.sheets in {yaml_of(resource)}.",
        )
    return filled


def _no_workbook(file: Path, resource: Resource) -> Refused:
    declared = resource.delivery.format
    with file.open("rb") as stream:
        found = SIGNATURES.get(stream.read(4))
    is_other = found not in (None, declared)
    return Refused(
        f"全文件: 不是 {declared.upper()} 工作簿{f'，而像是 {found}' if is_other else '，或文件损坏'}。"
        f"请核对 {yaml_of(resource)} 的 delivery.format，或请交付方重新导出。",
        f"whole file: not an {declared.upper()} workbook{f' but {found}' if is_other else ', or damaged'}. "
        f"Check delivery.format in {yaml_of(resource)}, or ask the department for a new export.",
    )


def _sheet(sheet: CalamineSheet, resource: Resource, errors: Errors) -> _Sheet | None:
    """The header and body of a sheet, or None when the sheet is empty."""
    cells = [[cell_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (row, column), text in errors.items():
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = text
    if not any(text for row in cells for text in row):
        return None
    delivery = resource.delivery
    top, bottom = delivery.title_rows, delivery.title_rows + delivery.header_rows
    if len(cells) < bottom:
        raise Refused(
            f"工作表“{sheet.name}”: 只有 {len(cells)} 行，表头应在第 {bottom} 行。"
            f"请核对 {yaml_of(resource)} 的 title_rows 和 header_rows。",
            f"sheet {sheet.name}: only {len(cells)} rows, but the header should end in row {bottom}. "
            f"Check title_rows and header_rows in {yaml_of(resource)}.",
        )
    _fill_merged(cells, sheet, top, bottom)
    header = cells[top:bottom]
    width = max((column for row in cells[top:] for column, text in enumerate(row, start=1) if text), default=0)
    header = [[clean_name(text) for text in row[:width]] for row in header]
    if delivery.crosstab is not None:
        _fill_levels(header, len(delivery.crosstab.stub))
    joined = ["/".join(dict.fromkeys(row[column] for row in header if row[column])) for column in range(width)]
    columns = column_names(joined, sources(resource))
    return _Sheet(sheet.name, header, columns, bottom + 1, [row[:width] for row in cells[bottom:]])


def _fill_merged(cells: list[Row], sheet: CalamineSheet, top: int, bottom: int) -> None:
    """Copies the text of a merged range: in the header into all its cells, in the body only down its first column."""
    for (row, column), (last_row, last_column) in sheet.merged_cell_ranges or []:
        if row >= len(cells) or column >= len(cells[row]):
            continue
        text = cells[row][column]
        is_header = top <= row < bottom
        last = min(last_row, bottom - 1 if is_header else len(cells) - 1)
        for r in range(row, last + 1):
            for c in range(column, min(last_column, len(cells[r]) - 1) + 1 if is_header else column + 1):
                cells[r][c] = text


def _fill_levels(header: list[Row], stub: int) -> None:
    """In the upper header rows of a crosstab a blank cell gets the text of the group that starts to its left."""
    for row in header[:-1]:
        for column in range(stub + 1, len(row)):
            row[column] = row[column] or row[column - 1]


def _extra(sheet: _Sheet, resource: Resource) -> tuple[str, ...]:
    """Undeclared columns of a sheet; Refused when declared ones are missing."""
    crosstab = resource.delivery.crosstab
    row = sheet.first_body_row - 1
    location_zh, location_en = f"工作表“{sheet.name}”第 {row} 行", f"sheet {sheet.name} row {row}"
    if crosstab is None:
        return check_header(resource, sheet.columns, location_zh, location_en, offered=[SHEET])
    stub = sheet.columns[: len(crosstab.stub)]
    if stub != crosstab.stub:
        missing = [name for name in crosstab.stub if name not in stub]
        raise Refused(
            f"{location_zh}: 交叉表左侧应是 {'、'.join(crosstab.stub)}，缺少 {'、'.join(missing) or '（顺序不同）'}。"
            f"请核对 {yaml_of(resource)} 的 delivery.crosstab.stub 和 title_rows。",
            f"{location_en}: the crosstab should start with {', '.join(crosstab.stub)}; "
            f"missing: {', '.join(missing) or '(other order)'}. "
            f"Check delivery.crosstab.stub and title_rows in {yaml_of(resource)}.",
        )
    return ()


def _data_rows(sheet: _Sheet, width: int, rejected: RejectedWriter, *, names_sheet: bool) -> Iterator[tuple[int, Row]]:
    """Row number in the sheet and cells of each row with data. `width` is the number of columns of a full row."""
    where = f"（工作表“{sheet.name}”）" if names_sheet else ""
    for number, cells in enumerate(sheet.body, start=sheet.first_body_row):
        if not any(cells):
            rejected.add(number, "BLANK_LINE", f"空行{where}", "")
        elif width > 1 and cells[0] and not any(cells[1:]):
            rejected.add(number, "FOOTER", f"只有第一格有内容，不是数据行{where}", cells[0])
        else:
            yield number, cells


def _records(sheet: _Sheet, cells: Row, delivery: Delivery, columns: Sequence[str]) -> Iterator[list[str | None]]:
    """The raw rows of one sheet row: one row, or in a crosstab one for each filled cell."""
    if delivery.crosstab is None:
        by_name = dict(zip(sheet.columns, cells, strict=True))
        yield [by_name.get(name) for name in columns]
        return
    stub = len(delivery.crosstab.stub)
    for column in range(stub, len(cells)):
        if cells[column]:
            yield [*cells[:stub], *(row[column] for row in sheet.header), cells[column]]


def cell_text(value: Cell) -> str:
    """A cell as text: whole numbers without a decimal point, dates as ISO, numbers over 15 digits as the sheet shows them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return value


def _number_text(value: float) -> str:
    if value == int(value):
        return str(int(value)) if abs(value) < 10**EXACT_DIGITS else f"{value:.5E}"
    return format(Decimal(f"{value:.{EXACT_DIGITS}g}"), "f")
