"""Somebody who wants to know suppressed counts: what follows from the published cells of one or of several editions.

An edition is what the public has: (division, category) -> the published count, None where it is suppressed. Divisions are codes
whose zeros at the end say their level; `TOTAL` is the category of the totals.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

TOTAL = "total"
Cell = tuple[str, str]
Edition = Mapping[Cell, int | None]
Bounds = tuple[float, float]


def equations(edition: Edition) -> Iterator[tuple[Cell, list[Cell]]]:
    """Each cell that is a sum, and its parts: over categories, and over the divisions of the next level. Absent cells are 0."""
    parents = {division: parent(division, edition) for division, _ in edition}
    for division, category in edition:
        if category == TOTAL:
            yield (division, TOTAL), [cell for cell in edition if cell[0] == division and cell[1] != TOTAL]
        parts = [cell for cell in edition if cell[1] == category and parents[cell[0]] == division]
        if parts:
            yield (division, category), parts


def parent(division: str, edition: Edition) -> str | None:
    """The division of the next higher level."""
    length = len(division.rstrip("0"))
    above = {4: 0, 6: 4, 9: 6}[next(each for each in (4, 6, 9) if length <= each)]
    return division[:above].ljust(12, "0") if above else None


def ranges(edition: Edition, rounded_to: int = 1, known: Mapping[Cell, Bounds] | None = None) -> dict[Cell, Bounds]:
    """What each suppressed cell can be, by linear programming over all equations; empty where nothing can be so.

    `known`: what the attacker supposes of suppressed cells, such as their counts in other editions.
    """
    cells = list(edition)
    number = {cell: n for n, cell in enumerate(cells)}
    rows = list(equations(edition))
    entries = [
        (n, number[cell], sign)
        for n, (whole, parts) in enumerate(rows)
        for cell, sign in [(whole, -1), *((part, 1) for part in parts)]
    ]
    row, column, value = zip(*entries, strict=True)
    matrix = csr_array((value, (row, column)), shape=(len(rows), len(cells)))
    bounds = [_bounds(edition[cell], rounded_to, (known or {}).get(cell)) for cell in cells]
    found = {}
    for cell in (cell for cell in cells if edition[cell] is None):
        own = list(bounds)
        own[number[cell]] = (1, np.inf)
        ends = []
        for sign in (1, -1):
            aim = np.zeros(len(cells))
            aim[number[cell]] = sign
            answer = linprog(aim, A_eq=matrix, b_eq=np.zeros(len(rows)), bounds=own, method="highs")
            ends.append(sign * answer.fun if answer.status == 0 else np.nan if answer.status == 2 else sign * -np.inf)
        if not np.isnan(ends).any():
            found[cell] = (ends[0], ends[1])
    return found


def _bounds(count: int | None, rounded_to: int, known: Bounds | None) -> Bounds:
    if count is None:
        return known or (1, np.inf)
    half = (rounded_to - 1) // 2
    return count - half, count + half


def carried(editions: Sequence[Edition], n: int, rounded_to: int) -> dict[Cell, Bounds]:
    """Of the cells that edition `n` suppresses, what the nearest other edition says that has them."""
    known = {}
    nearest = sorted((each for each in range(len(editions)) if each != n), key=lambda each: abs(each - n))
    for cell in (cell for cell, count in editions[n].items() if count is None):
        count = next((found for each in nearest if (found := editions[each].get(cell)) is not None), None)
        if count is not None:
            known[cell] = _bounds(count, rounded_to, None)
    return known


def differences(editions: Sequence[Edition], n: int) -> Iterator[tuple[Cell, int]]:
    """Of each suppressed cell of edition `n`, what is left of an equation whose other cells are taken from it or another one."""
    for other in editions:
        for whole, parts in equations(editions[n]):
            known = {
                cell: editions[n][cell] if editions[n][cell] is not None else other.get(cell)
                for cell in (whole, *parts)
            }
            for cell in (cell for cell in (whole, *parts) if editions[n][cell] is None):
                rest = [known[each] for each in parts if each != cell]
                if None not in rest and (cell == whole or known[whole] is not None):
                    total = sum(count for count in rest if count is not None)
                    yield cell, total if cell == whole else int(known[whole] or 0) - total
