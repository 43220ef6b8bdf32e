"""The town after its first refresh, and its exchange table."""

from pathlib import Path

import pytest

from suining_data.settings import Settings
from suining_data_tests.exchange.conftest import dsn
from suining_data_tests.random_changes.exchange import ExchangeTable, read_lines
from suining_data_tests.random_changes.town import EXCHANGED, town_catalog
from suining_data_tests.random_changes.twin import Twin
from suining_data_tests.sharing import once

__all__ = ["dsn"]
FIRST_WRITTEN = (
    "2019-08-31T22:00:00+08:00"  # all rows of the exchange table: what is fetched is the same for every test
)


@pytest.fixture
def table(delivered: Settings, dsn: str) -> ExchangeTable:
    """The exchange table with the rows that the sample delivers as files."""
    return filled_table(delivered, dsn)


def filled_table(delivered: Settings, dsn: str) -> ExchangeTable:
    resource = town_catalog().resource(EXCHANGED)
    files = (delivered.landing / town_catalog().unit_of(EXCHANGED).id).glob(resource.delivery.pattern)
    table = ExchangeTable(dsn, [field.source for field in resource.fields])
    table.put(dict(enumerate(read_lines(sorted(files)))), FIRST_WRITTEN)
    return table


@pytest.fixture(scope="session")
def begun(delivered: Settings, empty_warehouse: Path, dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the town after its first refresh; do not change it."""

    def make(folder: Path) -> None:
        filled_table(delivered, dsn)
        Twin(folder, empty_warehouse, dsn).begin(delivered)

    return once(tmp_path_factory, "town", make) / "refreshed"


@pytest.fixture
def twin(tmp_path: Path, empty_warehouse: Path, dsn: str, begun: Path) -> Twin:
    """The town after its first refresh, twice."""
    twin = Twin(tmp_path, empty_warehouse, dsn)
    twin.go_on(begun)
    return twin
