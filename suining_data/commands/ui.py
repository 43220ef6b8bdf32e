"""`suining ui`: Dagster's code server, webserver and daemon, as they run in production.

Here: starting them, stopping them. Not here: their settings (orchestration/instance.py), the units of systemd (deploy/).

The code server has the code and executes the runs. The daemon evaluates schedules and sensors and starts the runs in the
queue; without it the UI shows runs that never begin.
"""

import os
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from suining_data.commands.errors import Mistake
from suining_data.display import console
from suining_data.settings import settings

PATIENCE = 8.0  # seconds to stop by themselves; a run under way is then killed, and what was published stays
WATCHED = 0.2  # seconds between two looks at them
ALREADY = (
    "此数据目录的界面已在运行（代码服务进程 {pid}）：请用它，或先停止它 "
    "(the interface of this data folder runs already, process {pid} is its code server: use it, or stop it first)"
)


class Stopped(Exception):
    """Somebody asked the command to stop."""


def ui(
    port: Annotated[int, typer.Option(min=1, max=65535)] = 3000,
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    read_only: Annotated[bool, typer.Option("--read-only", help="Show everything, start and change nothing.")] = False,
    prepare: Annotated[
        bool,
        typer.Option(
            "--prepare",
            help="Only write dagster.yaml and workspace.yaml, and print their folder: for a service manager.",
        ),
    ] = False,
) -> None:
    """Start Dagster's web interface and daemon on this machine. Stop them with Ctrl-C."""
    from suining_data.orchestration.instance import CODE_SERVER, CODE_SOCKET, check_log, prepare_home

    check_log(settings())
    home = prepare_home(settings())
    if prepare:
        print(home)
        return
    environment = {**os.environ, "DAGSTER_HOME": str(home), "SUINING_DATA": str(settings().data.resolve())}
    os.chdir(home)
    if pid := _listener(CODE_SOCKET):
        raise Mistake(ALREADY.format(pid=pid))
    Path(CODE_SOCKET).unlink(missing_ok=True)  # of a code server that was killed
    viewer = ["--read-only"] if read_only else []
    webserver = ["dagster-webserver", "-h", host, "-p", str(port), *viewer, "-w", "workspace.yaml"]
    commands = [CODE_SERVER.split(), webserver, ["dagster-daemon", "run", "-w", "workspace.yaml"]]
    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    console.print(f"http://{host}:{port}")
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.append(_start(commands[0], environment))
        while not _listener(CODE_SOCKET) and _all_run(started):
            time.sleep(WATCHED)
        for command in commands[1:]:
            started.append(_start(command, environment))
        while _all_run(started):
            time.sleep(WATCHED)
    except Stopped:
        return
    finally:
        _stop_all(started)
    ended = [command for (command, *_), process in zip(commands, started, strict=False) if process.returncode > 0]
    raise Mistake(f"{'、'.join(ended)} 已退出，原因见上 (ended by itself: see above)")


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Start it in a session of its own: Ctrl-C of the terminal reaches this process only, which then stops the others."""
    program = str(Path(sys.executable).with_name(command[0]))
    return subprocess.Popen([program, *command[1:]], env=environment, start_new_session=True)


def _all_run(processes: list[subprocess.Popen[bytes]]) -> bool:
    return all(process.poll() is None for process in processes)


def _listener(name: str) -> int | None:
    """The process that listens at the socket."""
    with socket.socket(socket.AF_UNIX) as client:
        if client.connect_ex(name):
            return None
        return struct.unpack("3i", client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))[0]


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
