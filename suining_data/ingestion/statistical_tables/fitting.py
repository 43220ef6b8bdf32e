"""How a layout fits a table: what each column of it says, or the cell that does not fit.

Here: the columns of a table by their headers, the choice of the layout, refusals. Not here: records (records.py).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from suining_data.catalog.statistical_layouts import Layout
from suining_data.ingestion.reading import Refused
from suining_data.ingestion.statistical_tables.blocks import Block
from suining_data.ingestion.statistical_tables.grid import Cell, Grid, address
from suining_data.ingestion.statistical_tables.labels import Head, head_of, label_of, unit_of
from suining_data.ingestion.statistical_tables.periods import period_of
from suining_data.ingestion.statistical_tables.values import value_of
from suining_data.ingestion.statistical_tables.words import plain, region

EXPECTED = {
    "indicator": ("指标", "an indicator"),
    "region": ("地区", "a region"),
    "period": ("时期", "a period"),
    "measure": ("计量项", "a measure"),
    "year": (
        "能得出年份和时期的标题、表名、表头或文件名",
        "a title, sheet, header or file name with the year and months",
    ),
    "name": ("写明指标的行、列或标题", "a row, column or title that names the indicator"),
}
DIMENSION = {"period_end": "period"}
SHOWN = 40


@dataclass(frozen=True)
class Misfit:
    """A cell where something else was expected; `expected` are keys of EXPECTED."""

    cell: Cell
    found: str
    expected: tuple[str, ...]

    def refused(self, sheet: str) -> Refused:
        zh = "或".join(dict.fromkeys(EXPECTED[each][0] for each in self.expected))
        en = " or ".join(dict.fromkeys(EXPECTED[each][1] for each in self.expected))
        found = self.found.strip()[:SHOWN]
        return Refused(
            f"工作表“{sheet}”单元格 {address(self.cell)}: 这里是“{found}”，应为{zh}。"
            "请核对表格，或在 catalog/statistical_layouts.yaml 中登记这种写法。",
            f"sheet {sheet} cell {address(self.cell)}: found “{found}”, expected {en}. "
            "Check the table, or add this wording to catalog/statistical_layouts.yaml.",
        )


class DoesNotFit(Exception):
    def __init__(self, misfit: Misfit) -> None:
        super().__init__(misfit)
        self.misfit = misfit


@dataclass(frozen=True)
class Figures:
    """A column of figures: what all cells of its header say together."""

    column: int
    head: Head
    group: tuple[object, ...] = ()  # columns of one group share region and indicator


@dataclass
class Fitted:
    """A table whose columns are understood. `stubs`: what describes a row -> its column."""

    block: Block
    stubs: list[tuple[str, int]] = field(default_factory=list)
    figures: list[Figures] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    corner: str = ""

    @property
    def grid(self) -> Grid:
        return self.block.grid


def fitted(block: Block, layouts: Sequence[Layout]) -> Fitted:
    """The table by the first layout that fits. Raises Refused with the cell that fits the least bad one least."""
    misfits: list[tuple[int, Misfit]] = []
    for layout in layouts:
        try:
            return _fit(block, layout)
        except DoesNotFit as error:
            misfits.append((_distance(error.misfit), error.misfit))
    furthest = max(misfits, key=lambda each: each[0])[1]
    raise furthest.refused(block.grid.sheet)


def _distance(misfit: Misfit) -> int:
    """How far a layout got before it did not fit."""
    return misfit.cell[0] * 10_000 + misfit.cell[1]


def _fit(block: Block, layout: Layout) -> Fitted:
    found = Fitted(block)
    for column in range(block.left, block.right + 1):
        path = _path(block, column)
        texts = [block.grid.at(row, column) for row in block.body if block.grid.at(row, column)]
        if path or texts:
            _place(found, layout, column, path, texts)
    if not found.stubs:
        raise DoesNotFit(
            Misfit((block.header[-1], block.left), block.grid.over(block.header[-1], block.left), tuple(layout.rows))
        )
    _check_rows(found, layout)
    return found


def _path(block: Block, column: int) -> list[tuple[Cell, str]]:
    """The cells of the header over a column, from top to bottom; a blank one in an upper row has the group to its left."""
    grid, cells = block.grid, []
    for row in block.header:
        place = (row, column)
        text = grid.over(row, column)
        if not text and row != block.header[-1] and row not in grid.wide_rows and _has_below(block, row, column):
            left = next((c for c in range(column, block.left, -1) if grid.at(row, c)), None)
            place = (row, left) if left is not None else place
            text = grid.at(*place) if left is not None else ""
        cells.append((grid.anchors.get(place, place), text.strip()))
    return [each for each in dict.fromkeys(cells) if each[1]]


def _has_below(block: Block, row: int, column: int) -> bool:
    return any(block.grid.over(below, column) for below in block.header if below > row)


def _place(found: Fitted, layout: Layout, column: int, path: list[tuple[Cell, str]], texts: list[str]) -> None:
    """Adds a column as one that describes rows, or as one of figures."""
    heads = [(cell, text, head_of(text)) for cell, text in path]
    name = next((head.head for _, _, head in reversed(heads) if head.head), None)
    has_figures = any(value_of(text) is not None for text in texts)
    if name == "skip":
        return
    if name == "unread":
        found.unread.append(column)
        return
    if name is None and not found.stubs and not found.figures:
        found.corner = path[-1][1] if path else ""
        found.stubs.append((layout.rows[0], column))
    elif name is not None:
        _add_stub(found, layout, column, name, path[-1] if path else ((found.block.header[-1], column), ""))
    elif texts and not has_figures and all(map(unit_of, texts)) and not path:
        found.stubs.append(("unit", column))
    elif not has_figures and texts and (not path or any(head.other for _, _, head in heads)):
        found.unread.append(column)
    elif not path:
        row = next(r for r in found.block.body if found.grid.at(r, column))
        raise DoesNotFit(Misfit((row, column), found.grid.at(row, column), tuple(layout.columns)))
    else:
        found.figures.append(_figures(layout, column, heads))


def _add_stub(found: Fitted, layout: Layout, column: int, name: str, cell: tuple[Cell, str]) -> None:
    dimension = DIMENSION.get(name, name)
    if dimension in ("indicator", "region", "period") and dimension not in layout.rows:
        raise DoesNotFit(Misfit(*cell, tuple(layout.rows)))
    found.stubs.append((name, column))


def _figures(layout: Layout, column: int, heads: list[tuple[Cell, str, Head]]) -> Figures:
    """What the cells over a column say together. DoesNotFit where one says something that the layout does not have there."""
    whole, names = Head(), []
    for cell, text, head in heads:
        if head.other is not None or (head.region and "region" not in layout.columns):
            if "indicator" not in layout.columns or head.region:
                raise DoesNotFit(Misfit(cell, text, tuple(layout.columns)))
            names.append(text)
            continue
        if head.period is not None and "period" not in layout.columns:
            raise DoesNotFit(Misfit(cell, text, tuple(layout.columns)))
        whole = head.with_rest_of(whole)
    whole = replace(whole, other="\n".join(names) or None)
    return Figures(column, whole, (whole.region, whole.other))


def _check_rows(found: Fitted, layout: Layout) -> None:
    """Every row with figures has a region, a period or an indicator where the layout has it."""
    for kind, column in found.stubs:
        rows = [row for row in found.block.body if found.grid.over(row, column) and _figure_in(found, row)]
        texts = [(row, found.grid.over(row, column)) for row in rows]
        if kind == "region":
            wrong = next((each for each in texts if region(each[1]) is None), None)
        elif DIMENSION.get(kind, kind) == "period":
            wrong = next((each for each in texts if period_of(each[1]) is None), None)
        elif kind == "indicator" and texts and len(layout.rows) == 1:
            is_other = all(region(label_of(text).name) for _, text in texts) or all(
                period_of(text) for _, text in texts
            )
            wrong = texts[0] if is_other else None
        else:
            continue
        if wrong:
            raise DoesNotFit(Misfit((wrong[0], column), wrong[1], (DIMENSION.get(kind, kind),)))


def _figure_in(found: Fitted, row: int) -> bool:
    return any(plain(found.grid.at(row, each.column)) for each in found.figures)
