"""The next snapshot takes from the last one what did not change; its content is that of one that is written anew."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from suining_data import changes
from suining_data.clock import cursor
from suining_data.models import Model, ModelContract
from suining_data.publication import additions, next_snapshot, publish
from suining_data.publication.changed_rows import take_changes
from suining_data.quality import create_validations
from suining_data.settings import Settings
from suining_data.warehouse import STAGING, open_warehouse, swap, transaction

Connection = duckdb.DuckDBPyConnection
PEOPLE = "population.person"
RECORDS = "linked.person_record"
ROWS = [(n, f"name {n}", None if n % 3 else f"phone {n}") for n in range(40)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


@pytest.fixture
def con(settings: Settings) -> Iterator[Connection]:
    with open_warehouse(settings) as con:
        con.execute("create table governance.table_state (table_name varchar, version varchar, changed_from varchar)")
        con.execute("""create table governance.batch (resource_id varchar, batch_id varchar, file_name varchar,
            content_sha256 varchar, raw_rows bigint, raw_sha256 varchar, rejected_sha256 varchar, status varchar)""")
        create_validations(con)
        refresh(con, PEOPLE, ROWS)
        refresh(con, RECORDS, ROWS)
        refresh(con, "macro.indicator", ROWS)
        for view in VIEWS:
            con.execute(f"create view {view.table} as {view.sql}")
        yield con


def refresh(con: Connection, table: str, rows: list[tuple[int, str, str | None]], more: str = "") -> None:
    """Write a table with these rows, and promote it as a refresh does: with its change table and its version."""
    con.execute(f"create table {table}{STAGING} (record_id bigint, name varchar, phone varchar {more})")
    con.executemany(f"insert into {table}{STAGING} by name select ? as record_id, ? as name, ? as phone", rows)
    con.execute(f"comment on table {table}{STAGING} is 'of {len(rows)} rows'")
    con.execute(f"comment on column {table}{STAGING}.name is '姓名'")
    difference = changes.compare(con, table)
    with transaction(con):
        swap(con, table)
        changes.promote(con, table, difference)
        before = con.execute("select version from governance.table_state where table_name = ?", [table]).fetchone()
        con.execute("delete from governance.table_state where table_name = ?", [table])
        version = before[0] if before and difference.is_none else f"{table} {rows} {more}"
        changed_from = before[0] if before and difference.is_listed else None
        con.execute("insert into governance.table_state values (?, ?, ?)", [table, version, changed_from])


def view(table: str, sql: str, *refs: str) -> Model:
    schema, name = table.split(".")
    contract = {
        "description": {"zh": "人", "en": "p"},
        "materialized": "view",
        "key": ["record_id"],
        "columns": {"record_id": {"type": "bigint"}},
    }
    return Model(schema, name, Path(f"{name}.sql"), sql, refs, ModelContract.model_validate(contract))


RECORD = view("population.person_record", f"select record.record_id, upper(record.name) as name from {RECORDS} as record", RECORDS)  # fmt: skip
COUNT = view("population.person_count", f"select count(*) as record_id from {RECORDS}", RECORDS)
NAMED = view("population.named", "select record_id from population.person where phone is null", PEOPLE)
VIEWS = [RECORD, COUNT, NAMED]


def content(settings: Settings) -> dict[str, Any]:
    """All that a reader finds in the published folder."""
    with duckdb.connect(str(settings.published / "suining.duckdb"), read_only=True) as con:
        names = con.execute("""
            select database_name, schema_name || '.' || table_name, comment from duckdb_tables() union all
            select database_name, schema_name || '.' || view_name, comment from duckdb_views() where not internal
        """).fetchall()
        found: dict[str, Any] = {
            name: (comment, sorted(con.execute(f"from {name}").fetchall(), key=str)) for _, name, comment in names
        }
        found["columns"] = con.execute("""
            select schema_name, table_name, column_name, data_type, comment from duckdb_columns()
            where not internal order by schema_name, table_name, column_index
        """).fetchall()
        for file in sorted((settings.published / "parquet").rglob("*.parquet")):
            found[file.parent.name + file.name] = sorted(con.execute(f"from '{file}'").fetchall(), key=str)
    published = manifest(settings)
    found["tables"] = [(entry["table"], entry["rows"], entry["version"]) for entry in published["tables"]]
    return found | {"views": published["views"], "read": published["database"]["views"]}


def manifest(settings: Settings) -> dict[str, Any]:
    return dict(json.loads((settings.published / "manifest.json").read_text(encoding="utf-8")))


def is_as_if_written_anew(con: Connection, settings: Settings) -> bool:
    """Whether the published content is that of a snapshot of this warehouse without one before it."""
    found = content(settings)
    anew = Settings(data=settings.data / "anew")
    shutil.rmtree(anew.data, ignore_errors=True)
    publish(con, anew, "anew", VIEWS)
    assert manifest(anew)["database"]["copies"] == 0
    assert found == content(anew)
    return True


@pytest.fixture
def whole(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tables that were copied whole."""
    names: list[str] = []
    copy = next_snapshot._copy_whole

    def watched(con: Connection, table: str, rows: str) -> None:
        names.append(table)
        copy(con, table, rows)

    monkeypatch.setattr(next_snapshot, "_copy_whole", watched)
    return names


