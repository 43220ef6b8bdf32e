"""Suppressed cells: what an attacker can find of them, from one edition and from twelve."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from suining_data.publication.open_table import rounded
from suining_data.publication.suppression import SMALLEST, Table, TooFew, suppress
from suining_data_tests.publication.attacker import TOTAL, Cell, Edition, carried, differences, equations, ranges

Suppressed = Sequence[NDArray[np.bool_]]


def city(rng: np.random.Generator, mean: float) -> Table:
    """Some towns of some counties, with counts of very different size."""
    towns, categories = rng.integers(2, 9), rng.integers(2, 6)
    counties = np.unique(np.sort(rng.integers(0, 3, towns)), return_inverse=True)[1]
    expected = np.outer(rng.gamma(0.7, 1, towns), rng.gamma(0.7, 1, categories))
    counts = rng.poisson(expected * mean / expected.mean())
    return Table.of(counts, [counties, np.zeros(towns, dtype=np.int64)])


def edition(table: Table, suppressed: Suppressed, *, is_rounded: bool = False) -> tuple[Edition, dict[Cell, int]]:
    """What the public has of a table, and the truth."""
    county, town = table.ancestors[1], range(len(table.ancestors[0]))
    names = [
        [f"5109{county[n] + 1:02d}{n + 1:03d}000" for n in town],
        [f"5109{n + 1:02d}000000" for n in range(len(table.counts[1]))],
        ["510900000000"],
    ]
    public: dict[Cell, int | None] = {}
    truth: dict[Cell, int] = {}
    for level, counts in enumerate(table.counts):
        for division, column in np.argwhere(counts > 0):
            cell = (names[level][division], TOTAL if column == table.total else f"c{column}")
            count = truth[cell] = int(counts[division, column])
            shown = rounded(count) if is_rounded else count
            public[cell] = None if suppressed[level][division, column] else shown
    return public, truth


def only_primary(table: Table) -> Suppressed:
    return [(counts > 0) & (counts < SMALLEST) for counts in table.counts]


@pytest.mark.parametrize("mean", [0.5, 3, 20])
@pytest.mark.parametrize("seed", range(8))
def test_no_suppressed_cell_follows_from_an_edition_even_if_nothing_were_rounded(seed: int, mean: float) -> None:
    table = city(np.random.default_rng([seed, int(mean * 10)]), mean)
    try:
        public, _ = edition(table, suppress(table))
    except TooFew:
        return
    found = ranges(public)
    assert set(found) == {cell for cell, count in public.items() if count is None}
    assert all(highest - lowest > 0.99 for lowest, highest in found.values())


def test_the_attacker_finds_cells_of_which_only_the_small_ones_are_suppressed() -> None:
    """The test above can fail."""
    found = 0
    for seed in range(8):
        table = city(np.random.default_rng([seed, 200]), 20)
        public, truth = edition(table, only_primary(table))
        found += sum(
            lowest == pytest.approx(highest) == truth[cell] for cell, (lowest, highest) in ranges(public).items()
        )
    assert found > 20


@pytest.mark.parametrize("mean", [0.5, 3, 20, 300])
def test_each_small_count_is_suppressed_and_what_is_published_is_not_small(mean: float) -> None:
    table = city(np.random.default_rng(1), mean)
    try:
        suppressed = suppress(table)
    except TooFew:
        assert table.counts[-1][0, table.total] < 50
        return
    for counts, hidden in zip(table.counts, suppressed, strict=True):
        assert (counts[~hidden] == 0).sum() + (counts[~hidden] >= SMALLEST).sum() == (~hidden).sum()


def test_most_of_a_large_table_is_published() -> None:
    rng = np.random.default_rng(3)
    counties = np.repeat(np.arange(5), 20)
    counts = rng.poisson(np.outer(rng.gamma(2, 1, 100), rng.gamma(1, 1, 20)) * 100)
    table = Table.of(counts, [counties, np.zeros(100, dtype=np.int64)])
    hidden, small = suppress(table)[0], only_primary(table)[0]
    assert small.sum() > 20
    assert hidden.sum() < 3 * small.sum()
    assert table.counts[0][~hidden].sum() > 0.99 * table.counts[0].sum()


@pytest.mark.parametrize("counts", [[[1, 0], [0, 2]], [[1, 1], [1, 1]]])
def test_nothing_is_published_about_too_few(counts: list[list[int]]) -> None:
    with pytest.raises(TooFew):
        suppress(Table.of(np.array(counts), [np.array([0, 0]), np.array([0, 0])]))


def test_a_table_of_ones_is_not_published() -> None:
    """Its totals would be the number of its cells."""
    with pytest.raises(TooFew):
        suppress(Table.of(np.ones((3, 3), dtype=np.int64), [np.zeros(3, dtype=np.int64)]))


def twelve(seed: int) -> list[tuple[Edition, dict[Cell, int]]]:
    """Twelve editions; from one to the next, three counts go up or down by one."""
    rng = np.random.default_rng([seed, 12])
    table, before, editions = city(rng, float(rng.choice([3, 20]))), None, []
    for _ in range(12):
        try:
            before = suppress(table, before)
            editions.append(edition(table, before, is_rounded=True))
        except TooFew:
            pass
        counts = table.counts[0][:, :-1].copy()
        for _ in range(3):
            at = rng.integers(counts.shape[0]), rng.integers(counts.shape[1])
            counts[at] = max(0, counts[at] + rng.choice([-1, 1]))
        table = Table.of(counts, table.ancestors[1:])
    return editions


@pytest.mark.parametrize("seed", range(6))
def test_no_difference_over_twelve_editions_levels_and_totals_is_a_suppressed_count(seed: int) -> None:
    editions = twelve(seed)
    publics = [public for public, _ in editions]
    for n, (public, truth) in enumerate(editions):
        small = {cell: truth[cell] for cell, count in public.items() if count is None and truth[cell] < SMALLEST}
        tried = [(cell, count) for cell, count in differences(publics, n) if cell in small]
        assert [cell for cell, count in tried if count == small[cell]] == []


def test_who_supposes_that_cells_stay_as_they_were_is_right_no_more_often_than_who_guesses() -> None:
    """He takes what the nearest other edition published of a cell. Of what he then believes to know, too much is wrong."""
    sure, right, small = 0, 0, []
    for seed in range(6):
        editions = twelve(seed)
        publics = [public for public, _ in editions]
        for n, (public, truth) in enumerate(editions):
            found = ranges(public, SMALLEST, carried(publics, n, SMALLEST))
            small += [truth[cell] for cell in found if truth[cell] < SMALLEST]
            for cell, (lowest, highest) in found.items():
                if np.ceil(lowest - 1e-6) == np.floor(highest + 1e-6):
                    sure += 1
                    right += truth[cell] == round(lowest)
    most_frequent = max(small.count(count) for count in range(1, SMALLEST)) / len(small)
    assert len(small) > 300
    assert sure < 0.05 * len(small)
    assert right <= max(most_frequent * sure * 1.5, 3)


def test_what_was_suppressed_stays_suppressed() -> None:
    table = city(np.random.default_rng(5), 20)
    before = suppress(table)
    more = Table.of(table.counts[0][:, :-1] + 50, table.ancestors[1:])
    for kept, now in zip(before, suppress(more, before), strict=True):
        assert (kept <= now).all()


def test_the_equations_are_those_of_levels_and_totals() -> None:
    public: Edition = {
        ("510901001000", "a"): 5,
        ("510901001000", TOTAL): 5,
        ("510901000000", "a"): 5,
        ("510901000000", TOTAL): 5,
        ("510900000000", "a"): 5,
        ("510900000000", TOTAL): 5,
    }
    assert len(list(equations(public))) == 3 + 4
