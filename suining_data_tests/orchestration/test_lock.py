"""One run at a time has the warehouse, however it was started: a run of the UI waits, a command says so and ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from suining_data.settings import Settings
from suining_data.warehouse import WarehouseBusy, open_warehouse, read_warehouse
from suining_data_tests.orchestration.tables import run, table, values

SMALL_RUN = [sys.executable, "-m", "suining_data_tests.orchestration.small_run"]
BUSY = "正由另一次运行使用"
SOON = 60  # seconds that nobody waits unless the test fails


def start() -> subprocess.Popen[str]:
    """A run of the UI in its own process, on the data folder of the environment."""
    return subprocess.Popen(SMALL_RUN, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def under_way(data: Settings) -> Iterator[subprocess.Popen[str]]:
    """A run of the UI that has the warehouse and is writing a table until the file `paused` is gone."""
    (data.data / "paused").touch()
    process = start()
    deadline = time.monotonic() + SOON
    while not (data.data / "begun").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    yield process
    process.kill()
    process.communicate()


def test_a_run_of_the_ui_waits_until_the_run_before_it_has_ended(data: Settings) -> None:
    with open_warehouse(data):
        process = start()
        assert process.stderr
        assert any(BUSY in line for line in process.stderr)
        assert process.poll() is None
    process.communicate(timeout=SOON)
    assert process.returncode == 0
    assert values(data, "a") == {"a": 1}


def test_a_refresh_waits_for_a_run_of_the_ui_and_says_so(data: Settings, under_way: subprocess.Popen[str]) -> None:
    refresh = [sys.executable, "-c", "from suining_data.cli import main; main()", "refresh"]
    with subprocess.Popen(refresh, stdout=subprocess.PIPE, text=True) as waiting:
        assert waiting.stdout
        said = waiting.stdout.readline()
        assert BUSY in said
        assert f"Dagster, pid {under_way.pid}" in said
        assert waiting.poll() is None
        (data.data / "paused").unlink()
        under_way.communicate(timeout=SOON)
        assert any("待更新" in line for line in waiting.stdout)
        waiting.kill()  # it goes on with the whole city


def test_readers_of_the_warehouse_are_told_too_and_do_not_lock_out_each_other(
    data: Settings, under_way: subprocess.Popen[str]
) -> None:
    with pytest.raises(WarehouseBusy), read_warehouse(data):
        pass
    (data.data / "paused").unlink()
    under_way.communicate(timeout=SOON)
    with read_warehouse(data) as one, read_warehouse(data) as other:
        assert one.execute("from staged.a").fetchall() == other.execute("from staged.a").fetchall()
        with pytest.raises(WarehouseBusy), open_warehouse(data):
            pass


def test_a_killed_run_leaves_the_lock_to_the_next(data: Settings, under_way: subprocess.Popen[str]) -> None:
    os.kill(under_way.pid, signal.SIGKILL)
    under_way.communicate(timeout=SOON)
    assert values(data, "a") == {"a": None}
    assert run(table("a", 2)).success
    assert values(data, "a") == {"a": 2}
