"""Which states of a golden record begin and end with a refresh, and what a copy of them is good for."""

from pathlib import Path

import duckdb
import pytest

from suining_data.history import KEPT, compare, create_history, record
from suining_data.linkage import back_up_registry, create_registry, restore_registry
from suining_data.settings import Settings
from suining_data.warehouse import transaction

PERSON = next(kept for kept in KEPT if kept.name == "person")
STATES = "select person_id, name, begun_run, begun_as, came_from, ended_run, ended_as, became from history.person order by all"


class Past:
    """A warehouse with the tables that recording reads, and runs over hand-made persons."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("create schema registry; create schema population")
        create_registry(self.con)
        create_history(self.con)
        columns = ", ".join(f"{name} {kind}" for name, kind in {**PERSON.columns, **PERSON.sources}.items())
        self.con.execute(f"create table population.person ({columns})")

    def refresh(self, run: str, **names: str) -> tuple[int, int]:
        """Persons by id, with a name each. Returns how many states began and ended."""
        self.con.execute("delete from population.person")
        for position, (id, name) in enumerate(names.items()):
            self.con.execute(
                "insert into population.person (person_id, name, name_from) values (?, ?, ?)", [id, name, position]
            )
        recorded = compare(self.con, PERSON)
        with transaction(self.con):
            record(self.con, PERSON, run)
        return recorded.begun, recorded.ended

    def states(self) -> list[tuple[object, ...]]:
        return self.con.execute(STATES).fetchall()


@pytest.fixture
def past() -> Past:
    return Past()


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


def test_a_run_that_is_done_again_after_it_was_killed_adds_only_what_is_missing(past: Past) -> None:
    past.refresh("run1", P1="郑有才")
    past.con.execute("update population.person set name = '郑有财'")
    compare(past.con, PERSON)
    past.con.begin()
    record(past.con, PERSON, "run2")
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


def test_an_attribute_that_was_declared_since_is_added_to_the_history(past: Past) -> None:
    past.refresh("run1", P1="郑有才")
    past.con.execute("alter table history.person drop column former_name")
    create_history(past.con)
    past.con.execute("update population.person set former_name = '郑老三'")
    compare(past.con, PERSON)
    record(past.con, PERSON, "run2")
    rows = past.con.execute("select former_name, ended_as from history.person order by recorded_from").fetchall()
    assert rows == [(None, "changed"), ("郑老三", None)]


def test_the_copy_of_the_registry_brings_the_history_back(past: Past, tmp_path: Path) -> None:
    past.refresh("run1", P1="郑有才")
    past.refresh("run2", P1="郑有财")
    settings = Settings(data=tmp_path)
    back_up_registry(past.con, settings)
    lost = duckdb.connect()
    lost.execute("create schema registry; create schema history")
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
