"""After each of many random changes, the refreshed warehouse equals a rebuilt one, row by row, ids included."""

from pathlib import Path

import dagster as dg
import pytest

from suining_data.settings import Settings
from suining_data_tests.exchange.conftest import dsn
from suining_data_tests.random_changes.changes import Changes
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


def check(twin: Twin, told: str) -> None:
    """Refresh, rebuild, compare. A change that a blocking check of the refresh stops must stop the rebuild, too."""
    try:
        written = twin.refresh()
    except dg.Failure:
        with pytest.raises(dg.Failure):
            twin.rebuild()
        twin.take_back()
        return
    twin.rebuild()
    differing = twin.differences()
    assert not differing, f"{', '.join(differing)} differ after {told}\nwritten: {', '.join(written)}"


@pytest.mark.parametrize(("seed", "count"), [(1, 8), pytest.param(2, 200, marks=pytest.mark.slow)])
def test_after_random_changes_a_refresh_leaves_what_a_rebuild_makes(
    twin: Twin, table: ExchangeTable, seed: int, count: int
) -> None:
    changes = Changes(twin.settings, table, seed)
    twin.begin()
    for number in range(1, count + 1):
        twin.keep()
        changes.make_one()
        made = "\n".join(f"{n}. {done}" for n, done in enumerate(changes.made, start=1))
        check(twin, f"change {number} of seed {seed}:\n{made}")
