"""Cell suppression: which cells of a table of counts the public does not get.

Here: a table of counts by division and category with its totals; primary and secondary suppression. Not here: which tables
there are (dbt_like_sql/open_data/), rounding and writing them (open_table.py).

A count from 1 to 4 is suppressed, because it is about so few (primary suppression). Its value would follow from the totals, so
other cells go with it (secondary suppression): each small count gets a move, by which some counts go up and others down and
every published cell stays as it is. All cells that a move changes are suppressed, on all levels of divisions. So nobody can
know from the published cells whether the move was made. The cheapest move is taken. Mostly it has four cells, of two
divisions and two categories, as in the hypercube method (Repsilber 1994; Giessing and Repsilber 2002).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SMALLEST = 5  # the smallest count that is published
FAR = 1e9  # more than any loss: a move that goes far enough comes first
Counts = NDArray[np.int64]
Cell = tuple[int, int, int]  # level (0: the leaves), division, category; the category after the last one is the total


class TooFew(Exception):
    """The table is about so few that nothing of it can be published."""


@dataclass(frozen=True)
class Table:
    """Counts of divisions by category, level by level.

    `counts[l]` has a row for each division of level l and a column for each category and, last, their total. The last level is one
    division. `ancestors[l]` says in which division of level l each leaf lies.
    """

    counts: Sequence[Counts]
    ancestors: Sequence[NDArray[np.int64]]

    @classmethod
    def of(cls, leaves: Counts, ancestors: Sequence[NDArray[np.int64]]) -> "Table":
        """The table with all its totals; `ancestors` of the levels above the leaves."""
        counts = [np.column_stack([leaves, leaves.sum(axis=1)])]
        for ancestor in ancestors:
            above = np.zeros((int(ancestor.max()) + 1, counts[0].shape[1]), dtype=np.int64)
            np.add.at(above, ancestor, counts[0])
            counts.append(above)
        return cls(counts, [np.arange(len(leaves)), *ancestors])

    @property
    def total(self) -> int:
        """The column of the totals."""
        return self.counts[0].shape[1] - 1


@dataclass(frozen=True)
class Move:
    """Leaf cells whose counts go up (+1) or down (-1) together. `up`, `down`: how far it can go in either direction."""

    leaves: Sequence[tuple[int, int, int]]  # leaf, category, sign
    up: int
    down: int

    def changed(self, table: Table) -> dict[Cell, int]:
        """The cells of all levels that the move changes, totals included, with the sign of the change."""
        changes: dict[Cell, int] = {}
        for leaf, category, sign in self.leaves:
            for level, ancestor in enumerate(table.ancestors):
                for column in (category, table.total):
                    cell = (level, int(ancestor[leaf]), column)
                    changes[cell] = changes.get(cell, 0) + sign
        return {cell: sign for cell, sign in changes.items() if sign}


def suppress(table: Table, before: Sequence[NDArray[np.bool_]] | None = None) -> list[NDArray[np.bool_]]:
    """What is suppressed of each level, shaped like its counts. Raises TooFew where a small count cannot be protected.

    `before`: what an earlier edition suppressed. It stays suppressed, or the difference of two editions would say what it was.
    """
    small = [(counts > 0) & (counts < SMALLEST) for counts in table.counts]
    kept = before or small
    suppressed = [now | then & (counts > 0) for now, then, counts in zip(small, kept, table.counts, strict=True)]
    protected: set[Cell] = set()
    for cell in list(_small(small)):
        if cell in protected:
            continue
        move = _cheapest(table, suppressed, cell)
        protected.add(cell)
        for (level, division, column), sign in move.changed(table).items():
            suppressed[level][division, column] = True
            up, down = (move.up, move.down) if sign > 0 else (move.down, move.up)
            count = int(table.counts[level][division, column])
            if up >= SMALLEST - 1 - count and down >= count - 1:
                protected.add((level, division, column))
    return suppressed


def _small(small: Sequence[NDArray[np.bool_]]) -> Iterator[Cell]:
    """The small counts, those of higher levels first: their moves protect many below them."""
    for level in reversed(range(len(small))):
        for division, column in np.argwhere(small[level]):
            yield level, int(division), int(column)


def _cheapest(table: Table, suppressed: Sequence[NDArray[np.bool_]], cell: Cell) -> Move:
    """Of the moves that change the cell, the cheapest of those that go far enough, or else of those that go at all.

    A move has the cell's largest leaf cell, another leaf or another category or both, and the opposite sign there; or all four
    cells of two leaves and two categories. The arrays here have a row for the other leaf, a column for the other category.
    """
    level, _, column = cell
    leaf, category = _largest_leaf(table, cell)
    counts = table.counts[0][:, :-1]
    mine, small = int(counts[leaf, category]), int(table.counts[level][cell[1:]])
    is_apart = [(ancestor != ancestor[leaf])[:, None] for ancestor in table.ancestors]
    is_other = np.arange(table.total)[None, :] != category
    two, four = _losses(table, suppressed, leaf, category, is_apart, is_other)

    changes = is_apart[level] if column == table.total else is_apart[level] | is_other
    two_up, two_down = counts - 1, np.full_like(counts, mine - 1)
    two_goes = changes & (counts > 0) & (two_up + two_down > 0)

    of_leaf, of_category = counts[leaf][None, :], counts[:, category][:, None]
    lowest = np.minimum(of_leaf, of_category)
    four_up, four_down = lowest - 1, np.minimum(mine, counts) - 1
    four_goes = is_apart[level] & is_other & (lowest > 0) & (counts > 0) & (four_up + four_down > 0)
    four_goes &= column != table.total

    up, down = np.stack([two_up, four_up]), np.stack([two_down, four_down])
    is_far = (up >= SMALLEST - 1 - small) & (down >= mine - 1)
    losses = np.where(np.stack([two_goes, four_goes]), np.stack([two, four]) + np.where(is_far, 0, FAR), np.inf)
    if not np.isfinite(losses.min()):
        raise TooFew
    kind, other_leaf, other = (int(each) for each in np.unravel_index(losses.argmin(), losses.shape))
    leaves = [(leaf, category, 1)]
    if kind:
        leaves += [(leaf, other, -1), (other_leaf, category, -1)]
    leaves.append((other_leaf, other, 1 if kind else -1))
    return Move(leaves, int(up[kind, other_leaf, other]), int(down[kind, other_leaf, other]))


def _largest_leaf(table: Table, cell: Cell) -> tuple[int, int]:
    """The leaf and the category of the largest leaf cell that a cell is the sum of."""
    level, division, column = cell
    is_column = (np.arange(table.total) == column) | (column == table.total)
    within = (table.ancestors[level] == division)[:, None] & is_column[None, :]
    leaf, category = np.unravel_index(np.where(within, table.counts[0][:, :-1], -1).argmax(), within.shape)
    return int(leaf), int(category)


def _losses(
    table: Table,
    suppressed: Sequence[NDArray[np.bool_]],
    leaf: int,
    category: int,
    is_apart: Sequence[NDArray[np.bool_]],
    is_other: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """What the public loses by each move of two cells, and by each of four."""
    two = four = np.zeros((len(table.counts[0]), table.total))
    for level, ancestor in enumerate(table.ancestors):
        # the digits of a count say enough, and change less than the count from one edition to the next
        digits = np.frexp(table.counts[level])[1] * 4.0**level
        lost = np.where(suppressed[level], 0.0, digits)
        own, others = lost[ancestor[leaf]], lost[ancestor]
        rows, columns = own[category] + others[:, [category]], own[:-1][None, :] + others[:, :-1]
        totals = own[-1] + others[:, [-1]]
        within = np.where(is_other, own[category] + own[:-1][None, :], 0.0)
        two = two + np.where(is_apart[level], own[category] + others[:, :-1] + totals, within)
        four = four + np.where(is_apart[level], rows + columns, 0.0)
    return two, four
