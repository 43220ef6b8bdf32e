"""A decision holds for the person, whatever id the person gets, until another decision lifts it; none is changed unnoticed."""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data.access.decisions import tampered_decisions
from suining_data.confidential import NotConfidential, NotKnown, confidential_persons, covered_ids, lift, mark
from suining_data.linkage.registry import create_registry
from suining_data.review import Decision, append, decidable_pairs

Connection = duckdb.DuckDBPyConnection


@pytest.fixture
def con() -> Iterator[Connection]:
    with duckdb.connect() as con:
        con.execute("create schema registry; create schema linked")
        create_registry(con)
        con.execute(
            "create table linked.review (pair_id varchar, subject varchar, token_l varchar, token_r varchar, state varchar)"
        )
        for id in ("P1", "P2", "P3"):
            con.execute("insert into registry.person_golden values (?, 'active', null, 'run1', null)", [id])
        yield con


def merge(con: Connection, id: str, into: str) -> None:
    con.execute("update registry.person_golden set status = 'merged', merged_into = ? where person_id = ?", [into, id])


def split(con: Connection, id: str, new: str, when: str) -> None:
    con.execute("insert into registry.person_golden values (?, 'active', null, 'run2', null)", [new])
    con.execute(f"insert into registry.person_event values ('split', ?, ?, 1, 'run2', {when})", [new, id])


def test_a_decision_says_about_whom_who_when_and_why(con: Connection) -> None:
    mark(con, "P1", "李某", "case 2026-17")
    [found] = confidential_persons(con)
    assert (found.person_id, found.by, found.reason, found.ids) == ("P1", "李某", "case 2026-17", ("P1",))
    assert found.at.year >= 2026


def test_it_holds_for_the_id_that_the_person_is_merged_into_and_for_those_that_were_merged(con: Connection) -> None:
    mark(con, "P1", "李某", "case")
    merge(con, "P1", into="P2")
    merge(con, "P3", into="P2")
    assert covered_ids(con) == {"P1", "P2", "P3"}


def test_it_holds_for_what_is_split_off_later_and_not_for_what_was_before(con: Connection) -> None:
    split(con, "P1", "P4", "timestamp '2001-01-01'")
    mark(con, "P1", "李某", "case")
    assert covered_ids(con) == {"P1"}
    split(con, "P1", "P5", "timestamp '2999-01-01'")
    assert covered_ids(con) == {"P1", "P5"}


def test_another_decision_lifts_it_by_whichever_id(con: Connection) -> None:
    mark(con, "P1", "李某", "case")
    merge(con, "P1", into="P2")
    lift(con, "P2", "王某", "case closed")
    assert covered_ids(con) == set()
    mark(con, "P2", "李某", "case again")
    assert covered_ids(con) == {"P1", "P2"}


def test_whom_nobody_knows_cannot_be_marked_and_who_is_not_confidential_cannot_be_lifted(con: Connection) -> None:
    with pytest.raises(NotKnown):
        mark(con, "P9", "李某", "case")
    with pytest.raises(NotConfidential):
        lift(con, "P1", "李某", "case")


@pytest.mark.parametrize(
    "behind_the_back",
    [
        "update registry.decision set verdict = 'lifted'",
        "update registry.decision set token_l = 'P2'",
        "delete from registry.decision",
        "insert into registry.decision select * replace ('lifted' as verdict, 2 as decision_number) from registry.decision",
    ],
)
def test_a_decision_that_is_changed_behind_the_program_is_found(con: Connection, behind_the_back: str) -> None:
    mark(con, "P1", "李某", "case")
    assert tampered_decisions(con, []) == []
    con.execute(behind_the_back)
    assert tampered_decisions(con, []) != []


def test_a_decision_about_a_pair_does_not_lift_it(con: Connection) -> None:
    mark(con, "P1", "李某", "case")
    [(pair,)] = con.execute("select left(md5('confidential' || least('P1', '') || greatest('P1', '')), 16)").fetchall()
    pairs = decidable_pairs(con, [pair])
    assert pairs == {}
    with pytest.raises(KeyError):
        append(con, [Decision(pair, "same", "王某")], pairs)
    assert covered_ids(con) == {"P1"}
