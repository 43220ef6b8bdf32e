"""The yearbook: a workbook with a sheet for each theme, indicators in rows, years in columns, as statisticians lay them out.

Here: sheets, rows, marks, notes. Not here: which figure stands (dbt_like_sql/macro/latest.sql), where the file goes
(commands/macro.py). A part is indented below its total by full-width blanks. Values are numbers; a mark is in the number's format,
so that Excel calculates with them.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from suining_data.city import load_city
from suining_data.display import visible
from suining_data.statistics.chart_book import MARKS, mark
from suining_data.statistics.figures import LEVELS, Figure, in_one_unit, read_figures

if TYPE_CHECKING:
    import xlsxwriter

FONT, BLANK = "宋体", "　"
CONTENTS, UNIT = "目录", "单位"
LONGEST_NAME, FORBIDDEN = 31, str.maketrans("[]:*?/\\", "_" * 7)  # of a sheet of Excel
MOST_DECIMALS = 6


def write_yearbook(con: duckdb.DuckDBPyConnection, file: Path) -> tuple[int, int]:
    """Write the yearly figures that stand. Returns how many sheets and figures it has."""
    import xlsxwriter

    yearly = [each for each in read_figures(con) if each.is_yearly]
    themes = [(name, list(of_theme)) for name, of_theme in groupby(yearly, key=lambda each: each.theme_name)]
    with xlsxwriter.Workbook(file) as book:
        book.formats[0].set_font_name(FONT)
        pages = _Pages(book)
        pages.contents([name for name, _ in themes])
        figures = sum(
            pages.theme(f"{number}-1 {name}", name, of_theme) for number, (name, of_theme) in enumerate(themes, 1)
        )
    return len(themes), figures


class _Pages:
    """Writes the sheets of a workbook. A format of a number is made once."""

    def __init__(self, book: "xlsxwriter.Workbook") -> None:
        self.book = book
        self.formats: dict[tuple[int, str], xlsxwriter.format.Format] = {}
        base = {"font_name": FONT, "num_format": "@"}
        self.text = book.add_format(base)
        self.heading = book.add_format({**base, "bold": True, "font_size": 14})
        self.header = book.add_format({**base, "bold": True, "top": 1, "bottom": 1, "align": "center"})
        self.region = book.add_format({**base, "bold": True})
        self.note = book.add_format({**base, "font_color": "#667380", "font_size": 9})

    def contents(self, names: Sequence[str]) -> None:
        """The first sheet: what the others are."""
        sheet = self.book.add_worksheet(CONTENTS)
        sheet.set_column(0, 0, 60)
        sheet.write_string(0, 0, f"{load_city().name}统计年鉴（宏观经济库）", self.heading)
        for row, name in enumerate(names, 2):
            link = f"internal:'{_sheet_name(name)}'!A1"
            sheet.write_url(row, 0, link, self.text, string=f"{row - 1}-1 {visible(name)}")

    def theme(self, heading: str, name: str, figures: list[Figure]) -> int:
        """A sheet: the city, then each other region, each with its indicators. Returns how many figures it has."""
        sheet = self.book.add_worksheet(_sheet_name(name))
        years = sorted({each.year for each in figures})
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 1, 12)
        sheet.set_column(2, 1 + len(years), 11)
        sheet.write_string(0, 0, visible(heading), self.heading)
        for column, title in enumerate(("指标", UNIT, *(f"{year}年" for year in years))):
            sheet.write_string(2, column, title, self.header)
        sheet.freeze_panes(3, 2)
        row, written = 3, 0
        for _, of_region in _by_region(figures):
            sheet.write_string(row, 0, visible(of_region[0].region_name), self.region)
            row += 1
            for label, unit, line, values in _lines(of_region):
                sheet.write_string(row, 0, visible(label), self.text)
                sheet.write_string(row, 1, visible(unit), self.text)
                for each, value in zip(line, values, strict=True):
                    sheet.write_number(row, 2 + years.index(each.year), value, self._number(value, mark(each)))
                row, written = row + 1, written + len(line)
        for number, text in enumerate(_notes(figures), 1):
            sheet.write_string(row + number, 0, visible(text), self.note)
        return written

    def _number(self, value: float, signs: str) -> "xlsxwriter.format.Format":
        decimals = len(f"{value:.{MOST_DECIMALS}f}".rstrip("0").partition(".")[2])
        if (decimals, signs) not in self.formats:
            form = "#,##0" + ("." + "0" * decimals if decimals else "") + (f'"{signs}"' if signs else "")
            self.formats[decimals, signs] = self.book.add_format({"font_name": FONT, "num_format": form})
        return self.formats[decimals, signs]


def _sheet_name(name: str) -> str:
    return visible(name).translate(FORBIDDEN)[:LONGEST_NAME]


def _by_region(figures: Iterable[Figure]) -> list[tuple[tuple[int, str], list[Figure]]]:
    """The figures of each region: the city first."""

    def region(figure: Figure) -> tuple[int, str]:
        return figure.place, figure.region

    return [(key, list(found)) for key, found in groupby(sorted(figures, key=region), key=region)]


def _lines(figures: Iterable[Figure]) -> Iterable[tuple[str, str, list[Figure], list[float]]]:
    """Label, unit, figures and values of each row: levels, and below them growth, shares and the like."""

    def row(figure: Figure) -> tuple[str, str, str, str]:
        measure = "" if figure.measure in LEVELS else figure.measure
        return figure.indicator, figure.caliber or "", measure, figure.base_unit

    found: dict[tuple[str, str, str, str], dict[int, Figure]] = {}
    for each in figures:
        found.setdefault(row(each), {})[each.year] = each
    with_level = {(indicator, caliber) for indicator, caliber, measure, _ in found if not measure}
    order = list(dict.fromkeys(indicator for indicator, *_ in found))
    for (indicator, caliber, measure, _), years in sorted(
        found.items(), key=lambda e: (order.index(e[0][0]), e[0][1:])
    ):
        line = sorted(years.values(), key=lambda each: each.year)
        unit, values = in_one_unit(line)
        last = line[-1]
        label = f"{last.name}（{caliber}）" if caliber else last.name
        if measure:
            is_below = (indicator, caliber) in with_level
            label = f"{BLANK}{last.measure_name}" if is_below else f"{label} · {last.measure_name}"
        yield BLANK * last.depth + label, unit, line, values


def _notes(figures: Sequence[Figure]) -> list[str]:
    used = {sign for each in figures for sign in mark(each)}
    return [
        "注：每个数取首选值；同一行换算为最近一年的单位。",
        *(f"{sign} {meaning}" for sign, meaning in MARKS.items() if sign in used),
        "出处：" + "；".join(sorted({each.source for each in figures if each.source})),
    ]
