"""A small made-up city, delivered and refreshed once, for every test that looks at what comes out."""

import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.display import PlainConsole
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.settings import Settings, settings
from suining_data_tests.sharing import once

TOLD = "refresh.json"  # what the refresh of the city came to


class City:
    """A data folder with its deliveries, and what the three users do with it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        patch.setenv("SUINING_DATA", str(folder))
        settings.cache_clear()
        self.settings: Settings = settings()

    def refresh(self) -> str:
        """What `suining refresh` prints."""
        output = io.StringIO()
        self.outcome = run_refresh(self.settings, PlainConsole(file=output, width=200))
        self.succeeded = self.outcome is not Outcome.FAILED
        self.output = output.getvalue()
        return self.output

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

    def materialized(self, *key: str) -> dict[str, object]:
        """What Dagster shows of the last materialization of an asset."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", str(self.settings.dagster_home))  # where its dagster.yaml says it lies
            with dg.DagsterInstance.from_config(str(self.settings.dagster_home)) as instance:
                event = instance.get_latest_materialization_event(dg.AssetKey(key))
        assert event
        assert event.asset_materialization
        return {name: value.value for name, value in event.asset_materialization.metadata.items()}

    def landed(self, unit: str, pattern: str) -> Path:
        """The last delivered file of a pattern."""
        return sorted((self.settings.landing / unit).glob(pattern))[-1]


@pytest.fixture(scope="session")
def delivered_city(delivered: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """Delivered and refreshed; do not change it."""

    def make(folder: Path) -> None:
        shutil.copytree(delivered.data, folder, dirs_exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            city = City(folder, patch)
            city.refresh()
            (folder / TOLD).write_text(json.dumps([city.succeeded, city.output]), encoding="utf-8")

    folder = once(tmp_path_factory, "city", make)
    with pytest.MonkeyPatch.context() as patch:
        city = City(folder, patch)
        city.succeeded, city.output = json.loads((folder / TOLD).read_text(encoding="utf-8"))
        yield city
    settings.cache_clear()


@pytest.fixture
def own_city(delivered_city: City, tmp_path: Path) -> Iterator[City]:
    """A copy of the refreshed city that a test may break."""
    shutil.copytree(delivered_city.settings.data, tmp_path, symlinks=True, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        yield City(tmp_path, patch)
    settings.cache_clear()
