"""Three samples that the tests share: one as it comes, one where lines break and values err often, a wild one."""

from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Resource, load_catalog
from suining_data.settings import Settings
from suining_data.synthetic import SampleSummary, make_sample, read_summary
from suining_data.synthetic.errors import USUAL, WILD
from suining_data_tests.conftest import SCALE, SEED
from suining_data_tests.sharing import once

ROUGH = replace(
    USUAL, line_blank=0.02, line_break_in_quotes=0.05, line_bad_bytes=0.004, line_stray_quote=0.004, line_short=0.004,
    line_nul=0.004, name_dot_variant=1.0, double_registration=0.02, dead_yet_paid=0.9,
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """A made sample and where it lies."""

    settings: Settings
    summary: SampleSummary

    def files(self, resource: Resource) -> list[Path]:
        """The files of a resource, in order of name."""
        unit = load_catalog().unit_of(resource.id)
        return sorted((self.settings.landing / unit.id).glob(resource.delivery.pattern))

    def truth(self, name: str) -> str:
        """A Parquet file of the truth, for `from '...'`."""
        return str(self.settings.truth / f"{name}.parquet")


def make(folder: Path, **options: object) -> None:
    """A sample at the tests' scale and seed in a folder of its own."""
    make_sample(Settings(data=folder), SCALE, SEED, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def sample(delivered: Settings) -> Sample:
    return lying(delivered)


@pytest.fixture(scope="session")
def rough_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return lying(Settings(data=once(tmp_path_factory, "rough", lambda folder: make(folder, rates=ROUGH))))


@pytest.fixture(scope="session")
def wild_sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return lying(Settings(data=once(tmp_path_factory, "wild", lambda folder: make(folder, rates=WILD))))


def lying(settings: Settings) -> Sample:
    summary = read_summary(settings)
    assert summary
    return Sample(settings, summary)


@pytest.fixture(scope="session")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()