def test_only_the_rows_that_changed_are_written(con: Connection, settings: Settings, whole: list[str]) -> None:
    publish(con, settings, "run1", VIEWS)
    del whole[:]
    changed = [*ROWS[2:], (2, "other name", None), (99, "new", "phone")]  # two are gone, one is corrected, two are new
    refresh(con, PEOPLE, changed)
    refresh(con, RECORDS, changed)
    publish(con, settings, "run2", VIEWS)
    assert not {PEOPLE, RECORD.table, "macro.indicator"} & set(whole)
    assert COUNT.table in whole, "a row of this view depends on all rows"
    assert manifest(settings)["database"]["copies"] == 1
    assert is_as_if_written_anew(con, settings)


def test_of_a_table_with_shapes_only_the_rows_that_changed_are_written(
    con: Connection, settings: Settings, whole: list[str]
) -> None:
    drawn = ", geometry varchar default 'POINT (105.5 30.5)'"
    refresh(con, "spatial.parcel", ROWS, more=drawn)
    publish(con, settings, "run1", VIEWS)
    del whole[:]
    refresh(con, "spatial.parcel", [*ROWS[2:], (99, "new", None)], more=drawn)
    publish(con, settings, "run2", VIEWS)
    assert "spatial.parcel" not in whole
    assert is_as_if_written_anew(con, settings)


def test_a_table_whose_changes_are_not_known_is_written_whole(
    con: Connection, settings: Settings, whole: list[str]
) -> None:
    publish(con, settings, "run1", VIEWS)
    refresh(con, PEOPLE, ROWS[1:])
    refresh(con, PEOPLE, ROWS[2:])  # its change table leads from a version that was never published
    refresh(con, "macro.indicator", ROWS, more=", unit varchar")
    del whole[:]
    publish(con, settings, "run2", VIEWS)
    assert {PEOPLE, "macro.indicator"} <= set(whole)
    assert is_as_if_written_anew(con, settings)


def test_tables_and_views_that_are_gone_are_not_published_again(con: Connection, settings: Settings) -> None:
    con.execute("create view registry.person_redirect as select 'P1' as old_id, 'P2' as new_id")
    refresh(con, "macro.gone", ROWS)
    con.execute("create view population.gone as from macro.gone")
    gone = view("population.gone", "from macro.gone", "macro.gone")
    publish(con, settings, "run1", [*VIEWS, gone])
    con.execute("drop view registry.person_redirect; drop view population.gone; drop table macro.gone")
    con.execute("delete from governance.table_state where table_name = 'macro.gone'")
    publish(con, settings, "run2", VIEWS)
    assert is_as_if_written_anew(con, settings)


