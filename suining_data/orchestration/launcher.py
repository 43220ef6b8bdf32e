"""The launcher of runs that dagster.yaml names: Dagster's own, which also knows whether the process of a run still lives.

Here: the tag by which a run says its process, the check of it. Not here: what happens to a run whose process is gone
(run_monitoring of dagster.yaml, instance.py).

Dagster's own launcher asks the code server, which does not know the runs of the command line, and forgets all others
when it is restarted. Without the check, a killed run stays "started" and no run in the queue would ever begin.
"""

import os
import socket

import dagster as dg
from dagster._core.launcher import CheckRunHealthResult, WorkerStatus

PROCESS = "suining/process"  # tag of a run: host, process id, run id


def process_tag(run_id: str) -> dict[str, str]:
    """The tag of a run that this process executes. It has the run, because a retry starts with the tags of the failed run."""
    return {PROCESS: f"{socket.gethostname()} {os.getpid()} {run_id}"}


class Launcher(dg.DefaultRunLauncher):
    """Starts runs in processes of the code server."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Dagster asks `check_run_worker_health` about every run that is under way."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """FAILED if the run's process is gone. RUNNING if it lives, is on another machine, or has not said yet who it is."""
        host, pid, run_id = run.tags.get(PROCESS, "  ").split(" ")
        if (host, run_id) != (socket.gethostname(), run.run_id) or _is_alive(int(pid)):
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"进程 {pid} 已不在 (process {pid} of this run is gone)")


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
