"""XLSX tables of figures in the layouts that bureaus use; a file is in one of them.

Here: the arrangement of figures on sheets. Not here: plain tables (workbook.py), which file has which layout (views).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from ..delivery import Delivered

MARK = "*"
IN_PERCENT = ("同比增长", "可比价增长", "占比", "指数")


@dataclass(frozen=True)
class Figure:
    """A delivered figure, as its department writes it."""

    sheet: str
    period: str
    path: str
    region: str
    measure: str
    value: str
    unit: str
    note: str
    vintage: str

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


SOURCES = ("工作表", "所属期", "指标路径", "地区", "计量项", "数值", "计量单位", "备注", "核算阶段")


class Sheet:
    """Writes rows one below the other."""

    def __init__(self, book: Any, name: str, titles: list[str]) -> None:
        self.sheet = book.add_worksheet(name[:31])
        self.bold = book.add_format({"bold": True, "align": "center"})
        self.line = 0
        for title in titles:
            self.row([title])

    def row(self, cells: list[str | float | None]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, float):
                self.sheet.write_number(self.line, column, cell)
            elif cell:
                self.sheet.write_string(self.line, column, cell)
        self.line += 1

    def groups(self, left: list[str], tops: list[str], below: list[str]) -> None:
        """A header of two rows: names at the left over both, groups over their columns."""
        for column, name in enumerate(left):
            self.sheet.merge_range(self.line, column, self.line + 1, column, name, self.bold)
        for top, members in groupby(enumerate(tops, start=len(left)), key=lambda item: item[1]):
            places = [column for column, _ in members]
            if len(places) > 1:
                self.sheet.merge_range(self.line, places[0], self.line, places[-1], top, self.bold)
            else:
                self.sheet.write_string(self.line, places[0], top, self.bold)
        for column, name in enumerate(below, start=len(left)):
            self.sheet.write_string(self.line + 1, column, name, self.bold)
        self.line += 2


def write_statistical_tables(
    book: Any, delivered: Delivered, file_no: int, rows: list[tuple[str, ...]], titles: list[str]
) -> None:
    """The figures of a file, in its layout, a sheet for each of their sheets."""
    places = [delivered.columns.index(source) for source in SOURCES]
    figures = [Figure(*(row[place] for place in places)) for row in rows]
    write = LAYOUTS[delivered.layouts[file_no]]
    for name, members in groupby(figures, key=lambda figure: figure.sheet):
        write(book, name, titles, list(members))


def _measures_under_regions(book: Any, name: str, titles: list[str], figures: list[Figure]) -> None:
    """Indicators down, regions over their measures; unit and note in columns of their own."""
    sheet = Sheet(book, name, titles)
    heads = _columns([(figure.region, figure.measure) for figure in figures])
    sheet.groups(["指标名称", "计量单位", "备注"], [top for top, _ in heads], [below for _, below in heads])
    for (path, unit, note), cells in _rows(figures, lambda f: (f.path, f.unit, f.note)):
        found = {(cell.region, cell.measure): float(cell.value) for cell in cells}
        sheet.row([path.rsplit("/", 1)[-1], unit, note, *(found.get(head) for head in heads)])


def _regions_under_measures(book: Any, name: str, titles: list[str], figures: list[Figure]) -> None:
    """Indicators down with blanks before parts and the unit behind; measures over regions; invented figures have a mark."""
    sheet = Sheet(book, name.replace("-", "—"), titles)
    heads = _columns([(figure.measure, figure.region) for figure in figures])
    sheet.groups(["项　目"], [top for top, _ in heads], [below for _, below in heads])
    notes = list(dict.fromkeys(figure.note for figure in figures if figure.note))
    for (path, unit), cells in _rows(figures, lambda f: (f.path, f.unit)):
        found = {(c.measure, c.region): f"{c.value}{MARK}" if c.note else float(c.value) for c in cells}
        depth, label = path.count("/"), path.rsplit("/", 1)[-1]
        sheet.row(["　　" * depth + f"{label}（{unit}）", *(found.get(head) for head in heads)])
    if notes:
        sheet.row([f"注：{MARK}为{notes[0]}。"])


def _regions_down(book: Any, name: str, titles: list[str], figures: list[Figure]) -> None:
    """Regions down, indicators with their unit over their measures; the period is in the title."""
    sheet = Sheet(book, re.sub(r"[年月]", ".", name).strip("."), [f"{name}各县（市、区）{titles[0]}", *titles[1:]])
    heads = _columns([(f"{figure.name}（{figure.unit}）", figure.measure) for figure in figures])
    sheet.groups(["地区"], [top for top, _ in heads], [below + "（%）" * (below in IN_PERCENT) for _, below in heads])
    for (region,), cells in _rows(figures, lambda f: (f.region,)):
        found = {(f"{cell.name}（{cell.unit}）", cell.measure): float(cell.value) for cell in cells}
        sheet.row([region, *(found.get(head) for head in heads)])


def _list(book: Any, name: str, titles: list[str], figures: list[Figure]) -> None:
    """A row for each indicator, region and period; a column for each measure, and one for units that differ."""
    sheet = Sheet(book, name, titles)
    measures = list(dict.fromkeys(figure.measure for figure in figures))
    units = list(dict.fromkeys(figure.unit for figure in figures))
    behind = f"({units[0]})" if len(units) == 1 else ""
    left = ["行业", "县区", "所属期", *([] if behind else ["计量单位"])]
    sheet.row([*left, *(m if m in IN_PERCENT else m + behind for m in measures), "核算阶段", "备注"])
    for row, cells in _rows(figures, lambda f: (f.path, f.region, f.period, f.unit, f.vintage)):
        found = {cell.measure: float(cell.value) for cell in cells}
        notes = dict.fromkeys(cell.note for cell in cells if cell.note)
        sheet.row([*row[: len(left)], *(found.get(measure) for measure in measures), row[-1], "；".join(notes)])


def _columns(heads: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Columns of one group side by side, in the order of first appearance."""
    tops = list(dict.fromkeys(top for top, _ in heads))
    return sorted(dict.fromkeys(heads), key=lambda head: tops.index(head[0]))


def _rows(
    figures: list[Figure], key: Callable[[Figure], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Figure]]]:
    """The figures of each row, rows in the order of first appearance."""
    found: dict[tuple[str, ...], list[Figure]] = {}
    for figure in figures:
        found.setdefault(key(figure), []).append(figure)
    return list(found.items())


LAYOUTS = {
    "measures_under_regions": _measures_under_regions,
    "regions_under_measures": _regions_under_measures,
    "regions_down": _regions_down,
    "list": _list,
}