def test_a_description_that_changed_is_published_without_the_rows(
    con: Connection, settings: Settings, whole: list[str]
) -> None:
    publish(con, settings, "run1", VIEWS)
    con.execute("comment on table population.person is null; comment on column population.person.phone is '电话'")
    del whole[:]
    publish(con, settings, "run2", VIEWS)
    assert PEOPLE not in whole
    assert is_as_if_written_anew(con, settings)


@pytest.mark.parametrize("damage", ["other content", "missing", "other format", "half empty", "copied often"])
def test_a_file_that_is_not_worth_copying_is_written_anew(con: Connection, settings: Settings, damage: str) -> None:
    publish(con, settings, "run1", VIEWS)
    file, published = settings.published / "suining.duckdb", manifest(settings)
    if damage == "other content":
        with duckdb.connect(str(file.resolve())) as other:
            other.execute("delete from population.person")
    elif damage == "missing":
        file.resolve().unlink()
    else:
        published["database"] |= {"other format": {"format": "v1.2.0"}, "half empty": {"free": 0.5}, "copied often": {"copies": 30}}[damage]  # fmt: skip
        (settings.published / "manifest.json").resolve().write_text(json.dumps(published), encoding="utf-8")
    publish(con, settings, "run2", VIEWS)
    assert manifest(settings)["database"]["copies"] == 0
    assert is_as_if_written_anew(con, settings)


def test_a_damaged_parquet_file_is_not_shared(con: Connection, settings: Settings) -> None:
    publish(con, settings, "run1", VIEWS)
    file = settings.published / "parquet/macro/indicator.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    publish(con, settings, "run2", VIEWS)
    assert is_as_if_written_anew(con, settings)


def test_changes_are_taken_as_soon_as_the_table_is_promoted(con: Connection, settings: Settings) -> None:
    publish(con, settings, "run1", VIEWS)
    changed = [*ROWS[1:], (40, "new", None)]
    refresh(con, PEOPLE, changed)
    with cursor(con) as part:
        additions([PEOPLE], [], {})[0].add(part, settings)
    refresh(con, RECORDS, changed)  # while the part has been written, the run goes on
    with cursor(con) as part:
        additions([], [RECORD], {})[0].add(part, settings)
    publish(con, settings, "run2", VIEWS)
    assert is_as_if_written_anew(con, settings)


def test_a_reader_keeps_the_file_that_was_copied(con: Connection, settings: Settings) -> None:
    publish(con, settings, "run1", VIEWS)
    with duckdb.connect(str(settings.published / "suining.duckdb"), read_only=True) as reader:
        refresh(con, PEOPLE, ROWS[1:])
        publish(con, settings, "run2", VIEWS)
        assert reader.execute(f"select count(*) from {PEOPLE}").fetchone() == (len(ROWS),)
    assert is_as_if_written_anew(con, settings)


def test_rows_are_replaced_only_where_all_that_are_gone_are_found(con: Connection) -> None:
    con.execute("create table target (record_id bigint, name varchar, phone varchar)")
    con.executemany("insert into target values (?, ?, ?)", [*ROWS[1:], (0, "another name", None)])
    refresh(con, PEOPLE, [*ROWS[1:], (50, "new", None)])
    assert not take_changes(con, "target", PEOPLE), "the row that is gone has another name here"
    assert con.execute("select count(*) from target where record_id = 50").fetchone() == (0,)
    con.execute("update target set name = 'name 0', phone = 'phone 0' where record_id = 0")
    assert take_changes(con, "target", PEOPLE)
    assert con.execute(f"from target except all from {PEOPLE}").fetchall() == []


def test_rows_that_are_gone_are_found_where_only_shapes_tell_them_apart(con: Connection) -> None:
    con.execute("""
        create table target as
        select n // 100 as kind, format('POINT ({} 30)', n)::geometry as geometry from range(300) as t(n);
        create table change.spatial__parcel as
        select false as is_added, * from target where geometry::varchar in ('POINT (5 30)', 'POINT (6 30)');
        create table spatial.parcel as from target where geometry::varchar not in ('POINT (5 30)', 'POINT (6 30)')
    """)
    assert take_changes(con, "target", "spatial.parcel")
    assert con.execute("select count(*) from target").fetchone() == (298,)
