"""The copy is removed whatever ends the command, and never holds anybody up for longer than it is made."""

import errno
import shutil
from collections import namedtuple
from pathlib import Path

import duckdb
import pytest

from suining_data.settings import Settings
from suining_data.warehouse import WarehouseBusy, open_warehouse
from suining_data.whatif.copying import FOLDER, copy_warehouse, open_copy, throwaway_folder


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    """The settings of a warehouse with one table of one row."""
    config = Settings(data=tmp_path)
    with open_warehouse(config) as con:
        con.execute("create table staged.a as select 1 as x")
    return config


def value(con: duckdb.DuckDBPyConnection) -> object:
    return con.execute("select x from staged.a").fetchall()[0][0]


def test_what_is_written_in_the_copy_is_not_in_the_warehouse(config: Settings) -> None:
    content = config.warehouse.read_bytes()
    with throwaway_folder(config) as copy:
        copy_warehouse(config, copy)
        with open_copy(copy) as con:
            con.execute("update staged.a set x = 2")
            assert value(con) == 2
            assert not copy.warehouse.exists()  # a kill would leave nothing
            with open_warehouse(config) as meanwhile:  # a refresh may run
                assert value(meanwhile) == 1
    assert not (config.warehouse.parent / FOLDER).exists()
    assert config.warehouse.read_bytes() == content


def test_a_log_beside_the_warehouse_is_copied_too(config: Settings) -> None:
    with duckdb.connect(str(config.warehouse)) as con:
        con.execute("pragma disable_checkpoint_on_shutdown")
        con.execute("update staged.a set x = 3")
    with throwaway_folder(config) as copy:
        copy_warehouse(config, copy)
        with open_copy(copy) as con:
            assert value(con) == 3


def test_the_copy_is_removed_when_something_fails(config: Settings) -> None:
    def fail() -> None:
        with throwaway_folder(config) as copy:
            copy_warehouse(config, copy)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not (config.warehouse.parent / FOLDER).exists()


def test_what_a_killed_command_left_is_removed_by_the_next(config: Settings) -> None:
    left = config.warehouse.parent / FOLDER / "warehouse"
    left.mkdir(parents=True)
    (left / "suining.duckdb").write_bytes(b"half a copy")
    with throwaway_folder(config) as copy:
        assert not left.exists()
        copy_warehouse(config, copy)
    assert not left.exists()


def test_two_commands_do_not_share_a_copy(config: Settings) -> None:
    with throwaway_folder(config), pytest.raises(WarehouseBusy), throwaway_folder(config):
        pass


def test_without_room_for_the_copy_nothing_is_written(config: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(100, 100, 0))
    with throwaway_folder(config) as copy:
        with pytest.raises(OSError, match="No space left") as raised:
            copy_warehouse(config, copy)
        assert raised.value.errno == errno.ENOSPC
        assert not copy.warehouse.exists()
