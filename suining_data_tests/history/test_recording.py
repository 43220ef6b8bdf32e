"""Which states of a golden record begin and end with a refresh, and what a copy of them is good for."""

from pathlib import Path

import duckdb

from suining_data.changes import change_table
from suining_data.history import Run, compare, create_history, record
from suining_data.ingestion import create_ledger
from suining_data.linkage import back_up_registry, create_registry, restore_registry
from suining_data.publication.changed_rows import take_changes
from suining_data.settings import Settings
from suining_data.warehouse import swap
from suining_data_tests.history.conftest import PERSON, STATES, Past


def test_a_changed_value_ends_a_state_and_begins_one(past: Past) -> None:
    past.refresh("run1", P1="郑有才", P2="唐小兰")
    assert past.refresh("run2", P1="郑有财", P2="唐小兰") == (1, 1)
    assert past.states() == [
        ("P1", "郑有才", "run1", "initial", None, "run2", "changed", None),
        ("P1", "郑有财", "run2", "changed", None, None, None, None),
        ("P2", "唐小兰", "run1", "initial", None, None, None, None),
    ]


def test_the_end_of_a_state_is_the_beginning_of_the_next(past: Past) -> None:
    for run, name in (("run1", "郑有才"), ("run2", "郑有财"), ("run3", "郑有才")):
        past.refresh(run, P1=name)
    times = past.con.execute("select recorded_from, recorded_to from history.person order by 1").fetchall()
    assert [end for _, end in times] == [times[1][0], times[2][0], None]
    assert past.con.execute("select run_id from history.run order by recorded_at").fetchall() == [
        ("run1",),
        ("run2",),
        ("run3",),
    ]


def test_a_repeated_refresh_adds_nothing_though_other_records_report_the_values(past: Past) -> None:
    past.refresh("run1", P1="郑有才", P2="唐小兰")
    before = past.states()
    assert past.refresh("run2", P2="唐小兰", P1="郑有才") == (0, 0)
    assert past.states() == before


def test_a_copy_of_the_history_needs_only_its_changes(past: Past) -> None:
    others = {f"P{n}": "唐小兰" for n in range(10, 60)}
    past.refresh("run1", P1="郑有才", P2="唐小兰", **others)
    past.con.execute("create table copied as from history.person")
    past.refresh("run2", P1="郑有财", P9="唐小兰", **others)
    swap(past.con, change_table(PERSON.history))
    assert take_changes(past.con, "copied", PERSON.history)
    differing = past.con.execute(
        f"(from copied except all from {PERSON.history}) union all (from {PERSON.history} except all from copied)"
    )
    assert differing.fetchall() == []


def test_a_run_that_is_done_again_after_it_was_killed_adds_only_what_is_missing(past: Past) -> None:
    past.refresh("run1", P1="郑有才")
    past.con.execute("update population.person set name = '郑有财'")
    compare(past.con, PERSON, Run("run2"))
    past.con.begin()
    record(past.con, PERSON, Run("run2"))
    past.con.rollback()  # what a killed process leaves
    assert past.refresh("run2", P1="郑有财") == (1, 1)
    assert past.refresh("run2", P1="郑有财") == (0, 0)


def test_who_is_gone_is_withdrawn_or_merged_and_who_comes_back_has_returned(past: Past) -> None:
    past.refresh("run1", P1="郑有才", P2="郑有才", P3="唐小兰")
    past.con.execute("insert into registry.person_golden values ('P2', 'merged', 'P1', 'run2', now()::timestamp)")
    past.refresh("run2", P1="郑有才")
    past.refresh("run3", P1="郑有才", P3="唐小兰")
    assert past.states() == [
        ("P1", "郑有才", "run1", "initial", None, None, None, None),
        ("P2", "郑有才", "run1", "initial", None, "run2", "merged", "P1"),
        ("P3", "唐小兰", "run1", "initial", None, "run2", "withdrawn", None),
        ("P3", "唐小兰", "run3", "returned", None, None, None, None),
    ]


def test_who_is_new_was_added_or_split_from_another(past: Past) -> None:
    past.refresh("run1", P1="郑有才")
    past.con.execute("insert into registry.person_event values ('split', 'P2', 'P1', 3, 'run2', now()::timestamp)")
    past.refresh("run2", P1="郑有才", P2="郑有财", P3="唐小兰")
    assert past.states()[1:] == [
        ("P2", "郑有财", "run2", "split", "P1", None, None, None),
        ("P3", "唐小兰", "run2", "added", None, None, None, None),
    ]


def test_only_the_persons_of_the_change_table_are_compared(past: Past) -> None:
    past.refresh("run1", P1="郑有才", P2="唐小兰", P3="冯伟")
    past.con.execute("update population.person set name = '郑有财' where person_id <> 'P2'")
    past.con.execute("delete from population.person where person_id = 'P2'")
    past.con.execute(
        "create table change.population__person as "
        "select false as is_added, 'P1' as person_id union all select true, 'P1' union all select false, 'P2'"
    )
    found = [compare(past.con, PERSON, Run("run2"), changed) for changed in (["population.person"], [], None)]
    assert [(each.begun, each.ended) for each in found] == [(1, 2), (2, 3), (2, 3)]
    compare(past.con, PERSON, Run("run2"), ["population.person"])
    record(past.con, PERSON, Run("run2"))
    assert past.states() == [
        ("P1", "郑有才", "run1", "initial", None, "run2", "changed", None),
        ("P1", "郑有财", "run2", "changed", None, None, None, None),
        ("P2", "唐小兰", "run1", "initial", None, "run2", "withdrawn", None),
        ("P3", "冯伟", "run1", "initial", None, None, None, None),
    ]


def test_an_attribute_that_was_declared_since_is_added_to_the_history(past: Past) -> None:
    past.refresh("run1", P1="郑有才")
    past.con.execute("alter table history.person drop column former_name")
    create_history(past.con)
    past.con.execute("update population.person set former_name = '郑老三'")
    compare(past.con, PERSON, Run("run2"))
    record(past.con, PERSON, Run("run2"))
    rows = past.con.execute("select former_name, ended_as from history.person order by recorded_from").fetchall()
    assert rows == [(None, "changed"), ("郑老三", None)]


def test_the_copy_of_the_registry_brings_the_history_back(past: Past, tmp_path: Path) -> None:
    past.refresh("run1", P1="郑有才")
    past.refresh("run2", P1="郑有财")
    settings = Settings(data=tmp_path)
    back_up_registry(past.con, settings)
    lost = duckdb.connect()
    lost.execute("create schema registry; create schema history")
    create_ledger(lost)
    create_registry(lost)
    restore_registry(lost, settings)
    assert lost.execute(STATES).fetchall() == past.states()


def test_a_copy_of_a_version_without_a_history_is_read(past: Past, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    past.con.execute("drop schema history cascade; create schema history")
    back_up_registry(past.con, settings)
    restore_registry(past.con, settings)
    create_history(past.con)
    assert past.states() == []
