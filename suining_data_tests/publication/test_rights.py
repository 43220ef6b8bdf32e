"""Who may open the files of a snapshot and the data folders."""

import grp
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.publication import close_folders, publish
from suining_data.publication.rights import NoGroup
from suining_data.settings import Settings
from suining_data_tests.publication.test_snapshot import filled

OWN_GROUP = grp.getgrgid(os.getgid()).gr_name


def mode(path: Path) -> str:
    return stat.filemode(path.stat().st_mode)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data")


@pytest.fixture
def con(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    with filled(settings) as con:
        yield con


def test_without_groups_the_owner_alone_opens_anything(settings: Settings, con: duckdb.DuckDBPyConnection) -> None:
    publish(con, settings, "run1")
    found = {mode(path)[4:] for path in (settings.published, *settings.published.rglob("*")) if not path.is_symlink()}
    assert found == {"------"}


def test_a_group_reads_the_files_of_its_audience_and_passes_the_folders_above(
    settings: Settings, con: duckdb.DuckDBPyConnection
) -> None:
    publish(con, settings.model_copy(update={"full_group": OWN_GROUP}), "run1")
    snapshot = settings.published / "snapshots" / "run1"
    assert [mode(folder) for folder in (settings.published, snapshot.parent, snapshot)] == ["drwx--x--x"] * 3
    assert {mode(path) for path in snapshot.rglob("*")} == {"drwxr-x---", "-rw-r-----"}
    assert {path.group() for path in snapshot.rglob("*")} == {OWN_GROUP}


def test_a_group_that_is_not_there_is_said_and_nothing_is_published(
    settings: Settings, con: duckdb.DuckDBPyConnection
) -> None:
    with pytest.raises(NoGroup, match="no_such_group"):
        publish(con, settings.model_copy(update={"full_group": "no_such_group"}), "run1")
    assert not (settings.published / "current").exists()


def test_folders_that_an_older_version_left_open_are_closed(settings: Settings) -> None:
    settings.raw.mkdir(parents=True)
    settings.raw.chmod(0o755)
    close_folders(settings)
    assert mode(settings.raw) == "drwx------"
