"""Killed, started twice or without room on the disk: what is published stays whole, and the next refresh is right."""

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from suining_data_tests.end_to_end.published import contents, is_whole
from suining_data_tests.end_to_end.refusals.deliveries import content, people
from suining_data_tests.sharing import once

FIRST, SECOND = 30, 12  # rows of the first and the second delivery
SMALL = [sys.executable, "-m", "suining_data_tests.end_to_end.refusals.small_refresh"]


class Small:
    """The data folder of one small resource."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def deliver(self, name: str, rows: int, first: int = 0) -> None:
        folder = self.data / "landing" / "public_security"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content("csv", people(rows, first)))

    def start(self, *arguments: str, limit: Callable[[], None] | None = None) -> subprocess.Popen[str]:
        environment = {**os.environ, "SUINING_DATA": str(self.data), "TERM": "dumb", "COLUMNS": "200"}
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*SMALL, *arguments],
            env=environment,
            stdout=pipe,
            stderr=pipe,
            text=True,
            preexec_fn=limit,  # noqa: PLW1509
        )

    def refresh(self, *arguments: str, limit: Callable[[], None] | None = None) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        process = self.start(*arguments, limit=limit)
        out, error = process.communicate(timeout=120)
        return process.returncode, out, error

    def published(self) -> tuple[object, ...] | None:
        """Batches in force, raw rows, accounts that do not balance: as analysts see them."""
        with duckdb.connect(str((self.data / "published" / "suining.duckdb").resolve()), read_only=True) as con:
            return con.execute("""
                select (select count(*) from governance.batch where status = 'in_force'), sum(raw)::int,
                    count(*) filter (lines_total <> header_lines + continuation_lines + rejected + raw
                        or raw <> staged + quarantined + superseded)
                from governance.row_account
            """).fetchone()


BEFORE, AFTER = (1, FIRST, 0), (2, FIRST + SECOND, 0)


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the first delivery published; do not change it."""

    def make(folder: Path) -> None:
        small = Small(folder)
        small.deliver("ry_1.csv", FIRST)
        code, out, error = small.refresh()
        assert code == 0, out + error
        assert small.published() == BEFORE

    return once(tmp_path_factory, "small", make)


@pytest.fixture
def small(refreshed: Path, tmp_path: Path) -> Small:
    """A copy of it where the second delivery has come."""
    shutil.copytree(refreshed, tmp_path, symlinks=True, dirs_exist_ok=True)
    small = Small(tmp_path)
    small.deliver("ry_2.csv", SECOND, first=500)
    return small


def test_the_second_of_two_refreshes_waits_and_says_for_whom(small: Small) -> None:
    first = small.start("pause", "suining_data.orchestration.pipeline.standardize")
    while not (small.data / "paused").exists():
        assert first.poll() is None
        time.sleep(0.05)
    second = small.start()
    assert second.stdout
    said = ""
    while "waiting until it ends" not in said:
        said += second.stdout.readline().replace("\n", " ")
    assert f"suining refresh, pid {first.pid}" in said
    (small.data / "paused").unlink()
    first.communicate(timeout=120)
    out, error = second.communicate(timeout=120)
    assert (first.returncode, second.returncode, error) == (0, 0, "")
    assert "没有变化" in out
    assert small.published() == AFTER


DYING = "suining_data.orchestration.pipeline.promote"  # validated, and nothing promoted yet
OTHERS_DYING = [
    "suining_data.ingestion.intake.write_ledger",  # files are there, the ledger does not know
    "suining_data.orchestration.pipeline.standardize",
    "suining_data.orchestration.state.record",  # promoted, and the transaction not ended
    "suining_data.publication.snapshot.write_manifest",
    "suining_data.publication.snapshot._make_current",
    "suining_data.publication.snapshot.remove_old",  # published, and nobody knows
]


@pytest.mark.parametrize("place", [DYING, *(pytest.param(place, marks=pytest.mark.slow) for place in OTHERS_DYING)])
def test_a_killed_refresh_leaves_what_is_published_whole_and_the_next_one_is_right(small: Small, place: str) -> None:
    before = contents(small.data / "published")
    code, _, _ = small.refresh("die", place)
    assert code == -signal.SIGKILL
    assert is_whole(small.data / "published")
    has_swapped = place.endswith(".remove_old")
    assert (contents(small.data / "published") == before) is not has_swapped
    code, out, error = small.refresh()
    assert code == 0, out + error
    assert small.published() == AFTER
    assert is_whole(small.data / "published")


MANY = 30_000  # rows, more than the log of the run takes
LIMITS = [
    (SECOND, 1 << 12),  # everything
    (SECOND, 1 << 20),  # the log of the run in its midst
    (MANY, 1 << 20),  # the raw rows
    (MANY, 2_400_000),  # the warehouse
]


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "size"), LIMITS)
def test_a_disk_without_room_is_told_in_one_line_and_the_next_refresh_is_right(
    small: Small, rows: int, size: int
) -> None:
    small.deliver("ry_2.csv", rows, first=500)
    code, out, error = small.refresh(limit=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    assert code == 1
    assert (out + error).count("磁盘已满或文件不能再增大") == 1, out + error
    assert len(error.strip().splitlines()) <= 1
    assert small.published() == BEFORE
    assert is_whole(small.data / "published")
    code, out, error = small.refresh()
    assert code == 0, out + error
    assert small.published() == (2, FIRST + rows, 0)
    assert is_whole(small.data / "published")
