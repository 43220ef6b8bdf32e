"""Decisions about pairs: what was changed, added, removed or dated back behind the program is found."""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data.access import begin_chain, forget_decisions, os_user
from suining_data.access.decisions import tampered_decisions
from suining_data.linkage import create_registry
from suining_data.review import DecidablePair, Decision, append

PAIRS = {"pair": DecidablePair("person", "record:v2:a", "record:v2:b", None)}
Log = list[dict[str, object]]


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty registry."""
    with duckdb.connect() as con:
        con.execute("create schema registry")
        create_registry(con)
        yield con


@pytest.fixture
def log(con: duckdb.DuckDBPyConnection) -> Log:
    """What the access log has of three decisions; the first was made before there was a chain."""
    con.execute("insert into registry.decision values ('person', 'l', 'r', 'same', null, 'old', '2020-01-01', 1)")
    begin_chain(con)
    return [decide(con), decide(con)]


def decide(con: duckdb.DuckDBPyConnection) -> dict[str, object]:
    last = append(con, [Decision("pair", "same", "李某")], PAIRS)
    return {"decision": last.number, "decision_hash": last.hash}


def found(con: duckdb.DuckDBPyConnection, log: Log) -> list[str]:
    return [str(each) for each in tampered_decisions(con, log)]


def test_decisions_are_in_order_and_have_the_user_of_the_system(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    assert found(con, log) == []
    assert con.sql(
        "select decided_by, recorded_by from registry.decision join registry.decision_link using (decision_number) order by decision_number"
    ).fetchall() == [("old", None), ("李某", os_user()), ("李某", os_user())]


BACK_DATED = """
    insert into registry.decision
    select subject, token_l, token_r, 'same', 'agreed', '王某', timestamp '2001-01-01', 4 from registry.decision where decision_number = 2
"""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("update registry.decision set verdict = 'different' where decision_number = 1", "registry.decision 1: 登记后被改动"),
        ("update registry.decision set verdict = 'different' where decision_number = 2", "registry.decision 2: 登记后被改动"),
        ("update registry.decision set decided_by = '王某' where decision_number = 3", "registry.decision 3: 登记后被改动"),
        ("update registry.decision set token_l = 'x' where decision_number = 3", "registry.decision 3: 登记后被改动"),
        ("update registry.decision set decided_at = timestamp '2001-01-01' where decision_number = 3", "registry.decision 3"),
        ("update registry.decision_link set recorded_by = 'alice' where decision_number = 3", "registry.decision 3"),
        (BACK_DATED, "registry.decision 4: 不在判定链中"),
        (BACK_DATED.replace("4 from", "null from"), "不在判定链中"),
        ("delete from registry.decision where decision_number = 3", "registry.decision 3: 登记后被删除"),
        ("delete from registry.decision_link where decision_number = 3", "registry.decision 3: 不在判定链中"),
        ("delete from registry.decision where decision_number = 3; delete from registry.decision_link where decision_number = 3", "末尾被删去"),
        ("update registry.decision_link set is_forgotten = true; delete from registry.decision where decision_number = 3", "registry.decision 3: 登记后被删除"),
    ],
)  # fmt: skip
def test_what_was_done_behind_the_program_is_found(
    con: duckdb.DuckDBPyConnection, log: Log, sql: str, said: str
) -> None:
    con.execute(sql)
    assert any(said in each for each in found(con, log)), found(con, log)


def test_who_makes_the_chain_anew_is_found_by_the_log(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    con.execute("truncate registry.decision_link; update registry.decision set verdict = 'different'")
    begin_chain(con)
    assert any("与访问日志所记不同" in each for each in found(con, log))


def test_a_decision_after_a_forged_one_does_not_make_it_genuine(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    con.execute(BACK_DATED)
    assert decide(con)["decision"] == 5
    assert [each.partition(":")[0] for each in found(con, log)] == ["registry.decision 4"]


def test_decisions_about_a_forgotten_person_are_missed_by_nobody(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    forget_decisions(con, [2])
    assert found(con, [*log, {"decisions_forgotten": [2]}]) == []
    assert found(con, log) != []
    assert decide(con)["decision"] == 4
    assert found(con, [*log, {"decisions_forgotten": [2]}]) == []


def test_a_restored_backup_may_lack_later_decisions(con: duckdb.DuckDBPyConnection, log: Log) -> None:
    con.execute(
        "delete from registry.decision where decision_number = 3; delete from registry.decision_link where decision_number = 3"
    )
    assert found(con, [*log, {"restored_decisions": 2}]) == []
