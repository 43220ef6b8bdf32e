"""The figures of a table: one record for each filled cell, with all that the table says about it.

Here: what a row, a column and the context say together. Not here: which columns there are (fitting.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from suining_data.catalog.statistical_layouts import Measure, words
from suining_data.ingestion.statistical_tables.context import Context, with_delivery_year
from suining_data.ingestion.statistical_tables.fitting import Figures, Fitted, Misfit
from suining_data.ingestion.statistical_tables.grid import address
from suining_data.ingestion.statistical_tables.labels import LEVELS, Label, label_of, settled, unit_of
from suining_data.ingestion.statistical_tables.parents import Parents
from suining_data.ingestion.statistical_tables.periods import Period, combined, end_of_quarter, period_of
from suining_data.ingestion.statistical_tables.values import Value, value_of
from suining_data.ingestion.statistical_tables.words import WHOLE_CITY, measures, plain, region

IN_PERCENT = (
    "yoy",
    "yoy_nominal",
    "yoy_real",
    "mom",
    "ytd_growth",
    "plan_share",
    "share",
    "contribution",
    "average_growth",
)
IN_POINTS = ("yoy_points", "pull")
GROWTH = ("yoy", "yoy_nominal", "yoy_real", "yoy_change", "yoy_points")
LEVEL = Measure(code="level", words=[])
VINTAGES = {word: code for code, each in words().vintages.items() for word in (code, *each)}
BASE = re.compile(r"以?.*(?:年|月|期|季)(?:=|为)100")  # an index; 女=100 is a ratio
RATES = ("率", "比重", "占比")
STOCKS = ("余额", "期末", "年末", "月末", "季末")
Record = dict[str, str | None]


@dataclass
class Row:
    """What a row says: its own label, or the indicator above it where the label is only a measure (增速)."""

    number: int
    label: Label = field(default_factory=lambda: Label(""))
    path: tuple[str, ...] = ()
    region: str | None = None
    period: Period | None = None
    period_is_end: bool = False
    unit: str | None = None
    vintage: str | None = None
    note: str | None = None


def records_of(table: Fitted, context: Context) -> Iterator[Record]:
    """Every filled cell of the columns of figures. Raises Refused where a figure has no period or no indicator."""
    for row in _rows(table):
        for column in table.figures:
            text = table.grid.at(row.number, column.column)
            if text:
                yield _record(table, context, row, column, text)


def _rows(table: Fitted) -> Iterator[Row]:
    """The rows with figures, with what they take from the rows above them."""
    parents, section = Parents(), Row(-1)
    year: int | None = None
    for number in table.block.body:
        row = Row(number)
        for kind, column in table.stubs:
            _read_stub(row, kind, table.grid.over(number, column) if kind != "note" else table.grid.at(number, column))
        has_figures = any(table.grid.at(number, each.column) for each in table.figures)
        if not has_figures and _is_section(row, section):
            continue
        if row.label.name or row.label.measure or row.label.is_part:
            row.path = parents.place(row.label, has_figures=has_figures)
        if row.period and row.period.year:
            year = row.period.year
        elif row.period:
            row.period = replace(row.period, year=year)
        row.region, row.period = row.region or section.region, row.period or section.period
        row.unit = row.unit or section.unit
        if has_figures:
            yield row


def _is_section(row: Row, section: Row) -> bool:
    """A row that holds for those below it: a region, a period or a unit alone."""
    name = row.label.name
    if place := region(name) if name else None:
        section.region = place
    elif period := period_of(name) if name else None:
        section.period = period
    elif name.startswith("单位:") and unit_of(name):
        section.unit = unit_of(name)
    else:
        return False
    return True


def _read_stub(row: Row, kind: str, text: str) -> None:
    if not text:
        return
    if kind == "indicator":
        row.label = label_of(str(text))
    elif kind == "region":
        row.region = region(text)
    elif kind in ("period", "period_end"):
        row.period, row.period_is_end = period_of(text), kind == "period_end"
    elif kind == "measure":
        row.label = replace(row.label, measure=_measure_named(text) or row.label.measure)
    elif kind == "unit":
        row.unit = unit_of(text) or text.strip()
    elif kind == "vintage":
        row.vintage = VINTAGES.get(plain(text).removesuffix("数"), text.strip())
    elif kind == "note":
        row.note = text.strip()


def _measure_named(text: str) -> Measure | None:
    label = label_of(text)
    return label.measure or Measure(code=plain(text), words=[])


def _record(table: Fitted, context: Context, row: Row, column: Figures, text: str) -> Record:
    value = value_of(text) or Value(str(text).strip(), "A")
    path, above = _path(table, context, row, column)
    measure, nearest = _measure(table, row, column, above)
    if measure.is_open and column.head.unit is None and "%" in context.units:
        measure = settled(measure, "%")
    period = _period(table, context, row, column, nearest)
    unit = _unit(context, row, column, above, measure, value)
    if unit:
        measure = _by_unit(measure, unit, value, path[-1])
    code, period = _spanned(measure, period, path[-1])
    notes, status = _notes(context, row, value)
    return {
        "所属期": period.name,
        "指标": path[-1],
        "上级指标": path[-2] if len(path) > 1 else None,
        "指标路径": "/".join(path),
        "地区": column.head.region or row.region or context.region or WHOLE_CITY,
        "计量项": code,
        "计量单位": _unit_of_measure(code, unit),
        "数值": value.number or None,
        "状态": status,
        "核算阶段": row.vintage or column.head.vintage or ("census_revision" if value.is_revised else context.vintage),
        "发布日期": context.released_on,
        "备注": notes,
        "表名": context.title or None,
        "工作表": table.grid.sheet,
        "单元格": address((row.number, column.column)),
    }


def _path(table: Fitted, context: Context, row: Row, column: Figures) -> tuple[tuple[str, ...], Label | None]:
    """The indicator with those above it, and the label of the header where that names it."""
    labels = [label_of(text) for text in (column.head.other or "").split("\n") if text]
    names = tuple(label.name for label in labels if label.name)
    path = (*row.path, *names) or ((context.indicator,) if context.indicator else ())
    if not path:
        raise Misfit((row.number, column.column), table.grid.at(row.number, column.column), ("name",)).refused(
            table.grid.sheet
        )
    return path, labels[-1] if labels else None


def _measure(table: Fitted, row: Row, column: Figures, above: Label | None) -> tuple[Measure, Figures | None]:
    """The measure of a cell, and the column of levels that its growth belongs to."""
    said = column.head.measure
    own = row.label.measure or (above.measure if above else None)
    nearest = _level_to_the_left(table, column) if said and said.code not in LEVELS else None
    if own is None:
        is_of_rate = (row.label.unit or row.unit) in ("%", "‰") and row.label.name.endswith(RATES)
        if is_of_rate and said and said.code in ("yoy", "yoy_nominal", "yoy_change") and column.head.unit is None:
            return measures()["百分点"].but(span=said.span), nearest
        return said or LEVEL, nearest
    if said is None or said.code in LEVELS:
        span = own.span or (said.span if said else None)
        return own.but(span=span, before=own.before or (said.before if said else 0)), nearest
    if own.code in LEVELS or own.code == "index":
        return said, nearest
    has_own = any(
        table.grid.at(row.number, each.column)
        and (value_of(table.grid.at(row.number, each.column)) or Value("1")).number
        for each in table.figures
        if each.group == column.group and (each.head.measure is None or each.head.measure.code in LEVELS)
    )
    if has_own and own.code in GROWTH and said.code in GROWTH:
        return measures()["百分点"], nearest
    return own, nearest


def _level_to_the_left(table: Fitted, column: Figures) -> Figures | None:
    """The level that a growth belongs to: of the columns of levels left of it, with the same region and indicator, the nearest;
    of several years beside each other the latest. Levels of the year before (上年同期) are left out."""
    own = column.head.measure
    if own is None or own.span is not None:
        return None
    run: list[Figures] = []
    is_level = False
    for each in table.figures:
        measure = each.head.measure
        if each.column >= column.column or each.group != column.group or (measure and measure.before):
            continue
        if column.head.period is not None and each.head.period != column.head.period:
            continue
        was_level, is_level = is_level, measure is None or measure.code in LEVELS
        if is_level:
            run = [*run, each] if was_level else [each]
    periods = [each.head.period for each in run]
    if all(period is not None and period.year is not None for period in periods):
        return max(run, key=_end, default=None)
    return run[-1] if run else None


def _end(column: Figures) -> tuple[int, int]:
    """The year and the last month of a column."""
    period = column.head.period
    return (period.year or 0, period.months[1] if period.months else 12) if period else (0, 0)


def _period(table: Fitted, context: Context, row: Row, column: Figures, nearest: Figures | None) -> Period:
    """The period of a cell from its header, its row, the titles, the sheet, and last the year of the file."""
    header = column.head.period or (nearest.head.period if nearest else None)
    if row.period_is_end and row.period and row.period.day:
        return end_of_quarter(row.period.day) or row.period
    period = combined(header, row.period, *context.periods)
    if period is None:
        partial = next((each for each in (header, row.period, *context.periods) if each and each.months), None)
        measure = column.head.measure
        if partial is None and measure and measure.span and context.stamp and context.stamp.months:
            partial = Period(None, context.stamp.months)
        period = with_delivery_year(partial, context.stamp)
    if period is None or not period.is_whole:
        place = (row.number, column.column)
        raise Misfit(place, table.grid.at(*place), ("year",)).refused(table.grid.sheet)
    span = nearest.head.measure.span if nearest and nearest.head.measure else None
    return _over(period, span)


def _over(period: Period, span: str | None) -> Period:
    """The month alone, or from January on; the months January and February stay together."""
    if span is None or period.months is None:
        return period
    first, last = period.months
    if span == "to_date":
        return replace(period, months=(1, last))
    if span == "end":
        return replace(period, months=(last, last), by="month")
    if period.by == "quarter":
        return replace(period, months=(last - 2, last))
    return period if (first, last) == (1, 2) else replace(period, months=(last, last))


def _spanned(measure: Measure, period: Period, name: str) -> tuple[str, Period]:
    """The code of a measure and its period: a level is that of the month or from January on; 上年同期 a year earlier."""
    is_stock = measure.code == "level" and any(word in name for word in STOCKS)
    period = _over(period, "end" if is_stock else measure.span)
    if measure.before and period.year:
        period = replace(period, year=period.year - measure.before)
    if measure.code != "level":
        return measure.code, period
    first, last = period.months or (1, 12)
    is_alone = period.day or (first == last) or (period.by == "quarter" and last - first == 2 and first > 1)
    return "level_current" if is_stock or is_alone else "level_cumulative", period


def _unit(
    context: Context, row: Row, column: Figures, above: Label | None, measure: Measure, value: Value
) -> str | None:
    """The unit that is said nearest to the cell."""
    own = value.unit or column.head.unit or (above.unit if above else None)
    if own:
        return own
    label = row.label.unit
    if measure.code in (*IN_PERCENT, *IN_POINTS):
        return label if label in ("%", "‰", "百分点") and row.label.measure else None
    row_unit = label or row.unit
    if row_unit:
        return row_unit
    levels = [unit for unit in context.units if unit not in ("%", "百分点")] or list(context.units)
    return levels[0] if len(levels) == 1 else None


def _by_unit(measure: Measure, unit: str, value: Value, name: str) -> Measure:
    """An amount in per cent is its growth; growth in 百分点 is points."""
    if value.unit == "%" and measure.code not in LEVELS:
        return measure
    if measure.code in LEVELS and BASE.fullmatch(unit):
        return measure.but(code="index")
    if measure.code in LEVELS and unit == "%" and name.endswith(AMOUNTS):
        return measures()["同比"].but(span=measure.span)
    return settled(measure, unit) if unit in ("百分点",) or measure.code not in LEVELS else measure


AMOUNTS = ("增加值", "总值", "投资", "总额", "收入", "支出", "产值", "零售额", "用电量", "存款", "贷款", "利润", "税收")


def _unit_of_measure(code: str, unit: str | None) -> str | None:
    if code in IN_POINTS:
        return "百分点"
    if code in IN_PERCENT:
        return unit if unit in ("‰",) else "%"
    return unit if code != "index" or (unit and unit.endswith("100")) else None


def _notes(context: Context, row: Row, value: Value) -> tuple[str | None, str]:
    """The note of a row and of the mark behind a figure, and its status: a note without 初步 means no preliminary figure."""
    mark = value.footnote or row.label.footnote
    note = context.footnotes.get(mark.strip("()").lower()) if mark else None
    status = value.status
    if note and status in ("A", "P"):
        status = "P" if any(word in note for word in words().preliminary) else "A"
    texts = [text for text in (row.note, note) if text]
    return "；".join(dict.fromkeys(texts)) or None, status
