"""A refresh of a city that is killed anywhere: analysts notice nothing, and the next one gives what it would have given."""

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from suining_data_tests.end_to_end.commands import SUINING, environment
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.published import Contents, balances, contents, is_whole

pytestmark = pytest.mark.slow
MOMENTS = {
    "while ingesting": r"\braw\.",
    "while standardizing": r"\bstaged\.",
    "while linking": r"\blinked\.contested_number",
    "while integrating": r"\bpopulation\.person ",
}


def copy_of(data: Path, to: Path) -> Path:
    """The data folder, times of its files included."""
    shutil.copytree(data, to, symlinks=True, dirs_exist_ok=True)
    return to


@pytest.fixture(scope="module")
def changed(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The refreshed city to which new registers and changes have come; do not change it."""
    data = copy_of(first_night, tmp_path_factory.mktemp("changed"))
    for unit, pattern, name in (
        ("public_security", "hjbd_*.csv", "hjbd_201909.csv"),
        ("sichuan_public_security", "czhjrk_*.csv", "czhjrk_20190930.csv"),
        ("taxation", "nsr_*.txt", "nsr_20190831.txt"),
    ):
        file = sorted((data / "landing" / unit).glob(pattern))[-1]
        lines = file.read_bytes().splitlines(keepends=True)
        file.with_name(name).write_bytes(b"".join(lines[: len(lines) * 9 // 10]))
    return data


@pytest.fixture(scope="module")
def expected(changed: Path, tmp_path_factory: pytest.TempPathFactory) -> Contents:
    """What a refresh publishes that nobody kills."""
    data = copy_of(changed, tmp_path_factory.mktemp("expected"))
    assert finish(data) == 0
    return contents(data / "published")


def finish(data: Path) -> int:
    return subprocess.run([*SUINING, "refresh"], env=environment(data), capture_output=True, check=False).returncode


def kill(data: Path, is_time: Callable[[Iterator[str]], None]) -> None:
    """Start a refresh and kill it as soon as `is_time`, which reads what it prints, comes back."""
    process = subprocess.Popen([*SUINING, "refresh"], env=environment(data), stdout=subprocess.PIPE, text=True)
    assert process.stdout
    is_time(iter(process.stdout))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL


def prints(pattern: str) -> Callable[[Iterator[str]], None]:
    def is_time(lines: Iterator[str]) -> None:
        assert any(re.search(pattern, line) for line in lines), pattern

    return is_time


def writes_a_snapshot(data: Path) -> Callable[[Iterator[str]], None]:
    last = data / "published" / ".next" / "parquet" / "governance" / "table_state.parquet"

    def is_time(lines: Iterator[str]) -> None:
        prints(r"\bpopulation\.person ")(lines)
        deadline = time.monotonic() + 300
        while not last.exists():
            assert time.monotonic() < deadline
            time.sleep(0.005)

    return is_time


def assert_nothing_was_lost(data: Path, before: Contents, expected: Contents) -> None:
    published = data / "published"
    assert is_whole(published)
    assert contents(published) == before != expected
    assert finish(data) == 0
    assert is_whole(published)
    assert balances(published)
    assert contents(published) == expected


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_refresh_killed(changed: Path, expected: Contents, tmp_path: Path, moment: str) -> None:
    data = copy_of(changed, tmp_path)
    before = contents(data / "published")
    kill(data, prints(MOMENTS[moment]))
    assert_nothing_was_lost(data, before, expected)


def test_a_refresh_killed_while_it_publishes(changed: Path, expected: Contents, tmp_path: Path) -> None:
    data = copy_of(changed, tmp_path)
    before = contents(data / "published")
    kill(data, writes_a_snapshot(data))
    assert_nothing_was_lost(data, before, expected)


def test_the_first_refresh_killed(delivered_city: City, tmp_path: Path) -> None:
    copy_of(delivered_city.settings.landing, tmp_path / "landing")
    kill(tmp_path, prints(r"\blinked\."))
    assert not (tmp_path / "published" / "suining.duckdb").exists()
    assert finish(tmp_path) == 0
    assert is_whole(tmp_path / "published")
    assert balances(tmp_path / "published")
    assert contents(tmp_path / "published") == contents(delivered_city.settings.published)
