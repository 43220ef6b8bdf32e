"""A connection with the reference tables that rules look up."""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data.settings import REFERENCE
from suining_data.warehouse import load_spatial


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        load_spatial(connection)
        connection.execute("create schema reference")
        for path in sorted([*(REFERENCE / "divisions").glob("*.csv"), *(REFERENCE / "codes").glob("*.csv")]):
            connection.execute(
                f"create table reference.\"{path.stem}\" as from read_csv('{path}', header = true, all_varchar = true)"
            )
        yield connection
