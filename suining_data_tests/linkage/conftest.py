"""For every test of linkage: a bench of its own, as linkage commits, and one of scored pairs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data_tests.bench import Bench
from suining_data_tests.linkage.pairs import Pairs


@pytest.fixture
def bench(empty_warehouse: Path) -> Iterator[Bench]:
    bench = Bench(empty_warehouse)
    yield bench
    bench.con.close()


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    pairs = Pairs()
    yield pairs
    pairs.con.close()
