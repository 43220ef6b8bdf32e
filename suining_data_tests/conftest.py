"""A small made-up city, for every test that reads what its departments deliver.

Here: its deliveries and the truth about it. Not here: what a refresh makes of them (end_to_end/).
"""

from pathlib import Path

import pytest

from suining_data.settings import Settings
from suining_data.synthetic import make_sample
from suining_data_tests.linkage.staging import make_empty
from suining_data_tests.sharing import once

SCALE, SEED = 0.002, 7


@pytest.fixture(scope="session")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Where the deliveries lie; do not change them."""

    def make(folder: Path) -> None:
        make_sample(Settings(data=folder), SCALE, SEED)

    return Settings(data=once(tmp_path_factory, "delivered", make))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a warehouse without a row, for the benches of linkage and review."""
    folder = once(tmp_path_factory, "linkage", lambda folder: make_empty(folder / "empty.duckdb"))
    return folder / "empty.duckdb"
