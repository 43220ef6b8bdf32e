"""A bench of staged rows for every test of linkage."""

from collections.abc import Iterator

import pytest

from suining_data_tests.linkage.staging import Records


@pytest.fixture
def records() -> Iterator[Records]:
    records = Records()
    yield records
    records.con.close()
