"""Files that are encrypted: what opens them, and what is said when nothing does."""

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from suining_data.encryption import (
    KeyFileUnusable,
    connect,
    encrypt_parquet,
    is_database_as_set,
    is_parquet_as_set,
    keys,
    open_database,
    parquet_columns,
    parquet_options,
    parquet_rows,
)
from suining_data.settings import settings
from suining_data.warehouse import open_warehouse

NAME = "张三丰张三丰张三丰"
UseKeys = Callable[..., Path]


@pytest.fixture
def use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[UseKeys]:
    """Lets the process have a key file with these lines; without one it has none."""
    data = tmp_path / "data"
    data.mkdir()

    def use(*lines: str, file: Path = tmp_path / "key", mode: int = 0o600) -> Path:
        monkeypatch.setenv("SUINING_DATA", str(data))
        monkeypatch.delenv("SUINING_KEY_FILE", raising=False)
        if lines:
            file.write_text("\n".join(lines), encoding="ascii")
            file.chmod(mode)
            monkeypatch.setenv("SUINING_KEY_FILE", str(file))
        settings.cache_clear()
        return file

    yield use
    settings.cache_clear()


@pytest.fixture
def key(use: UseKeys) -> str:
    use(key := secrets.token_hex(32))
    return key


def make_database(file: Path) -> None:
    with open_database(file) as con:
        con.execute(f"create table person as select '{NAME}' || range as name from range(1000)")


def count(file: Path, table: str = "person") -> object:
    with open_database(file, read_only=True) as con:
        return con.execute(f"select count(*) from {table}").fetchall()[0][0]


def test_nothing_is_encrypted_without_a_key(tmp_path: Path, use: UseKeys) -> None:
    use()
    make_database(tmp_path / "plain.duckdb")
    assert keys() == ()
    with duckdb.connect(str(tmp_path / "plain.duckdb"), read_only=True) as con:
        assert con.execute("select count(*) from person").fetchall() == [(1000,)]


def test_a_database_opens_with_its_key_and_has_no_value_in_its_bytes(tmp_path: Path, key: str) -> None:
    file = tmp_path / "x.duckdb"
    make_database(file)
    assert count(file) == 1000
    assert is_database_as_set(file)
    assert NAME.encode() not in file.read_bytes()
    with pytest.raises(duckdb.Error):
        duckdb.connect(str(file), read_only=True)


def test_what_a_killed_run_leaves_beside_a_database_is_encrypted(tmp_path: Path, key: str) -> None:
    file = tmp_path / "x.duckdb"
    with open_database(file) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute(f"create table person as select '{NAME}' || range as name from range(1000)")
    log = file.with_name("x.duckdb.wal")
    assert log.stat().st_size > 0
    assert NAME.encode() not in log.read_bytes()
    assert count(file) == 1000


def test_what_a_statement_spills_is_encrypted(tmp_path: Path, key: str) -> None:
    with connect() as con:
        con.execute(f"set temp_directory = '{tmp_path / 'spill'}'; set memory_limit = '40MB'; set threads = 1")
        con.execute(
            f"create temp table t as select '{NAME}' || range || md5(range::varchar) as name from range(1000000)"
        )
        spilled = [file.read_bytes() for file in (tmp_path / "spill").iterdir()]
    assert sum(map(len, spilled)) > 1 << 20
    assert not any(NAME.encode() in content for content in spilled)


def test_the_key_is_nowhere_in_a_connection(tmp_path: Path, key: str) -> None:
    make_database(tmp_path / "x.duckdb")
    with open_database(tmp_path / "x.duckdb") as con:
        shown = [
            con.execute(f"from {what}").fetchall()
            for what in ("duckdb_databases()", "duckdb_settings()", "duckdb_variables()", "duckdb_secrets()")
        ]
    assert keys()[0] not in str(shown)
    assert key not in str(shown)


def test_another_key_or_none_is_an_error_that_names_the_file_and_no_key(tmp_path: Path, key: str, use: UseKeys) -> None:
    file = tmp_path / "x.duckdb"
    make_database(file)
    for lines, said in (((secrets.token_hex(32),), "another key"), ((), "SUINING_KEY_FILE")):
        use(*lines)
        with pytest.raises(KeyFileUnusable, match=said) as raised:
            open_database(file)
        assert str(file) in str(raised.value)
        assert not any(line in str(raised.value) for line in (key, *lines))


def test_a_warehouse_with_no_free_blocks_gets_the_new_key(key: str, use: UseKeys) -> None:
    with open_warehouse(settings()) as con:
        con.execute("create table staged.x as select 1 as n")
    use(second := secrets.token_hex(32), key)
    for _ in range(2):  # the second time it has the new key already
        with open_warehouse(settings()) as con:
            assert con.execute("from staged.x").fetchall() == [(1,)]
    use(second)
    with open_warehouse(settings()) as con:
        assert con.execute("from staged.x").fetchall() == [(1,)]


