"""The launcher of runs that dagster.yaml names: Dagster's own, which also knows whether the process of a run still lives.

Here: the tag by which a run says its process, the check of it. Not here: what happens to a run whose process is gone
(run_monitoring of dagster.yaml, instance.py).

Dagster's own launcher asks the code server, which does not know the runs of the command line, and forgets all others
when it is restarted. Without the check, a killed run stays "started" and no run in the queue would ever begin.
"""

import os
import socket
import time
from pathlib import Path

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

# tag of a run: host, process id, when the process started, run id; the list of runs does not show tags of this beginning
PROCESS = "dagster/suining_process"
SAID_WITHIN = 120  # seconds after the start; it takes a few


def process_tag(run_id: str) -> dict[str, str]:
    """The tag of a run that this process executes. It has the run, because a retry starts with the tags of the failed run."""
    return {PROCESS: f"{socket.gethostname()} {os.getpid()} {_started(os.getpid())} {run_id}"}


def say_process(instance: dg.DagsterInstance, run_id: str) -> None:
    """Tag a run with this process; every job does so when it begins, or nobody would notice that it was killed."""
    instance.add_run_tags(run_id, process_tag(run_id))


class Launcher(dg.DefaultRunLauncher):
    """Starts runs in processes of the code server."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster asks `check_run_worker_health` about every run that is under way."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """FAILED if the run's process is gone, or began long ago and has not said who it is; RUNNING if it lives or is elsewhere.

        A process says it first of all. One that could not write even that, because the disk is full, has ended.
        """
        host, pid, started, run_id = run.tags.get(PROCESS, "   ").split(" ")
        if run_id != run.run_id:
            return self._health_of_unknown(run)
        if host != socket.gethostname() or _started(int(pid)) == started:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"进程 {pid} 已不在 (process {pid} of this run is gone)")

    def _health_of_unknown(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        record = self._instance.get_run_record_by_id(run.run_id)
        if record and record.start_time and time.time() - record.start_time > SAID_WITHIN:
            return CheckRunHealthResult(
                WorkerStatus.FAILED,
                f"开始 {SAID_WITHIN} 秒后仍没有进程认领 (no process has said that it executes this run within {SAID_WITHIN} seconds)",
            )
        return CheckRunHealthResult(WorkerStatus.RUNNING)


def _started(pid: int) -> str | None:
    """When a process started, in the system's ticks; None if there is none. Another process may get the same id later."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return stat.rpartition(")")[2].split()[19]  # the name of the program, in brackets, may hold anything
