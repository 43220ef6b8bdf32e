"""An id is minted once; the cluster with the largest overlap keeps it, and every change is an event."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.linkage import back_up_registry, create_registry, restore_registry
from suining_data.linkage.registry import assign, record_ids
from suining_data.settings import Settings


class Registry:
    """Runs, each with clusters written as {root: {token: records}}."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("create schema registry")
        create_registry(self.con)
        self.run = 0

    def refresh(self, clusters: dict[str, dict[str, int]]) -> dict[str, str]:
        """Token -> id after a run."""
        self.run += 1
        self.con.execute(
            "create or replace temp table cluster (token varchar, root varchar, records bigint, first_record bigint)"
        )
        rows = [(token, root, n) for root, tokens in clusters.items() for token, n in tokens.items()]
        for token, root, n in rows:
            self.con.execute("insert into cluster values (?, ?, ?, hash(?) >> 2)", [token, root, n, token])
        assign(self.con, "person", "P", "cluster")
        record_ids(self.con, "person", f"run{self.run}")
        return dict(self.con.execute("select token, id from temp.assigned_id").fetchall())

    def events(self) -> list[tuple[str, str, str | None]]:
        """Kind, id and other id of the last run's events."""
        return self.con.execute(
            "select kind, person_id, other_id from registry.person_event where run_id = ? order by all",
            [f"run{self.run}"],
        ).fetchall()

    def redirects(self) -> dict[str, str]:
        return dict(self.con.execute("select old_id, new_id from registry.person_redirect").fetchall())


@pytest.fixture
def registry() -> Iterator[Registry]:
    registry = Registry()
    yield registry
    registry.con.close()


def test_an_id_is_minted_once_and_kept(registry: Registry) -> None:
    first = registry.refresh({"a": {"a": 3, "x": 1}, "b": {"b": 2}})
    assert first["a"] == first["x"] != first["b"]
    assert [kind for kind, _, _ in registry.events()] == ["mint", "mint"]
    assert registry.refresh({"b": {"b": 2}, "x": {"a": 3, "x": 1}}) == first
    assert registry.events() == []


def test_a_cluster_keeps_the_id_that_most_of_its_records_had_and_the_other_redirects(registry: Registry) -> None:
    before = registry.refresh({"a": {"a": 3}, "b": {"b": 5}})
    after = registry.refresh({"a": {"a": 3, "b": 5}})
    assert set(after.values()) == {before["b"]}
    assert registry.events() == [("merge", before["a"], before["b"])]
    assert registry.redirects() == {before["a"]: before["b"]}


def test_redirects_lead_to_the_last_id_through_any_number_of_merges(registry: Registry) -> None:
    before = registry.refresh({"a": {"a": 1}, "b": {"b": 2}, "c": {"c": 9}})
    registry.refresh({"a": {"a": 1, "b": 2}, "c": {"c": 9}})
    registry.refresh({"a": {"a": 1, "b": 2, "c": 9}})
    assert registry.redirects() == {before["a"]: before["c"], before["b"]: before["c"]}


def test_what_is_split_off_gets_an_id_of_its_own(registry: Registry) -> None:
    before = registry.refresh({"a": {"a": 3, "x": 1}})
    after = registry.refresh({"a": {"a": 3}, "x": {"x": 1}})
    assert after["a"] == before["a"]
    assert after["x"] != before["a"]
    assert registry.events() == [("split", after["x"], before["a"])]


def test_an_id_whose_records_are_gone_retires_and_comes_back_with_them(registry: Registry) -> None:
    before = registry.refresh({"a": {"a": 3}, "b": {"b": 1}})
    registry.refresh({"a": {"a": 3}})
    assert registry.events() == [("retire", before["b"], None)]
    registry.refresh({"a": {"a": 3}})
    assert registry.events() == []
    assert registry.refresh({"a": {"a": 3}, "b": {"b": 1}}) == before
    assert registry.events() == [("return", before["b"], None)]


def test_the_copy_gives_a_new_warehouse_the_same_ids(registry: Registry, tmp_path: Path) -> None:
    before = registry.refresh({"a": {"a": 3}, "b": {"b": 5}})
    settings = Settings(data=tmp_path / "o'clock")  # a folder may have any name
    back_up_registry(registry.con, settings)
    other = Registry()
    restore_registry(other.con, settings)
    assert other.refresh({"b": {"b": 5}, "c": {"c": 1}, "a": {"a": 3}}) | before == other.refresh(
        {"a": {"a": 3}, "b": {"b": 5}, "c": {"c": 1}}
    )


def test_a_later_copy_has_what_came_and_nothing_of_what_went(registry: Registry, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    registry.refresh({f"t{number}": {f"t{number}": 1} for number in range(100)})
    back_up_registry(registry.con, settings)
    registry.refresh({f"t{number}": {f"t{number}": 1} for number in range(1, 101)})
    registry.con.execute("delete from registry.person_identity where identity_key = 't7'")
    registry.con.execute("insert into registry.person_event select * from registry.person_event limit 1")  # twice
    back_up_registry(registry.con, settings)
    other = Registry()
    restore_registry(other.con, settings)
    for table in ("person_identity", "person_golden", "person_event", "organization_identity"):
        rows = [sorted(each.con.execute(f"from registry.{table}").fetchall(), key=str) for each in (registry, other)]
        assert rows[0] == rows[1], table


def test_a_copy_that_somebody_changed_is_not_continued(registry: Registry, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    registry.refresh({"a": {"a": 3}})
    back_up_registry(registry.con, settings)
    with duckdb.connect(str(settings.registry_backup)) as con:
        con.execute("create table main.foreign_table as select 1 as n")
    back_up_registry(registry.con, settings)
    with duckdb.connect(str(settings.registry_backup), read_only=True) as con:
        assert con.execute("select 1 from duckdb_tables() where table_name = 'foreign_table'").fetchall() == []


def test_a_copy_written_anew_has_no_byte_of_a_deleted_row(registry: Registry, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    registry.refresh({"a": {"a": 3}, "510902199001011234": {"510902199001011234": 1}})
    back_up_registry(registry.con, settings)
    assert b"510902199001011234" in settings.registry_backup.read_bytes()
    registry.con.execute("delete from registry.person_identity where identity_key = '510902199001011234'")
    back_up_registry(registry.con, settings, anew=True)
    assert b"510902199001011234" not in settings.registry_backup.read_bytes()
