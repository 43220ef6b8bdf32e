"""Going back to a kept snapshot, what the next one starts from then, and which are removed."""

import duckdb
import pyarrow.parquet as pq
import pytest

from suining_data.publication import (
    Broken,
    broken_files,
    create_rollbacks,
    current_run,
    ended_rollback,
    go_back,
    kept_snapshots,
    publish,
    read_manifest,
    record_rollback,
    remove_old,
    standing_rollback,
)
from suining_data.settings import Settings
from suining_data_tests.publication.test_snapshot import con, fill, manifest, people, settings

__all__ = ["con", "settings"]  # fixtures


def published(con: duckdb.DuckDBPyConnection, settings: Settings, *counts: int) -> None:
    """A snapshot for each number of people: run2 has two, and so on."""
    create_rollbacks(con)
    for count in counts:
        fill(con, people=count)
        publish(con, settings, f"run{count}")


def roll_back(con: duckdb.DuckDBPyConnection, settings: Settings, run: str) -> None:
    go_back(settings, record_rollback(con, settings, run, "王主任", "文件交错"))


def broken(settings: Settings, run: str) -> dict[str, Broken]:
    folder = settings.published / "snapshots" / run
    return broken_files(folder, read_manifest(folder / "manifest.json"))


def kept(settings: Settings) -> list[str]:
    return [each.run_id for each in kept_snapshots(settings)]


def test_all_at_once_an_earlier_snapshot_is_published_and_readers_keep_the_other(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    published(con, settings, 2, 3, 4)
    file = settings.published / "suining.duckdb"
    with duckdb.connect(str(file.resolve()), read_only=True) as reader:
        roll_back(con, settings, "run3")
        assert reader.execute("select count(*) from population.person").fetchone() == (4,)
    assert people(file) == 3
    assert manifest(settings)["run_id"] == "run3"
    assert [(each.run_id, each.is_current) for each in kept_snapshots(settings)] == [
        ("run4", False),
        ("run3", True),
        ("run2", False),
    ]


def test_the_next_snapshot_starts_from_the_one_that_is_published(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    """Its tables are those of the warehouse, its shared files those of the snapshot that the manifest describes."""
    published(con, settings, 2, 3, 4)
    roll_back(con, settings, "run2")
    publish(con, settings, "run9")
    assert people(settings.published / "suining.duckdb") == 4
    assert broken(settings, "run9") == {}
    assert pq.read_metadata(settings.published / "parquet/population/person.parquet").num_rows == 4
    inodes = {
        (settings.published / "snapshots" / run / "parquet/macro/indicator.parquet").stat().st_ino
        for run in ("run2", "run4", "run9")
    }
    assert len(inodes) == 1
    fill(con, people=2)  # as it was in run2
    publish(con, settings, "run10")
    assert people(settings.published / "suining.duckdb") == 2


def test_a_rollback_stands_until_the_next_snapshot_which_tells_that_it_ended_it(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    published(con, settings, 2, 3)
    assert standing_rollback(settings) is ended_rollback(settings) is None
    roll_back(con, settings, "run2")
    standing = standing_rollback(settings)
    assert standing
    assert (standing.rolled_back_by, standing.reason, standing.from_run, standing.to_run) == (
        "王主任",
        "文件交错",
        "run3",
        "run2",
    )
    publish(con, settings, "run4")
    assert (standing_rollback(settings), ended_rollback(settings)) == (None, standing)
    assert recorded(settings) == [("王主任", "文件交错", "run3", "run2")]
    publish(con, settings, "run5")
    assert standing_rollback(settings) is ended_rollback(settings) is None
    assert len(recorded(settings)) == 1, "the record stays"


def recorded(settings: Settings) -> list[tuple[object, ...]]:
    with duckdb.connect(str((settings.published / "suining.duckdb").resolve()), read_only=True) as reader:
        return reader.sql("select * exclude (rolled_back_at) from governance.rollback").fetchall()


def test_forward_again_to_the_newest_one_is_no_rollback(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    published(con, settings, 2, 3)
    roll_back(con, settings, "run2")
    roll_back(con, settings, "run3")
    assert standing_rollback(settings) is ended_rollback(settings) is None
    publish(con, settings, "run4")
    assert ended_rollback(settings) is None


def test_as_many_as_the_settings_say_are_kept_and_the_published_one_always(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    three = settings.model_copy(update={"snapshots_kept": 3})
    published(con, three, 2, 3, 4, 5)
    assert kept(settings) == ["run5", "run4", "run3"]
    roll_back(con, three, "run3")
    publish(con, three, "run6")
    assert kept(settings) == ["run6", "run5", "run4"], "the oldest goes, although it was published last"
    roll_back(con, three, "run4")
    remove_old(three, kept=1)
    assert (kept(settings), current_run(settings)) == (["run4"], "run4")


def test_a_snapshot_with_a_changed_or_missing_file_is_known_as_broken(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    published(con, settings, 2, 3)
    folder = settings.published / "snapshots" / "run2"
    assert broken(settings, "run2") == {}
    file = folder / "parquet/population/person.parquet"
    file.write_bytes(file.read_bytes()[:-1])
    (folder / "suining.duckdb").unlink()
    (folder / "more.txt").write_text("", encoding="ascii")
    assert broken(settings, "run2") == {
        "suining.duckdb": Broken.MISSING,
        "parquet/population/person.parquet": Broken.CHANGED,
        "more.txt": Broken.UNLISTED,
    }


def test_the_size_of_a_snapshot_is_told_with_what_removing_it_would_free(
    con: duckdb.DuckDBPyConnection, settings: Settings
) -> None:
    published(con, settings, 2, 3)
    for each in kept_snapshots(settings):
        files = [path for path in (settings.published / "snapshots" / each.run_id).rglob("*") if path.is_file()]
        assert each.bytes == sum(path.stat().st_size for path in files)
        shared = (settings.published / "snapshots" / each.run_id / "parquet/macro/indicator.parquet").stat().st_size
        assert each.bytes_alone == each.bytes - shared


@pytest.mark.parametrize("content", [b"", b"{"])
def test_a_folder_without_a_whole_manifest_is_the_first_to_go(
    con: duckdb.DuckDBPyConnection, settings: Settings, content: bytes
) -> None:
    published(con, settings, 2, 3)
    broken = settings.published / "snapshots" / "run1"
    broken.mkdir()
    (broken / "manifest.json").write_bytes(content)
    assert kept(settings) == ["run3", "run2"]
    remove_old(settings, kept=2)
    assert not broken.exists()
