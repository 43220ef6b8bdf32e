"""A bench with what the published file holds beside the bases: the ledger of batches and the dictionary."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data.ingestion import create_ledger
from suining_data.models import declared_sources, load_sources
from suining_data.publication import write_dictionary
from suining_data_tests.bench import Bench, all_models


@pytest.fixture(scope="session")
def session_bench(empty_warehouse: Path) -> Iterator[Bench]:
    bench = Bench(empty_warehouse)
    create_ledger(bench.con)
    write_dictionary(
        bench.con, "governance.dictionary", bench.catalog, all_models(), load_sources(), declared_sources()
    )
    yield bench
    bench.con.close()
