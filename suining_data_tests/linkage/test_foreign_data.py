"""The engine on data that nobody here made: it links at least as well as plain Splink on the same pairs."""

import pytest

from suining_data_tests.benchmarks.foreign.datasets import FEBRL_3, FEBRL_4, HARDLY_NUMBERED, NUMBERED, Dataset
from suining_data_tests.benchmarks.foreign.linking import compared, linked


@pytest.mark.parametrize(
    ("data", "least"),
    [  # of each of the two sources, the data that is harder to link is looked at in every run
        (FEBRL_3, 0.995),
        pytest.param(FEBRL_4, 0.999, marks=pytest.mark.slow),
        pytest.param(NUMBERED, 0.98, marks=pytest.mark.slow),
        (HARDLY_NUMBERED, 0.965),
    ],
    ids=lambda value: value.name if isinstance(value, Dataset) else "",
)
def test_ours_is_at_least_as_good_as_plain_splink_at_its_best(data: Dataset, least: float) -> None:
    with linked(data) as con:
        ours, best, _ = compared(con).values()
    assert ours.f1 >= least
    assert ours.f1 >= best.f1 - 0.001
