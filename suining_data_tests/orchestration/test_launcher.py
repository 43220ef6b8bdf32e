"""Whether a run's process still lives: what Dagster's monitoring of runs asks."""

import socket
import subprocess
import sys
import time

import dagster as dg
import pytest
from dagster import DagsterEventType, EventLogEntry

from suining_data.definitions import defs
from suining_data.orchestration.launcher import PROCESS, Launcher, process_tag
from suining_data.settings import Settings
from suining_data_tests.orchestration.tables import run, table

RUN = "8f14e45f"


def health(tags: dict[str, str]) -> str:
    return Launcher().check_run_worker_health(dg.DagsterRun(job_name="refresh", run_id=RUN, tags=tags)).status.value


def ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_a_run_of_a_living_process_is_healthy() -> None:
    assert health(process_tag(RUN)) == "RUNNING"


def test_a_run_whose_process_is_gone_has_failed() -> None:
    assert health({PROCESS: f"{socket.gethostname()} {ended_process()} 1 {RUN}"}) == "FAILED"


def test_a_run_whose_process_id_another_process_has_now_has_failed() -> None:
    host, pid, started, run_id = process_tag(RUN)[PROCESS].split(" ")
    assert health({PROCESS: f"{host} {pid} {int(started) - 1} {run_id}"}) == "FAILED"


def test_a_run_on_another_machine_is_left_alone() -> None:
    assert health({PROCESS: f"elsewhere {ended_process()} 1 {RUN}"}) == "RUNNING"


@pytest.mark.parametrize("said", ["", "{host} {pid} 1 another"], ids=["nothing", "by the run that it repeats"])
@pytest.mark.parametrize(("seconds", "expected"), [(5, "RUNNING"), (1000, "FAILED")])
def test_a_run_that_never_says_its_process_has_failed(said: str, seconds: int, expected: str) -> None:
    """The disk was full when it began, so nobody could write down that it ended, either."""
    tags = {PROCESS: said.format(host=socket.gethostname(), pid=ended_process())} if said else {}
    with dg.DagsterInstance.ephemeral() as instance:
        run = instance.create_run_for_job(defs.resolve_job_def("retention"), tags=tags)
        start = EventLogEntry(
            error_info=None,
            level="debug",
            user_message="",
            run_id=run.run_id,
            timestamp=time.time() - seconds,
            dagster_event=dg.DagsterEvent(DagsterEventType.RUN_START.value, run.job_name),
        )
        instance.handle_new_event(start)
        launcher = Launcher()
        launcher.register_instance(instance)
        assert launcher.check_run_worker_health(run).status.value == expected


def test_a_run_of_the_ui_says_which_process_has_it(data: Settings) -> None:
    result = run(table("a", 1))
    assert result.dagster_run.tags[PROCESS] == process_tag(result.run_id)[PROCESS]


@pytest.mark.parametrize(
    ("name", "config"),
    [
        ("withdraw", {"withdraw_delivery": {"config": {"delivery": "none", "by": "x", "reason": "y"}}}),
        ("reload", {"reload_resource": {"config": {"resource": "none"}}}),
        ("rollback", {"roll_back_published": {"config": {"by": "x", "reason": "y"}}}),
        ("retention", {"remove_what_is_old": {"config": {"dry_run": True}}}),
        ("verification", {}),
    ],
)
@pytest.mark.usefixtures("data")
def test_each_other_job_says_it_too_before_it_does_anything(name: str, config: dict[str, object]) -> None:
    job = defs.resolve_job_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(run_config={"ops": config}, instance=instance, raise_on_error=False)
        run = instance.get_run_by_id(result.run_id)
    assert run
    assert run.tags[PROCESS] == process_tag(result.run_id)[PROCESS]
