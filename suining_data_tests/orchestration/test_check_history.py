"""What a check said before: a row per result, from when to when; a run that finds the same adds nothing."""

import dagster as dg
import duckdb
import pytest

from suining_data.orchestration import check_results
from suining_data.orchestration.check_results import begin_check_history, create_check_history
from suining_data.warehouse import transaction
from suining_data_tests.orchestration.tables import BLOCKING, table

STEP = table("a", 1)
SPECS = [dg.AssetCheckSpec(name, asset=dg.AssetKey(["staged", "a"])) for name in (BLOCKING.name, "other")]


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema governance; create schema registry")
    con.execute("""
        create table governance.check_result (
            table_name varchar, check_name varchar, is_blocking boolean, has_passed boolean, severity varchar,
            description varchar, metadata json, run_id varchar)
    """)
    create_check_history(con)
    return con


def record(con: duckdb.DuckDBPyConnection, run: str, **said: str) -> None:
    """The results of a run: what each check said; it passed if it said nothing."""
    results = [
        dg.AssetCheckResult(check_name=name, passed=not text, description=text or None) for name, text in said.items()
    ]
    with transaction(con):
        check_results.record(con, STEP, results, SPECS, run)


def history(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str | None, str, bool]]:
    """Check, description, run, whether it is the result of now."""
    return con.execute(
        "select check_name, description, run_id, recorded_to is null from registry.check_history order by recorded_from, 1"
    ).fetchall()


def test_only_a_change_of_a_result_is_added(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "r1", holds="", other="")
    record(con, "r2", holds="", other="")
    record(con, "r3", holds="2 rows", other="")
    record(con, "r4", holds="2 rows", other="")
    record(con, "r5", holds="", other="")
    assert history(con) == [
        ("holds", None, "r1", False),
        ("other", None, "r1", True),
        ("holds", "2 rows", "r3", False),
        ("holds", None, "r5", True),
    ]
    ends = con.execute("""
        select before.recorded_to = after.recorded_from from registry.check_history as before
        join registry.check_history as after on before.check_name = after.check_name and before.recorded_to = after.recorded_from
    """).fetchall()
    assert ends == [(True,), (True,)]


def test_a_check_that_is_gone_has_no_result_of_now(con: duckdb.DuckDBPyConnection) -> None:
    record(con, "r1", holds="", other="")
    record(con, "r2", holds="")
    assert [row[3] for row in history(con)] == [True, False]


def test_the_results_of_a_warehouse_without_a_history_are_its_beginning(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(
        "insert into governance.check_result values ('staged.a', 'holds', true, true, 'ERROR', null, '{}', 'r0')"
    )
    begin_check_history(con)
    begin_check_history(con)
    record(con, "r1", holds="")
    assert history(con) == [("holds", None, "r0", True)]
