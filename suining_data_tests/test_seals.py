"""The seal of a table follows what is promoted, and nothing else."""

import duckdb
import pytest

from suining_data.changes import compare_rows, content_of
from suining_data.seals import SEALS, create_seals, seal, seals

TABLE = "linked.record"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema governance; create schema linked; create schema change")
    con.execute("create table governance.table_state (table_name varchar)")
    con.execute(f"create table {TABLE} as select i as record_id, 'name ' || i as name from range(100) as t(i)")
    create_seals(con)
    seal(con, TABLE)
    return con


def replace(con: duckdb.DuckDBPyConnection, record_id: int, name: str) -> None:
    """A promotion that replaces the rows of one key."""
    con.execute(f"create or replace temp table replaced as from {TABLE} where record_id = {record_id}")
    con.execute(f"create or replace temp table part as select {record_id}::bigint as record_id, '{name}' as name")
    difference = compare_rows(con, TABLE, "replaced", "part")
    con.execute(f"delete from {TABLE} where record_id = {record_id}; insert into {TABLE} from part")
    seal(con, TABLE, difference, is_part=True)


def is_as_sealed(con: duckdb.DuckDBPyConnection) -> bool:
    return seals(con)[TABLE] == content_of(con, TABLE)


def test_the_seal_follows_rows_that_are_replaced(con: duckdb.DuckDBPyConnection) -> None:
    replace(con, 3, "another")
    replace(con, 500, "one more")
    assert is_as_sealed(con)
    assert seals(con)[TABLE].rows == 101


@pytest.mark.parametrize(
    "by_hand",
    [
        f"update {TABLE} set name = 'X' where record_id = 7",
        f"delete from {TABLE} where record_id = 7",
        f"insert into {TABLE} from {TABLE} where record_id = 7",
        f"alter table {TABLE} add column more varchar",
    ],
)
def test_a_change_by_hand_stays_one_when_other_rows_are_replaced(con: duckdb.DuckDBPyConnection, by_hand: str) -> None:
    con.execute(by_hand)
    assert not is_as_sealed(con)
    if "alter" not in by_hand:
        replace(con, 3, "another")
        assert not is_as_sealed(con)


def test_a_table_without_a_seal_of_this_version_of_duckdb_is_sealed_as_it_is(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(f"insert into governance.table_state values ('{TABLE}'), ('raw.no_table')")
    con.execute(f"update {SEALS} set duckdb = '0.1', hashes = 0")
    create_seals(con)
    assert is_as_sealed(con)
    con.execute(f"update {TABLE} set name = 'X'")
    create_seals(con)
    assert not is_as_sealed(con)
