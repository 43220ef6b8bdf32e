"""What a cell of a workbook gives to its column: its text, or a marker where the text is not what a person typed.

Here: texts that depend on the column, markers, the rows of a sheet while they are read, and the limits on them.
Not here: the files (workbook_xml.py, workbook_97_cells.py), number formats (workbook_formats.py), the reason that a
person reads for a marker (standardization/rules.py).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum, auto
from typing import Self

from suining_data.catalog.model import Field, Resource
from suining_data.elements import ELEMENTS
from suining_data.elements.quantities import NUMBER as NUMBER_ELEMENT
from suining_data.elements.quantities import PERCENT
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.workbook_formats import EXACT_DIGITS, NumberFormat, number_text
from suining_data.settings import Limits

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384  # of an XLSX sheet; an XLS has fewer
FORMULA = "#FORMULA!"  # a formula without a stored value
NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?")
EXACT = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]")  # with up to 15 characters, as the sheet shows it
DAY_NUMBER = re.compile(r"[1-7][0-9]{4}(?:\.[0-9]+)?")  # as the elements of dates read it
JANUARY_OR_OCTOBER = re.compile(r"[12][0-9]{3}\.1")  # 2014.1, or 2014.10 without its zero
SHARE = re.compile("[%％]|百分|同比|环比|增长|增速|增幅|比重|比例|占比")  # names of figures in per cent
ORDINARY = {str}  # the type of a cell whose text does not depend on its column
LAST_DAY = 2_958_466  # 9999-12-31 and its hours


class DamagedParts(Exception):
    """The file is not a workbook, or is damaged."""


class Locked(Exception):
    """The workbook has a password."""


class Holds(StrEnum):
    """What a column holds, as its element says."""

    TEXT = auto()
    NUMBER = auto()
    DATE = auto()
    MONTH = auto()
    YEAR = auto()
    BOOLEAN = auto()


@dataclass(frozen=True)
class Column:
    """A declared column. `is_share`: it is a plain number, and its name says that it is in per cent."""

    holds: Holds
    is_share: bool = False
    is_plain_number: bool = False  # neither money nor an area, a year, a coordinate


class SpecialText(str):
    """The text of a cell that depends on the column. As it is, it is the text for a column that no field declares."""

    def in_column(self, column: Column) -> str:
        raise NotImplementedError


class BooleanText(SpecialText):
    def in_column(self, column: Column) -> str:
        return str(self) if column.holds is Holds.BOOLEAN else f"#BOOLEAN! {self}"


class DateText(SpecialText):
    """A date cell, as ISO text; `year` where the sheet shows nothing but the year."""

    year: str | None = None

    def in_column(self, column: Column) -> str:
        if column.holds in (Holds.DATE, Holds.MONTH):
            return str(self)
        return self.year if self.year and column.holds is Holds.YEAR else f"#DATE! {self}"


class NumberText(SpecialText):
    """A number cell as the sheet shows it; `number` without the letters of its format; `day` as ISO text where dates are
    counted from 1904 and the number may be one."""

    number: str = ""
    day: str | None = None
    is_scaled: bool = False

    @classmethod
    def of(cls, text: str, *, number: str, day: str | None = None, is_scaled: bool = False) -> Self:
        cell = cls(text)
        cell.number, cell.day, cell.is_scaled = number, day, is_scaled
        return cell

    def in_column(self, column: Column) -> str:
        if self.is_scaled:
            return f"#FORMAT! {self}"
        if column.holds is Holds.MONTH and JANUARY_OR_OCTOBER.fullmatch(self):
            return f"#MONTH! {self}"
        if self.day and column.holds in (Holds.DATE, Holds.MONTH):
            return self.day
        if column.holds is Holds.TEXT:
            return str(self)
        return self.number.removesuffix("%") if column.is_share else self.number


def hidden_sheet(name: str, filled_rows: int) -> str:
    """Why a hidden sheet is not read, for the department."""
    return f"隐藏的工作表“{name}”有 {filled_rows} 行内容，没有读取。若是数据，请取消隐藏后重新交付"


def declared_columns(resource: Resource) -> dict[str, Column]:
    """The columns by their source; where two fields read the same one, the first that is not text decides."""
    columns: dict[str, Column] = {}
    for each in resource.fields:
        is_plain = each.element in (NUMBER_ELEMENT.id, PERCENT.id)
        found = Column(_holds(each), is_plain and names_share(each.source, each.label), is_plain)
        if each.source not in columns or columns[each.source].holds is Holds.TEXT:
            columns[each.source] = found
    return columns


def names_share(*names: str) -> bool:
    """The names of a figure say that it is in per cent: 国有持股比例(%), 同比增长."""
    return any(SHARE.search(name) for name in names)


def _holds(declared: Field) -> Holds:
    element = ELEMENTS[declared.element]
    if element.id in (Holds.MONTH, Holds.YEAR):
        return Holds(element.id)
    by_type = {"varchar": Holds.TEXT, "date": Holds.DATE, "timestamp": Holds.DATE, "boolean": Holds.BOOLEAN}
    return by_type.get(element.sql_type, Holds.NUMBER)


def in_columns(cells: Sequence[str], columns: Sequence[Column | None]) -> list[str]:
    """The texts of cells for their columns; None is a column that no field declares."""
    if ORDINARY.issuperset(map(type, cells)):
        return list(cells)
    return [
        cell.in_column(column) if isinstance(cell, SpecialText) and column is not None else cell
        for cell, column in zip(cells, columns, strict=True)
    ]


def number_cell(stored: str, shown_as: NumberFormat | None, *, from_1904: bool) -> str:
    """The text of a number, of a date too; `stored` as in the file, `shown_as` None for General."""
    decimals = shown_as.decimals if shown_as is not None else 0
    is_simple = decimals is not None and not from_1904
    if is_simple and len(stored) <= EXACT_DIGITS and EXACT.fullmatch(stored):  # mostly, and no arithmetic is needed
        return _sure(_padded(stored, decimals or 0))
    if NUMBER.fullmatch(stored) is None or abs(value := float(stored)) == float("inf"):
        return f"#NUMBER! {stored}"
    if shown_as is not None and shown_as.is_date:
        return _date(value, stored, shown_as, from_1904)
    text = number_text(value)
    day = day_text(value, from_1904=True) if from_1904 and DAY_NUMBER.fullmatch(text) else None
    if shown_as is not None and decimals is None:
        shown = shown_as.shown(value, text)
        return NumberText.of(shown.text, number=shown.number, day=day, is_scaled=shown.is_scaled)
    text = _padded(text, decimals or 0)
    return NumberText.of(text, number=text, day=day) if day else _sure(text)


def _padded(number: str, decimals: int) -> str:
    """The number with the zeros that its format adds."""
    if not decimals or "E" in number:
        return number
    whole, _, fraction = number.partition(".")
    return f"{whole}.{fraction.ljust(decimals, '0')}"


def _sure(text: str) -> str:
    return NumberText.of(text, number=text) if JANUARY_OR_OCTOBER.fullmatch(text) else text


def _date(value: float, stored: str, shown_as: NumberFormat, from_1904: bool) -> str:
    if not 0 <= value < LAST_DAY:
        return f"#NUMBER! {stored}"  # the sheet shows ####
    if shown_as.is_elapsed:
        minutes, seconds = divmod(round(value * 86400), 60)
        return DateText(f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}")
    if not shown_as.has_day and value < 1:
        return DateText(day_text(value, from_1904=from_1904).partition(" ")[2] or "00:00:00")
    cell = DateText(day_text(value, from_1904=from_1904))
    cell.year = cell[:4] if shown_as.shows_only_year else None
    return cell


def day_text(value: float, *, from_1904: bool) -> str:
    """The ISO text of a day number. Counted from 1900 day 60 is 1900-02-29, which never was; the days before it are
    counted from 1899-12-31."""
    first = datetime(1899, 12, 31) if value < 60 else datetime(1899, 12, 30)
    start = datetime(1904, 1, 1) if from_1904 else first
    try:
        moment = start + timedelta(seconds=round(value * 86400))
    except OverflowError:
        return f"#NUMBER! {value}"
    return moment.strftime("%Y-%m-%d") if moment.time() == time() else moment.isoformat(" ", "seconds")


@dataclass
class Budget:
    """What all sheets of a workbook may cost together."""

    limits: Limits
    cells: int = 0
    characters: int = 0

    def spend(self, sheet: str, cells: int, characters: int) -> None:
        self.cells += cells
        self.characters += characters
        if self.cells > self.limits.cells:
            raise Refused(
                f"工作表“{sheet}”: 工作簿的单元格超过 {self.limits.cells:,} 个（上限 SUINING_LIMIT_CELLS）。请交付方分成几个文件交付。",
                f"sheet {sheet}: the workbook has more than {self.limits.cells:,} cells (limit SUINING_LIMIT_CELLS). "
                "Ask the department for several files.",
            )
        if self.characters > self.limits.text_mb << 20:
            raise Refused(
                f"工作表“{sheet}”: 单元格里的文字合计超过 {self.limits.text_mb} MB（上限 SUINING_LIMIT_TEXT_MB）。"
                "请交付方核对是否有重复的长文本，或分成几个文件交付。",
                f"sheet {sheet}: the texts of the cells are longer than {self.limits.text_mb} MB together "
                "(limit SUINING_LIMIT_TEXT_MB). Ask the department whether long texts are repeated, or for several files.",
            )


Range = tuple[tuple[int, int], tuple[int, int]]  # first and last row and column, from 0


@dataclass
class Cells:
    """The filled cells of a sheet, row by row from the first row on; a row ends with its last filled cell."""

    sheet: str
    budget: Budget
    rows: list[list[str]] = field(default_factory=list)
    merged: list[Range] = field(default_factory=list)
    width: int = 0
    filled: int = 0  # cells with content that were put into `rows`
    overwritten: int = 0  # of them, those at the place of another one

    def add_row(self, number: int, row: list[str], characters: int) -> None:
        """Row `number`, from 0; its empty cells are empty texts."""
        if not row:
            return
        self.width = max(self.width, len(row))
        self.refuse_if_too_far(max(number + 1, len(self.rows)), self.width)
        filled = len(row) - row.count("")
        self.filled += filled
        self.budget.spend(self.sheet, filled, characters)
        if number < len(self.rows):
            before = self.rows[number]
            self.overwritten += sum(1 for old, new in zip(before, row, strict=False) if old and new)
            self.rows[number] = [
                new or old for old, new in zip(_to_width(before, len(row)), _to_width(row, len(before)), strict=True)
            ]
            return
        while len(self.rows) < number:
            self.rows.append([])
        self.rows.append(row)

    def add_merged(self, merged: Range) -> None:
        self.budget.spend(self.sheet, 1, 0)
        self.merged.append(merged)

    def refuse_if_too_far(self, rows: int, columns: int) -> None:
        limits = self.budget.limits
        if rows * columns > limits.cells:
            raise Refused(
                f"工作表“{self.sheet}”: 一直延伸到第 {rows} 行第 {columns} 列，超过 {limits.cells:,} 格"
                "（上限 SUINING_LIMIT_CELLS）。请交付方删去表格之外的单元格后重新导出。",
                f"sheet {self.sheet}: it reaches to row {rows} column {columns}, more than {limits.cells:,} cells "
                "(limit SUINING_LIMIT_CELLS). Ask the department for an export without the cells outside the table.",
            )
        if columns > limits.columns:
            raise Refused(
                f"工作表“{self.sheet}”: 有 {columns} 列，超过 {limits.columns:,} 列（上限 SUINING_LIMIT_COLUMNS）。"
                "请交付方删去表格之外的单元格后重新导出。",
                f"sheet {self.sheet}: it has {columns} columns, more than {limits.columns:,} "
                "(limit SUINING_LIMIT_COLUMNS). Ask the department for an export without the cells outside the table.",
            )

    def refuse_unless_whole(self, in_file: int, seen: int) -> None:
        """`in_file`: the cells by a count of the file; `seen`: those that were read. Two cells at one place are one lost."""
        if in_file != seen or self.overwritten:
            lost = abs(in_file - seen) + self.overwritten
            raise Refused(
                f"工作表“{self.sheet}”: 文件中有 {in_file:,} 个单元格，只能读出 {in_file - lost:,} 个（其余位置重复或不在表格中）。"
                "请交付方用表格软件打开、核对并另存后重新交付。",
                f"sheet {self.sheet}: the file has {in_file:,} cells, but only {in_file - lost:,} can be read (the others "
                "have the place of another cell or lie outside the table). Ask the department to open, check and save it anew.",
            )


def _to_width(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook; `read` gives its cells."""

    name: str
    is_hidden: bool
    read: Callable[[], Cells]