def test_a_former_key_opens_and_the_first_one_writes(tmp_path: Path, key: str, use: UseKeys) -> None:
    former, new = tmp_path / "former.duckdb", tmp_path / "new.duckdb"
    make_database(former)
    use(second := secrets.token_hex(32), key)
    make_database(new)
    assert count(former) == 1000
    assert not is_database_as_set(former)
    use(second)
    assert count(new) == 1000
    with pytest.raises(KeyFileUnusable):
        open_database(former)


@pytest.mark.parametrize("lines", [("abc",), ("g" * 64,), ("0" * 63,), ("0" * 64, "x"), ("密钥",)])
def test_what_is_no_key_is_refused(lines: tuple[str, ...], tmp_path: Path, use: UseKeys) -> None:
    file = use("0" * 64)
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KeyFileUnusable, match="64 hexadecimal digits") as raised:
        keys()
    assert not any(line in str(raised.value).replace(str(file), "") for line in lines if len(line) > 3)


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_file_that_others_may_read_is_refused(mode: int, use: UseKeys) -> None:
    use("0" * 64, mode=mode)
    with pytest.raises(KeyFileUnusable, match="chmod 600"):
        keys()


def test_a_key_file_in_the_data_folder_is_refused(tmp_path: Path, use: UseKeys) -> None:
    use("0" * 64, file=tmp_path / "data" / "key")
    with pytest.raises(KeyFileUnusable, match="must not be in the data folder"):
        keys()


def test_a_key_file_that_is_missing_is_named(tmp_path: Path, use: UseKeys) -> None:
    file = use("0" * 64)
    file.unlink()
    with pytest.raises(KeyFileUnusable, match=str(file)):
        keys()


def make_parquet(file: Path, **columns: list[str]) -> Path:
    pq.write_table(pa.table(columns), file)
    encrypt_parquet(file, "format parquet")
    return file


def rows(sql: str) -> list[tuple[object, ...]]:
    with connect() as con:
        return con.execute(sql).fetchall()


def test_encrypted_parquet_files_are_matched_by_column_with_plain_ones_among_them(
    tmp_path: Path, key: str, use: UseKeys
) -> None:
    use()
    plain = make_parquet(tmp_path / "a.parquet", name=["plain"])
    use(key)
    one = make_parquet(tmp_path / "b.parquet", name=[NAME])
    other = make_parquet(tmp_path / "c.parquet", phone=["138"], name=["c"])
    assert rows(f"select name, phone from {parquet_rows(plain, one, other)} order by name") == [
        ("c", "138"),
        ("plain", None),
        (NAME, None),
    ]
    assert [name for _, name in rows(f"from {parquet_rows(one, filename=True)}")] == [str(one)]
    assert parquet_columns(other) == ["phone", "name"]
    assert NAME.encode() not in one.read_bytes()
    assert [is_parquet_as_set(file) for file in (plain, one)] == [False, True]


def test_a_parquet_file_takes_a_new_key(tmp_path: Path, key: str, use: UseKeys) -> None:
    file = make_parquet(tmp_path / "a.parquet", name=[NAME])
    use(second := secrets.token_hex(32), key)
    assert not is_parquet_as_set(file)
    encrypt_parquet(file, "format parquet")
    assert is_parquet_as_set(file)
    use(second)
    assert rows(f"from {parquet_rows(file)}") == [(NAME,)]
    use()
    for read in (parquet_rows, parquet_columns):
        with pytest.raises(KeyFileUnusable):
            read(file)


def test_single_columns_and_rows_of_an_encrypted_parquet_file_can_be_read(tmp_path: Path, key: str) -> None:
    names = [NAME, "y", NAME] * 500
    file = make_parquet(tmp_path / "a.parquet", name=names, phone=["1"] * len(names))
    relation = parquet_rows(file)
    assert rows(f"select count(phone) from {relation} where length(name) > 5") == [(1000,)]
    assert rows(f"select count(name) from {relation}") == [(1500,)]


def test_duckdb_writes_encrypted_parquet(tmp_path: Path, key: str) -> None:
    file = tmp_path / "a.parquet"
    rows(f"copy (select '{NAME}' as name) to '{file}' ({parquet_options('format parquet')})")
    assert NAME.encode() not in file.read_bytes()
    assert rows(f"from {parquet_rows(file)}") == [(NAME,)]
    with pytest.raises(duckdb.Error):
        duckdb.sql(f"from '{file}'").fetchall()
