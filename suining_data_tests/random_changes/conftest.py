"""The town before its first refresh, and its exchange table."""

from pathlib import Path

import pytest

from suining_data.settings import Settings
from suining_data_tests.exchange.conftest import dsn
from suining_data_tests.random_changes.exchange import ExchangeTable, read_lines
from suining_data_tests.random_changes.town import EXCHANGED, town_catalog
from suining_data_tests.random_changes.twin import Twin

__all__ = ["dsn"]


@pytest.fixture
def twin(tmp_path: Path, empty_warehouse: Path, delivered: Settings, dsn: str) -> Twin:
    """The town before its first refresh."""
    return Twin(tmp_path, empty_warehouse, delivered, dsn)


@pytest.fixture
def table(delivered: Settings, dsn: str) -> ExchangeTable:
    """The exchange table with the rows that the sample delivers as files."""
    resource = town_catalog().resource(EXCHANGED)
    files = (delivered.landing / town_catalog().unit_of(EXCHANGED).id).glob(resource.delivery.pattern)
    table = ExchangeTable(dsn, [field.source for field in resource.fields])
    table.put(dict(enumerate(read_lines(sorted(files)))))
    return table
