"""Tokens: the same record has the same one, and a registry with former tokens keeps its ids and decisions."""

import json
from pathlib import Path

import pytest

from suining_data.linkage import create_registry
from suining_data.linkage.tokens import PREFIX, token
from suining_data_tests.bench import Bench

FORMER = Path(__file__).parent / "registry_0_2_0"
ROWS = json.loads((FORMER / "rows.json").read_text(encoding="utf-8"))
SUBJECTS = ("person", "organization")
STUDENT = 3  # of the row without a number whose record reports two shared identifiers
KEPT_APART, TOGETHER = (10, 11), (8, 9)  # as decided

Ids = dict[tuple[int, str], str | None]  # (record_id, role) -> golden id


@pytest.fixture
def former(bench: Bench) -> Bench:
    """A bench with the registry of the former commit and nothing delivered yet."""
    tables = [f"{subject}_{table}" for subject in SUBJECTS for table in ("identity", "golden", "event")]
    for table in [*tables, "decision"]:
        bench.con.execute(
            f"insert into registry.{table} by name from read_csv(?, header = true, all_varchar = true)",
            [str(FORMER / f"{table}.csv")],
        )
    create_registry(bench.con)
    return bench


def deliver(bench: Bench, *, without: int | None = None) -> None:
    """Stage the rows anew, under the same record ids; `without` is left out."""
    for resource in {resource for resource, _ in ROWS}:
        bench.con.execute(f"truncate staged.{resource}")
    bench.con.execute("truncate governance.quarantine")
    for record, (resource, values) in enumerate(ROWS, start=1):
        bench.last_record = record - 1
        if record != without:
            bench.stage(resource, **values)


def former_ids(subject: str) -> Ids:
    lines = (FORMER / f"{subject}_record.csv").read_text(encoding="utf-8").splitlines()[1:]
    return {(int(record), role): id or None for record, role, id in (line.split(",") for line in lines)}


def ids(bench: Bench, subject: str) -> Ids:
    rows = bench.query(f"select record_id, role, {subject}_id from linked.{subject}_record")
    return {(record, role): id for record, role, id in rows}


def events(bench: Bench, subject: str) -> list[tuple[str, str]]:
    """(kind, id) of what today's runs did; the former run has the name run1 as well, but its own time."""
    former = f"read_csv('{FORMER / f'{subject}_event.csv'}', header = true)"
    return bench.query(
        f"select kind, {subject}_id from registry.{subject}_event "
        f"where happened_at > (select max(happened_at) from {former}) order by happened_at, kind"
    )


def keys(bench: Bench, subject: str) -> set[str]:
    return {key for (key,) in bench.query(f"select identity_key from registry.{subject}_identity")}


def is_former(key: str) -> bool:
    return key.startswith("record:") and not key.startswith(PREFIX)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_registry_with_former_tokens_keeps_its_ids(former: Bench, subject: str) -> None:
    before = keys(former, subject)
    assert any(is_former(key) for key in before)
    deliver(former)
    former.link()
    assert ids(former, subject) == former_ids(subject)
    assert events(former, subject) == []
    after = keys(former, subject)
    assert len(after) == len(before)
    assert not any(is_former(key) for key in after)
    former.link()
    assert ids(former, subject) == former_ids(subject)
    assert events(former, subject) == []
    assert keys(former, subject) == after


def test_decisions_on_former_tokens_are_obeyed(former: Bench) -> None:
    deliver(former)
    former.link()
    found = former.ids("person")
    assert found[TOGETHER[0]] == found[TOGETHER[1]] is not None
    assert found[KEPT_APART[0]] != found[KEPT_APART[1]]
    tokens = former.query("select token_l, token_r from registry.decision")
    assert not any(is_former(key) for pair in tokens for key in pair)
    assert former.query("select state, count(*) from linked.review group by all") == [
        ("uncertain", 1)
    ]  # the unsure one


def test_a_decision_on_a_former_token_that_has_no_id_moves_as_well(former: Bench) -> None:
    """As of a record that was of no subject, and is delivered again when every id has moved."""
    former.con.execute("delete from registry.person_identity where starts_with(identity_key, 'record:')")
    deliver(former)
    former.link()
    found = former.ids("person")
    assert found[TOGETHER[0]] == found[TOGETHER[1]] is not None
    assert found[KEPT_APART[0]] != found[KEPT_APART[1]]


def test_without_the_former_decisions_the_records_are_linked_otherwise(former: Bench) -> None:
    former.con.execute("truncate registry.decision")
    deliver(former)
    former.link()
    found = former.ids("person")
    assert found[TOGETHER[0]] != found[TOGETHER[1]]
    assert found[KEPT_APART[0]] == found[KEPT_APART[1]]


def test_a_former_token_waits_for_its_record_and_moves_when_it_comes_back(former: Bench) -> None:
    id = former_ids("person")[STUDENT, "student"]
    [(waiting,)] = former.query(f"select identity_key from registry.person_identity where person_id = '{id}'")
    deliver(former, without=STUDENT)
    former.link()
    assert {key for key in keys(former, "person") if is_former(key)} == {waiting}
    assert events(former, "person") == [("retire", id)]
    deliver(former)
    former.link()
    assert not any(is_former(key) for key in keys(former, "person"))
    assert ids(former, "person") == former_ids("person")
    assert events(former, "person") == [("retire", id), ("return", id)]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("column", ["addresses", "shared_identifiers"])
def test_the_order_of_a_list_makes_no_difference_to_a_token(bench: Bench, subject: str, column: str) -> None:
    record = f"""
        select col0 as {column}, 'r' as resource_id, 'holder' as role, '王小明' as name, null as received,
            null as contested_number, null as sex_code, null as birth, null as phone, null as representative_name,
            null::varchar[] as {"addresses" if column == "shared_identifiers" else "shared_identifiers"}
        from (values (['甲路1号', '乙路2号']), (['乙路2号', '甲路1号']), (['甲路1号', '丙路3号']))
    """
    tokens = [value for (value,) in bench.query(f"select {token(subject)} from ({record})")]
    assert tokens[0] == tokens[1]
    assert tokens[0] != tokens[2]
    assert all(value.startswith(PREFIX) for value in tokens)
