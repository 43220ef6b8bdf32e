"""A connection with all that staging reads beside the delivered rows."""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data.ingestion import create_ledger
from suining_data.linkage import create_registry
from suining_data.standardization import create_accounts
from suining_data.warehouse import load_spatial, prepare


@pytest.fixture(scope="module")
def reference() -> Iterator[duckdb.DuckDBPyConnection]:
    """Reference tables, ledger, accounts and registry, all but the first empty; shared by the tests of a module."""
    with duckdb.connect() as con:
        prepare(con)
        load_spatial(con)
        create_ledger(con)
        create_accounts(con)
        create_registry(con)
        yield con
