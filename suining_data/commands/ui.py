"""`suining ui`: Dagster's webserver and daemon, as they run in production.

Here: starting both, stopping both. Not here: their settings (orchestration/instance.py), the units of systemd (deploy/).

The daemon evaluates schedules and sensors and starts the runs in the queue; without it the UI shows runs that never begin.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.display import console
from suining_data.settings import PROJECT, settings

PATIENCE = 8.0  # seconds to stop by themselves; a run under way is then killed, and what was published stays
WATCHED = 0.2  # seconds between two looks at them


class Stopped(Exception):
    """Somebody asked the command to stop."""


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Show everything, start and change nothing.")] = False,
    prepare: Annotated[
        bool, typer.Option("--prepare", help="Only write dagster.yaml, and print its folder: for a service manager.")
    ] = False,
) -> None:
    """Start Dagster's web interface and daemon on this machine. Stop them with Ctrl-C."""
    from suining_data.orchestration.instance import check_log, prepare_home

    check_log(settings())
    home = str(prepare_home(settings()))
    if prepare:
        print(home)
        return
    environment = {**os.environ, "DAGSTER_HOME": home}
    viewer = ["--read-only"] if read_only else []
    commands = [["dagster-webserver", "-h", host, "-p", str(port), *viewer], ["dagster-daemon", "run"]]
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    console.print(f"http://{host}:{port}")
    started = [
        subprocess.Popen(
            [Path(sys.executable).with_name(command), *arguments, "-w", str(PROJECT / "workspace.yaml")],
            cwd=PROJECT,
            env=environment,
            start_new_session=True,  # Ctrl-C of the terminal reaches this process only, which then stops the others
        )
        for command, *arguments in commands
    ]
    try:
        while all(process.poll() is None for process in started):
            time.sleep(WATCHED)
    except Stopped:
        return
    finally:
        _stop_all(started)
    ended = [command for (command, *_), process in zip(commands, started, strict=True) if process.returncode > 0]
    raise Mistake(f"{'、'.join(ended)} 已退出，原因见上 (ended by itself: see above)")


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise Stopped


def _stop_all(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ask all to stop; kill whatever is left of them, with their code servers and runs, when the patience is over."""
    for process in processes:
        process.terminate()
    deadline = time.monotonic() + PATIENCE
    for process in processes:
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            continue
    for process in processes:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
        process.wait()
