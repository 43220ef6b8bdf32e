"""What becomes of the file of a warehouse when it is opened."""

from pathlib import Path

import duckdb
import pytest

from suining_data import warehouse
from suining_data.compression import create_table
from suining_data.encryption import FORMAT, open_database
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse

ROWS = (
    "select i as record_id, 'public_security__residents' as resource_id, '王' || i as name from range(200000) as t(i)"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path)
    settings.warehouse.parent.mkdir(parents=True)
    return settings


def used(con: duckdb.DuckDBPyConnection) -> tuple[str, int, int]:
    """Format, blocks and free blocks of the file."""
    return con.execute("""
        select tags['storage_version'], total_blocks, free_blocks from pragma_database_size() join duckdb_databases()
        using (database_name) where database_name = current_database()
    """).fetchall()[0]


def test_a_file_of_an_older_format_is_written_anew_with_all_rows_and_descriptions(settings: Settings) -> None:
    with duckdb.connect(str(settings.warehouse)) as con:
        con.execute(f"create schema staged; create table staged.resident as {ROWS}")
        con.execute("create table staged.keyed (id bigint primary key); insert into staged.keyed values (1)")
        con.execute("create view staged.shown as from staged.resident")
        con.execute("comment on column staged.resident.name is '姓名'")
    with open_warehouse(settings) as con:
        assert used(con)[0].startswith(FORMAT)
        assert con.execute(f"select count(*) from (from staged.shown intersect {ROWS})").fetchall() == [(200_000,)]
        assert con.execute("select comment from duckdb_columns() where comment is not null").fetchall() == [("姓名",)]
        with pytest.raises(duckdb.ConstraintException):
            con.execute("insert into staged.keyed values (1)")


def test_a_file_with_much_free_room_is_written_anew(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warehouse, "LEAST_FREED", 1 << 20)
    with open_database(settings.warehouse) as con:
        for table in ("first", "second"):
            create_table(con, table, ROWS)
        con.execute("checkpoint; drop table first; checkpoint")
        _, blocks, free = used(con)
        assert free > blocks / 3
    with open_warehouse(settings) as con:
        assert used(con)[1] < blocks - free / 2
        assert con.execute("select count(*) from second").fetchall() == [(200_000,)]


def test_a_file_without_free_room_stays_as_it_is(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_warehouse(settings) as con:
        create_table(con, "resident", ROWS)
    monkeypatch.setattr(warehouse, "LEAST_FREED", 1 << 20)
    before = settings.warehouse.stat().st_ino
    with open_warehouse(settings):
        assert settings.warehouse.stat().st_ino == before


def test_texts_that_repeat_are_compressed_and_names_are_not(tmp_path: Path) -> None:
    with open_database(tmp_path / "some.duckdb") as con:
        assert create_table(con, "resident", ROWS) == 200_000
        con.execute("checkpoint")
        stored = con.execute("""
            select column_name, list(distinct compression) from pragma_storage_info('resident')
            where segment_type = 'VARCHAR' group by all order by all
        """).fetchall()
    assert stored == [("name", ["Uncompressed"]), ("resource_id", ["DICT_FSST"])]
