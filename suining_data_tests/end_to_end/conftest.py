"""A small made-up city, delivered and refreshed once, for every test that looks at what comes out."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from suining_data.operations.refresh import run_refresh
from suining_data.settings import Settings, settings
from suining_data.synthetic import make_sample

SCALE, SEED = 0.002, 7


class City:
    """A data folder with its deliveries, and what the three users do with it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        patch.setenv("SUINING_DATA", str(folder))
        settings.cache_clear()
        self.settings: Settings = settings()

    def refresh(self) -> str:
        """What `suining refresh` prints."""
        self.output = io.StringIO()
        self.succeeded = run_refresh(self.settings, Console(file=self.output, width=200))
        return self.output.getvalue()

    def query(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the published file."""
        with duckdb.connect(str((self.settings.published / "suining.duckdb").resolve()), read_only=True) as con:
            return con.sql(sql).fetchall()

    def value(self, sql: str) -> object:
        """The one value of the one row."""
        rows = self.query(sql)
        assert len(rows) == 1
        return rows[0][0]

    def warehouse(self, sql: str) -> list[tuple[object, ...]]:
        """Rows of the warehouse: batches, checks and states that a failed run did not publish."""
        with duckdb.connect(str(self.settings.warehouse), read_only=True) as con:
            return con.sql(sql).fetchall()

    def landed(self, unit: str, pattern: str) -> Path:
        """The last delivered file of a pattern."""
        return sorted((self.settings.landing / unit).glob(pattern))[-1]


@pytest.fixture(scope="session")
def delivered_city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Delivered and refreshed; do not change it."""
    with pytest.MonkeyPatch.context() as patch:
        city = City(tmp_path_factory.mktemp("city"), patch)
        make_sample(city.settings, SCALE, SEED)
        city.refresh()
        yield city
    settings.cache_clear()


@pytest.fixture
def own_city(delivered_city: City, tmp_path: Path) -> Iterator[City]:
    """A copy of the refreshed city that a test may break."""
    shutil.copytree(delivered_city.settings.data, tmp_path, symlinks=True, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        yield City(tmp_path, patch)
    settings.cache_clear()
