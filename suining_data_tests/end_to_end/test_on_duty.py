"""The city by itself: webserver and daemon as in production, a delivery at night, a run that is killed.

Here: real processes on a copy of the refreshed city. Not here: what a tick requests (test_automation.py), a whole week
(test_week.py), kills at random moments (test_killed_anywhere.py).
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.on_duty import OnDuty, until

pytestmark = pytest.mark.slow
TO_STOP = 10  # seconds
OWN = """{ runsOrError(filter: {tags: [{key: ".dagster/repository", value: "__repository__@suining_data"}]}, limit: 1) {
    ... on Runs { results { status } } } }"""


@pytest.fixture
def duty(request: pytest.FixtureRequest, own_city: City, tmp_path: Path) -> Iterator[OnDuty]:
    duty = OnDuty(own_city.settings.data, tmp_path / "ui.log", SUINING_UNATTENDED=getattr(request, "param", "true"))
    yield duty
    if duty.process.poll() is None:
        duty.stop()


def deliver(city: City, name: str) -> None:
    """The first rows of the last household changes, under another name."""
    last = city.landed("public_security", "hjbd_*.csv")
    last.with_name(name).write_bytes(b"\n".join(last.read_bytes().splitlines()[:3]) + b"\n")


def is_published(city: City, name: str) -> bool:
    return city.value(f"select count(*) from governance.batch where file_name = '{name}' and status = 'in_force'") == 1


def test_a_delivery_is_refreshed_although_the_run_is_killed(own_city: City, duty: OnDuty) -> None:
    deliver(own_city, "hjbd_20990101.csv")
    until(lambda: duty.runs("landing"))
    [killed] = duty.runs("landing")
    os.kill(until(lambda: duty.run(killed.id).process), signal.SIGKILL)
    until(lambda: duty.run(killed.id).status == "FAILURE")
    until(duty.is_idle)
    _, again = duty.runs("landing")
    assert again.status == "SUCCESS"
    assert again.tags["dagster/parent_run_id"] == killed.id
    assert is_published(own_city, "hjbd_20990101.csv")


@pytest.mark.parametrize("duty", ["false"], indirect=True, ids=["no sensor comes first"])
def test_a_run_of_the_command_line_is_in_the_overview_of_the_one_interface(own_city: City, duty: OnDuty) -> None:
    before = len(duty.runs())
    deliver(own_city, "hjbd_20990102.csv")
    own_city.refresh()
    assert len(duty.runs()) == before + 1
    assert duty.asked(OWN)["runsOrError"]["results"] == [{"status": "SUCCESS"}]
    own_city.refresh()  # finds nothing to do
    assert len(duty.runs()) == before + 1

    second = suining(own_city.settings.data, "ui", "--port", str(duty.port + 1))
    assert second.returncode == 1
    assert "runs already" in second.stderr.replace("\n", " ")

    started = time.monotonic()
    assert duty.stop() == 0
    assert time.monotonic() - started < TO_STOP
    assert not duty.processes()
