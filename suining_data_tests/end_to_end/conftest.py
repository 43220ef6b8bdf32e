"""A small made-up city, delivered and refreshed once, for every test that looks at what comes out; and its later nights.

Here: the city, its data folder after each of its nights. Not here: what is delivered in the later nights (nights.py).
"""

import io
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import dagster as dg
import duckdb
import pytest

from suining_data.display import PlainConsole
from suining_data.orchestration.refresh import Outcome, run_refresh
from suining_data.settings import Settings, settings
from suining_data_tests.end_to_end import nights
from suining_data_tests.sharing import once

TOLD = "refresh.json"  # what the last refresh of the city came to


class City:
    """A data folder with its deliveries, and what the three users do with it."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self.patch = patch
        patch.setenv("SUINING_DATA", str(folder))
        settings.cache_clear()
        self.settings: Settings = settings()
        self.outcome, self.output = Outcome.FAILED, ""
        if (folder / TOLD).exists():
            outcome, self.output = json.loads((folder / TOLD).read_text(encoding="utf-8"))
            self.outcome = Outcome(outcome)

    @property
    def succeeded(self) -> bool:
        return self.outcome is not Outcome.FAILED

    def refresh(self, accepted: Sequence[str] = ()) -> str:
        """What `suining refresh` prints."""
        output = io.StringIO()
        self.outcome = run_refresh(self.settings, PlainConsole(file=output, width=200), accepted)
        self.output = output.getvalue()
        (self.settings.data / TOLD).write_text(json.dumps([self.outcome, self.output]), encoding="utf-8")
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


def refreshed(
    factory: pytest.TempPathFactory, name: str, before: Path, deliver: Callable[[Settings], Sequence[str]]
) -> Path:
    """A copy of the folder `before` after `deliver`, which returns the batches to accept, and a refresh. Made once in a run."""

    def make(folder: Path) -> None:
        shutil.copytree(before, folder, symlinks=True, dirs_exist_ok=True)
        with pytest.MonkeyPatch.context() as patch:
            city = City(folder, patch)
            city.refresh(deliver(city.settings))
        settings.cache_clear()

    return once(factory, name, make)


@pytest.fixture(scope="session")
def first_night(delivered: Settings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The deliveries, refreshed; like the folders of all nights not to be changed."""
    return refreshed(tmp_path_factory, "city", delivered.data, lambda _: [])


@pytest.fixture(scope="session")
def broken_night(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a night whose files are all broken, or known."""
    return refreshed(tmp_path_factory, "broken_night", first_night, nights.deliver_broken)


@pytest.fixture(scope="session")
def changed_night(broken_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a night with new registers, and with files of which single lines and values are put aside."""
    return refreshed(tmp_path_factory, "changed_night", broken_night, nights.deliver_changes)


@pytest.fixture(scope="session")
def corrected_night(changed_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After people have corrected, accepted or removed what was refused or put aside, and decided about pairs."""
    return refreshed(tmp_path_factory, "corrected_night", changed_night, nights.deliver_corrections)


@pytest.fixture(scope="session")
def rebuilt_night(corrected_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After the warehouse was lost: all is made again of landing/, raw/ and the copy of the registry."""

    def lose(lost: Settings) -> Sequence[str]:
        shutil.rmtree(lost.warehouse.parent)
        return []

    return refreshed(tmp_path_factory, "rebuilt_night", corrected_night, lose)


@pytest.fixture
def city_of() -> Iterator[Callable[[Path], City]]:
    """The city of a data folder; commands that run in this process are about the last one that was asked for."""
    with pytest.MonkeyPatch.context() as patch:
        yield lambda folder: City(folder, patch)
    settings.cache_clear()


@pytest.fixture
def delivered_city(first_night: Path, city_of: Callable[[Path], City]) -> City:
    """Delivered and refreshed; do not change it."""
    return city_of(first_night)


@pytest.fixture
def broken_city(broken_night: Path, city_of: Callable[[Path], City]) -> City:
    """Do not change it."""
    return city_of(broken_night)


@pytest.fixture
def changed_city(changed_night: Path, city_of: Callable[[Path], City]) -> City:
    """Do not change it. Its before.duckdb is what was published before."""
    return city_of(changed_night)


@pytest.fixture
def corrected_city(corrected_night: Path, city_of: Callable[[Path], City]) -> City:
    """Do not change it."""
    return city_of(corrected_night)


@pytest.fixture
def rebuilt_city(rebuilt_night: Path, city_of: Callable[[Path], City]) -> City:
    """Do not change it."""
    return city_of(rebuilt_night)


@pytest.fixture
def own_city(first_night: Path, tmp_path: Path, city_of: Callable[[Path], City]) -> City:
    """A copy of the refreshed city that a test may break; nobody has looked at anybody in it."""
    shutil.copytree(
        first_night, tmp_path, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("access", "access.head")
    )
    return city_of(tmp_path)
