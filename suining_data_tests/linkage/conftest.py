"""A bench of staged rows, and one of scored pairs, for every test of linkage."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data_tests.linkage.pairs import Pairs
from suining_data_tests.linkage.staging import Records


@pytest.fixture
def records(empty: Path) -> Iterator[Records]:
    records = Records(empty)
    yield records
    records.con.close()


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    pairs = Pairs()
    yield pairs
    pairs.con.close()
