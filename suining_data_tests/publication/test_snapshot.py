"""What a reader of data/published/ meets while and after a snapshot is written."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from great_expectations.core import ExpectationSuite
from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema

from suining_data.ingestion import create_ledger
from suining_data.models import Model, ModelContract
from suining_data.orchestration.state import open_for_refresh
from suining_data.publication import additions, publish
from suining_data.quality import Severity, Suite, TableRule, create_validations, keep_validation
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse, table_exists

STATE = "create table governance.table_state (table_name varchar, version varchar, changed_from varchar)"
BATCH = """
    insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, raw_rows, status,
        run_id, declaration) values ('a', 'b1', 'unit', 'a.csv', 'sha', 10, 2, 'in_force', 'run1', '')
"""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "o'clock")  # a folder may have any name


@contextmanager
def filled(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A warehouse with two people, an indicator and what a snapshot reads of the ledger and the state."""
    with open_warehouse(settings) as con:
        con.execute(STATE)
        create_ledger(con)
        con.execute(BATCH)
        create_validations(con)
        fill(con, people=2)
        con.execute("create table macro.indicator as select 'GDP' as code")
        con.execute("insert into governance.table_state values ('macro.indicator', 'v1', null)")
        yield con


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with filled(settings) as con:
        yield con


def fill(con: duckdb.DuckDBPyConnection, people: int) -> None:
    """population.person with so many rows, and a version that says so."""
    con.execute(f"create or replace table population.person as select i as person_id from range({people}) as t(i)")
    con.execute("comment on column population.person.person_id is '人员标识'")
    con.execute("delete from governance.table_state where table_name = 'population.person'")
    con.execute(
        "insert into governance.table_state (table_name, version) values ('population.person', ?)", [f"{people} people"]
    )


def people(file: Path) -> int:
    with duckdb.connect(str(file), read_only=True) as con:
        found = con.execute("select count(*) from population.person").fetchone()
    assert found
    return int(found[0])


def manifest(settings: Settings) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((settings.published / "manifest.json").read_text(encoding="utf-8"))
    return content


