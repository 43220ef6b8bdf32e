"""The cells of a sheet by their place, with merged ranges.

Here: addresses, texts, the text of a merged range in each of its cells. Not here: which cells are a table (blocks.py).
"""

from dataclasses import dataclass, field

from suining_data.ingestion.statistical_tables.words import plain
from suining_data.ingestion.workbook_cells import Cells

Cell = tuple[int, int]


@dataclass
class Grid:
    """The sheet; rows and columns count from 0."""

    sheet: str
    rows: list[list[str]]
    anchors: dict[Cell, Cell] = field(default_factory=dict)  # cell of a merged range -> its first cell
    wide_rows: set[int] = field(default_factory=set)  # rows with a range over several columns

    def at(self, row: int, column: int) -> str:
        """The text of a cell as it stands there; '' for blanks."""
        cells = self.rows[row]
        text = cells[column] if column < len(cells) else ""
        return text if plain(str(text)) else ""

    def over(self, row: int, column: int) -> str:
        """The text of a cell, or of the merged range over it."""
        return self.at(*self.anchors.get((row, column), (row, column)))

    def filled(self, row: int) -> list[int]:
        """The columns of a row with a text of their own."""
        return [column for column in range(len(self.rows[row])) if self.at(row, column)]

    @property
    def width(self) -> int:
        return max(map(len, self.rows), default=0)


def grid_of(cells: Cells) -> Grid:
    """The sheet, with its merged ranges."""
    grid = Grid(cells.sheet, cells.rows)
    for (top, left), (bottom, right) in cells.merged:
        last_row, last_column = min(bottom, len(cells.rows) - 1), min(right, cells.width - 1)
        cells.budget.spend(cells.sheet, max(0, last_row - top + 1) * max(0, last_column - left + 1), 0)
        if right > left:
            grid.wide_rows |= set(range(top, last_row + 1))
        for row in range(top, last_row + 1):
            for column in range(left, last_column + 1):
                grid.anchors[row, column] = (top, left)
    return grid


def address(cell: Cell) -> str:
    """B3 for the third row's second cell."""
    row, column = cell
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
