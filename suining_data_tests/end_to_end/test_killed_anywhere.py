"""Fifty times SIGKILL at a random moment: of the command line, of a run's process, of the daemon.

Here: killing again and again while files keep coming, and that all is right in the end. Not here: chosen moments
(test_killed_refreshes.py, refusals/test_interruptions.py).
"""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path

import pytest

from suining_data_tests.end_to_end.commands import SUINING, environment, suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.on_duty import LONGEST, OnDuty, until
from suining_data_tests.end_to_end.published import balances, bases, is_whole

pytestmark = pytest.mark.slow
COMMANDS, WORKERS, DAEMONS = 25, 15, 10  # so many are killed
ONE_IN = 6  # refreshes of the command line is left alone
RANDOM = random.Random(20)


def deliver(data: Path, number: int) -> None:
    """Household changes of two people on one day: other files have other people or another day."""
    folder = data / "landing" / "public_security"
    head, *lines = (folder / "hjbd_201908.csv").read_bytes().splitlines()
    day = f"{date(2019, 9, 1) + timedelta(days=number):%Y%m%d}".encode()
    two = [lines[(number + place) % len(lines)].rpartition(b",")[0] + b"," + day for place in range(2)]
    (folder / f"hjbd_2020{number:04}.csv").write_bytes(b"\n".join([head, *two]) + b"\n")


def assert_as_if_nothing_had_happened(data: Path, number: int, before: Path, tmp_path: Path) -> None:
    """What is published is whole, has every file once, and equals what one refresh of all files gives."""
    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(before, undisturbed, symlinks=True)
    for file in range(number):
        deliver(undisturbed, file)
    assert suining(undisturbed, "refresh").returncode == 0
    assert is_whole(data / "published")
    assert balances(data / "published")
    assert bases(data / "published") == bases(undisturbed / "published")


def in_force(city: City) -> object:
    return city.value("select count(*) from governance.batch where file_name like 'hjbd_2020%' and status = 'in_force'")


def test_the_command_line(own_city: City, first_night: Path, tmp_path: Path) -> None:
    data = own_city.settings.data
    delivered = killed = 0
    took = 0.0  # seconds of the last refresh that was left alone
    while killed < COMMANDS:
        deliver(data, delivered)
        delivered += 1
        process = subprocess.Popen([*SUINING, "refresh"], env=environment(data), stdout=subprocess.DEVNULL)
        began, moment = time.monotonic(), RANDOM.uniform(0, took)
        try:
            assert process.wait(LONGEST if delivered % ONE_IN == 1 else moment) == 0
            took = time.monotonic() - began
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            killed += 1
        assert is_whole(data / "published"), (delivered, moment)
    assert suining(data, "refresh").returncode == 0
    assert in_force(own_city) == delivered
    assert_as_if_nothing_had_happened(data, delivered, first_night, tmp_path)


@pytest.fixture
def duty(own_city: City, tmp_path: Path) -> Iterator[OnDuty]:
    duty = OnDuty(own_city.settings.data, tmp_path / "ui.log")
    yield duty
    if duty.process.poll() is None:
        duty.stop()


def test_runs_and_the_daemon(own_city: City, duty: OnDuty, first_night: Path, tmp_path: Path) -> None:
    victims = ["worker"] * WORKERS + ["daemon"] * DAEMONS
    RANDOM.shuffle(victims)
    delivered, took = 0, 0.0
    while victims:
        before = len(duty.runs("landing"))
        deliver(own_city.settings.data, delivered)
        delivered += 1
        until(lambda before=before: len(duty.runs("landing")) > before)  # type: ignore[misc]
        run = duty.runs("landing")[before]
        until(lambda run=run: duty.run(run.id).status not in ("QUEUED", "STARTING"))  # type: ignore[misc]
        began = time.monotonic()
        if took:
            time.sleep(RANDOM.uniform(0, took))
            if kill(duty, run.id, victims[-1]):
                victims.pop()
            assert is_whole(own_city.settings.published), delivered
        until(duty.is_idle)
        took = took or time.monotonic() - began
        assert in_force(own_city) == delivered
    assert duty.stop() == 0
    assert not duty.processes()
    assert_as_if_nothing_had_happened(own_city.settings.data, delivered, first_night, tmp_path)


def kill(duty: OnDuty, run_id: str, victim: str) -> bool:
    """Kill the process of the run, or the daemon, which somebody then starts again; whether the run was under way."""
    run = duty.run(run_id)
    if run.status != "STARTED" or not run.process:
        return False
    if victim == "worker":
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(run.process, signal.SIGKILL)
        return True
    os.kill(duty.daemon(), signal.SIGKILL)
    assert duty.process.wait(LONGEST) == 1
    duty.start()
    return True