def test_the_manifest_tells_the_rows_and_digest_of_every_file(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    publish(con, settings, "run1")
    told = manifest(settings)
    assert {entry["table"]: entry["rows"] for entry in told["tables"]}["population.person"] == 2
    for entry in [*told["tables"], told["database"]]:
        content = (settings.published / entry["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    assert told["batches"] == [
        {
            **{"resource_id": "a", "batch_id": "b1", "file_name": "a.csv", "content_sha256": "sha", "raw_rows": 2},
            **{"raw_sha256": None, "rejected_sha256": None},
        }
    ]


def test_a_reader_keeps_the_state_it_opened_and_the_next_one_sees_the_new(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    publish(con, settings, "run1")
    file = settings.published / "suining.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        fill(con, people=5)
        publish(con, settings, "run2")
        assert reader.execute("select count(*) from population.person").fetchone() == (2,)
        assert reader.execute("select count(*) from macro.indicator").fetchone() == (1,)
    assert people(file) == 5


def test_the_descriptions_of_columns_go_along(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    publish(con, settings, "run1")
    with duckdb.connect(str(settings.published / "suining.duckdb"), read_only=True) as reader:
        found = reader.execute("select comment from duckdb_columns() where column_name = 'person_id'").fetchall()
    assert found == [("人员标识",)]


def model(table: str, sql: str, *refs: str) -> Model:
    schema, name = table.split(".")
    columns = {"person_id": {"type": "bigint"}}
    contract = {
        "description": {"zh": "人", "en": "p"},
        "materialized": "view",
        "key": ["person_id"],
        "columns": columns,
    }
    return Model(schema, name, Path(f"{name}.sql"), sql, refs, ModelContract.model_validate(contract))


def test_a_view_of_published_tables_stays_a_view_and_one_of_more_becomes_a_table(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    con.execute("create table linked.record as select 7 as person_id")
    views = [
        model("population.record", "select person_id from linked.record", "linked.record"),
        model("population.adult", "select person_id from population.record", "population.record"),
    ]
    for view in views:
        con.execute(f"create view {view.table} as {view.sql}")
        con.execute(f"comment on table {view.table} is '记录'")
        con.execute(f"comment on column {view.table}.person_id is '人员标识'")
    publish(con, settings, "run1", views)
    file = settings.published / "suining.duckdb"
    with duckdb.connect(str(file), read_only=True) as reader:
        assert reader.execute("select person_id from population.adult").fetchall() == [(7,)]
        assert reader.execute("select view_name, comment from duckdb_views() where not internal").fetchall() == [
            ("adult", "记录")
        ]
        assert reader.execute("select count(*) from duckdb_columns() where comment = '人员标识'").fetchone() == (3,)
    assert manifest(settings)["views"] == ["population.record", "population.adult"]
    assert not (settings.published / "parquet/population/record.parquet").exists()


def test_redirects_of_ids_go_along_when_there_are_any(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute("create view registry.person_redirect as select 'P1' as old_id, 'P2' as new_id")
    publish(con, settings, "run1")
    with duckdb.connect(str(settings.published / "suining.duckdb"), read_only=True) as reader:
        assert reader.execute("from governance.person_redirect").fetchall() == [("P1", "P2")]
        assert not table_exists(reader, "governance.organization_redirect")


def test_side_tables_are_not_published(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    con.execute("create table population.person__next as from population.person")
    publish(con, settings, "run1")
    assert not [entry for entry in manifest(settings)["tables"] if "__next" in entry["table"]]


def test_an_unchanged_table_shares_its_file_with_the_snapshot_before(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    publish(con, settings, "run1")
    fill(con, people=5)
    publish(con, settings, "run2")
    runs = [settings.published / "snapshots" / run / "parquet" for run in ("run1", "run2")]
    assert len({(run / "macro/indicator.parquet").stat().st_ino for run in runs}) == 1
    assert len({(run / "population/person.parquet").stat().st_ino for run in runs}) == 2


def test_a_snapshot_that_fails_half_way_leaves_the_one_in_use(
    con: duckdb.DuckDBPyConnection, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(con, settings, "run1")
    before = manifest(settings)
    fill(con, people=5)

    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("suining_data.publication.snapshot.write_manifest", full_disk)
    with pytest.raises(OSError, match="No space left"):
        publish(con, settings, "run2")
    assert people(settings.published / "suining.duckdb") == 2
    assert manifest(settings) == before
    monkeypatch.undo()
    publish(con, settings, "run2")
    assert people(settings.published / "suining.duckdb") == 5


def test_a_killed_process_leaves_the_one_in_use(settings: Settings) -> None:
    with filled(settings) as con:
        publish(con, settings, "run1")
        fill(con, people=20_000_000)  # takes long enough to be killed in the middle
    writing = "\n".join([
        "from pathlib import Path",
        "from suining_data.publication import publish",
        "from suining_data.settings import Settings",
        "from suining_data.warehouse import open_warehouse",
        f"settings = Settings(data=Path({str(settings.data)!r}))",
        "with open_warehouse(settings) as con:",
        "    publish(con, settings, 'run2')",
    ])  # fmt: skip
    process = subprocess.Popen([sys.executable, "-c", writing])
    begun = settings.published / ".next" / "suining.duckdb"
    deadline = time.monotonic() + 60
    while not begun.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert people(settings.published / "suining.duckdb") == 2
    with open_for_refresh(settings) as again:  # it discards what the killed process has begun
        fill(again, people=5)
        publish(again, settings, "run3")
    assert people(settings.published / "suining.duckdb") == 5


def test_what_was_added_early_is_published_as_it_was_added(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    for addition in additions(["population.person", "staged.never_published"], [], {}):
        addition.add(con, settings)
    made = settings.published / ".next" / "parquet" / "population" / "person.parquet"
    inode = made.stat().st_ino
    publish(con, settings, "run1")
    assert people(settings.published / "suining.duckdb") == 2
    assert (settings.published / "parquet/population/person.parquet").stat().st_ino == inode
    assert {entry["table"] for entry in manifest(settings)["tables"]} >= {"population.person", "macro.indicator"}


def test_what_a_run_did_not_finish_does_not_get_into_the_next(settings: Settings) -> None:
    with open_for_refresh(settings) as con:
        fill(con, people=2)
        for addition in additions(["population.person"], [], {}):
            addition.add(con, settings)
    assert not (settings.published / ".next").exists()
    with open_for_refresh(settings) as con:
        fill(con, people=5)
        publish(con, settings, "run1")
    assert people(settings.published / "suining.duckdb") == 5


def test_the_last_validation_of_every_table_is_published_and_read_by_gx(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    rule = TableRule("person_id:low", "规范性", Severity.BLOCK, "太大", "is too large", breaks="person_id > 0")
    validation = Suite("population.person", ("person_id",), (rule,)).validate(con, "population.person")
    keep_validation(con, "population.person", validation, "run1")
    publish(con, settings, "run1")
    publish(con, settings, "run2")  # nothing was validated meanwhile
    listed = {entry["file"]: entry["sha256"] for entry in manifest(settings)["validations"]}
    assert list(listed) == ["expectations/population.person.json", "validations/population.person.json"]
    suite, result = ((settings.published / file).read_bytes() for file in listed)
    assert [hashlib.sha256(content).hexdigest() for content in (suite, result)] == list(listed.values())
    assert ExpectationSuite(**json.loads(suite)).name == "population.person"
    read = expectationSuiteValidationResultSchema.load(json.loads(result))
    assert (read.success, read.results[0].result["observed_value"]) == (False, 1)
    assert "governance.validation" not in {entry["table"] for entry in manifest(settings)["tables"]}
