"""What tests of several packages share: a small made-up city's deliveries, and the bench.

Here: its deliveries and the truth about it, the bench and the file it is copied from. Not here: what a refresh makes of
the deliveries (end_to_end/).
"""

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from suining_data.settings import Settings
from suining_data.synthetic import make_sample
from suining_data_tests.bench import Bench, make_empty_warehouse
from suining_data_tests.sharing import once

SCALE, SEED = 0.002, 7
hypothesis.settings.register_profile("any machine", deadline=None)  # a busy machine is no fault of the code
hypothesis.settings.load_profile("any machine")
os.environ["SUINING_PURPOSE"] = "test"  # what commands that show personal values ask for
os.environ["SUINING_QUIET_SECONDS"] = "0"  # tests deliver and refresh at once; also in the processes that they start
# one key for all processes of a run of the tests, so that what they share has the same pseudonyms
os.environ["SUINING_PSEUDONYM_KEY_FILE"] = str(Path(__file__).with_name("pseudonym.key"))


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Where the deliveries lie; do not change them."""

    def make(folder: Path) -> None:
        make_sample(Settings(data=folder), SCALE, SEED)

    return Settings(data=once(tmp_path_factory, "delivered", make))


@pytest.fixture(scope="session")
def empty_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that every bench is a copy of; do not change it."""
    folder = once(tmp_path_factory, "empty", lambda folder: make_empty_warehouse(folder / "empty.duckdb"))
    return folder / "empty.duckdb"


@pytest.fixture(scope="session")
def session_bench(empty_warehouse: Path) -> Iterator[Bench]:
    """A bench with what all tests of a package start from: nothing, unless the package has a fixture of this name."""
    bench = Bench(empty_warehouse)
    yield bench
    bench.con.close()


@pytest.fixture
def bench(session_bench: Bench) -> Iterator[Bench]:
    """The same bench for every test: what a test does is rolled back."""
    session_bench.last_record = 0
    session_bench.con.begin()
    yield session_bench
    session_bench.con.rollback()
