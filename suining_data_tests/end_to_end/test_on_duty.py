"""The city by itself: webserver and daemon as in production, a delivery at night, a run that is killed.

Here: real processes on a copy of the refreshed city. Not here: what a tick requests (test_automation.py).
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from suining_data_tests.end_to_end.conftest import City

pytestmark = pytest.mark.slow
PORT = 3917
LONGEST = 600  # seconds that nothing takes unless the test fails
TO_STOP = 10  # seconds
RUNS = "{ runsOrError { ... on Runs { results { runId status tags { key value } } } } }"


def suining_ui(city: City) -> subprocess.Popen[bytes]:
    """`suining ui`, with schedules and sensors switched on."""
    return subprocess.Popen(
        [Path(sys.executable).with_name("suining"), "ui", "--port", str(PORT)],
        env={**os.environ, "SUINING_DATA": str(city.settings.data), "SUINING_UNATTENDED": "true"},
    )


@pytest.fixture
def on_duty(own_city: City) -> Iterator[tuple[City, subprocess.Popen[bytes]]]:
    process = suining_ui(own_city)
    yield own_city, process
    if process.poll() is None:
        process.terminate()
        process.wait(LONGEST)


def asked(query: str) -> Any:
    """What the webserver answers."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}/graphql",
        json.dumps({"query": query}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


def sensor_runs() -> list[dict[str, Any]]:
    """The runs that the sensor of landing/ started, the newest first; none before the webserver answers."""
    try:
        runs = asked(RUNS)["runsOrError"]["results"]
    except OSError:
        return []
    tagged = ({**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in runs)
    return [run for run in tagged if run["tags"].get("dagster/sensor_name") == "landing"]


def until(what: Callable[[], Any]) -> Any:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + LONGEST
    while not (found := what()):
        assert time.monotonic() < deadline, what
        time.sleep(0.5)
    return found


def deliver(city: City, name: str) -> None:
    """The first rows of the last household changes, under another name."""
    last = city.landed("public_security", "hjbd_*.csv")
    last.with_name(name).write_bytes(b"\n".join(last.read_bytes().splitlines()[:3]) + b"\n")


def is_published(city: City, name: str) -> bool:
    return city.value(f"select count(*) from governance.batch where file_name = '{name}' and status = 'in_force'") == 1


def test_a_delivery_is_refreshed_although_the_run_is_killed(on_duty: tuple[City, subprocess.Popen[bytes]]) -> None:
    city, process = on_duty
    lock = city.settings.warehouse.parent / "refresh.lock"
    deliver(city, "hjbd_20990101.csv")
    until(lambda: sensor_runs() and sensor_runs()[0]["status"] == "STARTED")
    holder = until(lambda: re.search(r"^Dagster, pid (\d+)", lock.read_text(encoding="utf-8")))
    os.kill(int(holder[1]), signal.SIGKILL)
    until(lambda: sensor_runs()[-1]["status"] == "FAILURE")
    until(lambda: sensor_runs()[0]["status"] == "SUCCESS")
    killed, again = sensor_runs()[-1], sensor_runs()[0]
    assert again["tags"]["dagster/parent_run_id"] == killed["runId"]
    assert len(sensor_runs()) == 2
    assert is_published(city, "hjbd_20990101.csv")

    runs = len(asked(RUNS)["runsOrError"]["results"])
    city.refresh()  # the command line finds nothing to do
    assert len(asked(RUNS)["runsOrError"]["results"]) == runs
    deliver(city, "hjbd_20990102.csv")
    city.refresh()  # and is seen in the overview when it does something
    assert len(asked(RUNS)["runsOrError"]["results"]) == runs + 1
    own = 'runsOrError(filter: {tags: [{key: ".dagster/repository", value: "__repository__@suining_data"}]}, limit: 1)'
    assert asked(f"{{ {own} {{ ... on Runs {{ results {{ status }} }} }} }}")["runsOrError"]["results"] == [
        {"status": "SUCCESS"}
    ]

    started = time.monotonic()
    process.terminate()
    assert process.wait(LONGEST) == 0
    assert time.monotonic() - started < TO_STOP
    assert not processes_of(city)


def processes_of(city: City) -> list[str]:
    """The processes of Dagster whose environment has the city's data folder: servers, daemon, runs."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            environment, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
        except OSError:
            continue
        is_dagster = b"dagster" in command or b"multiprocessing" in command
        if is_dagster and f"DAGSTER_HOME={city.settings.dagster_home}".encode() in environment:
            found.append(folder.name)
    return found
