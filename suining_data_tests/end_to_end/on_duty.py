"""A city on duty: webserver and daemon as in production, and a clock that a test may set.

Here: starting and stopping them, asking the webserver, waiting, delivering. Not here: what is expected of a night (the tests).
"""

import json
import os
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from suining_data.orchestration.launcher import PROCESS
from suining_data_tests.end_to_end.commands import SUINING, environment

LONGEST = 600  # seconds that nothing takes unless the test fails
UNDER_WAY = {"QUEUED", "NOT_STARTED", "STARTING", "STARTED", "CANCELING"}
RUNS = """{ runsOrError(limit: 1000) { ... on Runs { results {
    runId jobName status startTime endTime tags { key value } } } } }"""
LAUNCH = """mutation ($job: String!, $config: RunConfigData!) {
    launchRun(executionParams: {mode: "default", runConfigData: $config, selector: {
        repositoryLocationName: "suining_data", repositoryName: "__repository__", jobName: $job}}) {
    __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
Found = TypeVar("Found")


class Clock:
    """The clock of the processes that are started with its `environment`; it begins some days ago.

    It must not pass the clock of the machine: the system gives files its own times, and `touch` can only set an earlier one.
    """

    def __init__(self, file: Path, days_ago: int) -> None:
        self.file = file
        self._ahead = timedelta()
        self.turn(timedelta(days=-days_ago))

    @property
    def environment(self) -> dict[str, str]:
        """libfaketime reads the file once a second; monotonic clocks, by which programs wait, stay real."""
        library = files("libfaketime") / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_CACHE_DURATION": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # or every wait for another thread ends at once, and programs spin
            "NO_FAKE_STAT": "1",
        }

    def now(self) -> datetime:
        """What the clock shows, in the zone of the machine."""
        return datetime.now() + self._ahead

    def turn(self, by: timedelta) -> None:
        """Forward, or back."""
        self._ahead += by
        assert self._ahead < timedelta()
        fresh = self.file.with_suffix(".new")
        fresh.write_text(f"{self._ahead.total_seconds():+.3f}", encoding="utf-8")
        fresh.replace(self.file)
        time.sleep(1.5)  # until all have read it

    def turn_to_nearly_now(self) -> None:
        """To half an hour ago: the times that the system gives files are then so near that a file looks new."""
        self.turn(-self._ahead - timedelta(minutes=30))

    def touch(self, file: Path, ago: timedelta = timedelta()) -> None:
        """Say that the file was last written now, or a while ago."""
        at = (self.now() - ago).timestamp()
        os.utime(file, (at, at))


@dataclass(frozen=True)
class Run:
    """A run of Dagster."""

    id: str
    job: str
    status: str
    started: float | None  # seconds since 1970
    ended: float | None
    tags: Mapping[str, str]

    @property
    def process(self) -> int:
        """The process that executes it; 0 before it has said so."""
        _, pid, _, run_id = self.tags.get(PROCESS, " 0  ").split(" ")
        return int(pid) if run_id == self.id else 0

    @property
    def by(self) -> str:
        """The schedule or sensor that started it."""
        return self.tags.get("dagster/schedule_name") or self.tags.get("dagster/sensor_name") or "hand"


class OnDuty:
    """`suining ui` with schedules and sensors on."""

    def __init__(self, data: Path, log: Path, **more: str) -> None:
        self.data, self.log = data, log
        self.environment = {**environment(data), "SUINING_UNATTENDED": "true", **more}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        """Start both, and wait until the webserver answers."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*SUINING, "ui", "--port", str(self.port)], env=self.environment, stdout=log, stderr=log
            )
        until(self._answers)

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8")[-2000:]
        try:
            return bool(self.asked("{ version }"))
        except OSError:
            return False

    def stop(self) -> int:
        """Stop both; the exit code."""
        self.process.terminate()
        return self.process.wait(LONGEST)

    def asked(self, query: str, **variables: Any) -> Any:
        """What the webserver answers."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/graphql",
            json.dumps({"query": query, "variables": variables}).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["data"]

    def runs(self, by: str | None = None) -> list[Run]:
        """The runs, the oldest first; only those of a schedule or sensor if `by` names it."""
        found = [
            Run(
                run["runId"],
                run["jobName"],
                run["status"],
                run["startTime"],
                run["endTime"],
                {tag["key"]: tag["value"] for tag in run["tags"]},
            )
            for run in reversed(self.asked(RUNS)["runsOrError"]["results"])
        ]
        return [run for run in found if by in (None, run.by)]

    def run(self, id: str) -> Run:
        """How a run stands now."""
        return next(run for run in self.runs() if run.id == id)

    def is_idle(self) -> bool:
        """No run is under way, or waits, or is to be started again."""
        return not any(
            run.status in UNDER_WAY
            or (run.tags.get("dagster/will_retry") == "true" and "dagster/auto_retry_run_id" not in run.tags)
            for run in self.runs()
        )

    def launch(self, job: str, op: str, **config: str) -> Run:
        """Start a job as the launchpad does, and wait until it has ended."""
        answer = self.asked(LAUNCH, job=job, config={"ops": {op: {"config": config}}})["launchRun"]
        assert answer["__typename"] == "LaunchRunSuccess", answer
        until(self.is_idle)
        return self.run(answer["run"]["runId"])

    def daemon(self) -> int:
        """The process of the daemon."""
        return next(pid for pid, command in self.processes().items() if b"dagster-daemon" in command)

    def processes(self) -> dict[int, bytes]:
        """The processes of Dagster that belong to the data folder, with their commands: servers, daemon, runs."""
        found = {}
        for folder in Path("/proc").iterdir():
            try:
                set_up, command = (folder / "environ").read_bytes(), (folder / "cmdline").read_bytes()
            except OSError:
                continue
            is_dagster = b"dagster" in command or b"multiprocessing" in command
            if is_dagster and f"DAGSTER_HOME={(self.data / 'dagster').resolve()}\0".encode() in set_up:
                found[int(folder.name)] = command
        return found


def until(what: Callable[[], Found], longest: float = LONGEST) -> Found:
    """Wait until something is there, and return it."""
    deadline = time.monotonic() + longest
    while not (found := what()):
        assert time.monotonic() < deadline, what
        time.sleep(1)
    return found
