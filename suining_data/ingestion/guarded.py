"""Calls a function that reads one file in a child process with a memory and a time limit.

Here: the child processes, the call, the refusal when the function fails. Not here: what the child does
(reader_process.py), which formats are read so (readers.py).

Libraries in C and Rust can abort the process or never return when a file is hostile or broken. Then only the child
ends, and its file is refused. A child serves many calls, because its start takes a second.
"""

import atexit
import contextlib
import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Pipe
from pathlib import Path
from traceback import extract_tb
from typing import ParamSpec, TypeVar

import duckdb

from suining_data.ingestion.outcomes import Failed, Outcome, Read, RefusedBy
from suining_data.ingestion.reading import Refused
from suining_data.settings import Limits
from suining_data.warehouse import is_disk_full

P = ParamSpec("P")
T = TypeVar("T")
OF_THE_DISK = (errno.EACCES, errno.EBUSY, errno.EIO, errno.ENOENT, errno.ESTALE)  # the next run may read the file
OF_THE_MACHINE = (
    duckdb.OutOfMemoryException,
    duckdb.InterruptException,
    duckdb.FatalException,
    duckdb.ConnectionException,
)


class ReadingFailed(Refused):
    """A file whose reading failed without a reason that a reader gives: an exception, an abort, a limit.

    The file is refused, and it is read again only when somebody accepts its batch.
    """


class ReadingStopped(Exception):
    """The run ended while a file was read, so nothing is known about the file."""


class _Child:
    """A process that waits for calls."""

    def __init__(self, limits: Limits) -> None:
        self.memory_gb = limits.reader_memory_gb
        self.is_stopped = False
        self.connection, theirs = Pipe()
        with theirs:
            arguments = [str(theirs.fileno()), str(int(self.memory_gb * (1 << 30)))]
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "suining_data.ingestion.reader_process", *arguments],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,  # libraries print parts of the file
                start_new_session=True,  # Ctrl-C ends the run, which then stops its children
                # Arrow's own pool reserves memory that the limit would count
                env={**os.environ, "ARROW_DEFAULT_MEMORY_POOL": "system"},
            )

    def call(self, function: Callable[..., object], arguments: tuple[object, ...], seconds: float) -> Outcome:
        """What the function gave, or how the child ended."""
        try:
            self.connection.send((function, arguments, seconds))
            outcome: Outcome = self.connection.recv()
        except (EOFError, OSError):
            self.process.wait()
            if self.is_stopped:
                raise ReadingStopped from None
            return Failed(_name_of_signal(self.process.returncode))
        return outcome

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        with contextlib.suppress(OSError):
            self.connection.close()


class _Children:
    """The children of this process: those that wait for a call, and those that are reading."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[_Child] = []
        self._busy: set[_Child] = set()

    def warm(self, limits: Limits) -> None:
        """Starts a child that is ready for the first call, unless there is one."""
        with self._lock:
            if not self._idle and not self._busy:
                self._idle.append(_Child(limits))

    @contextlib.contextmanager
    def one(self, limits: Limits) -> Iterator[_Child]:
        with self._lock:
            self._idle = [child for child in self._idle if child.process.poll() is None]  # somebody may have killed it
            fitting = [child for child in self._idle if child.memory_gb == limits.reader_memory_gb]
            child = fitting[0] if fitting else _Child(limits)
            self._idle = [other for other in self._idle if other is not child]
            self._busy.add(child)
        try:
            yield child
        finally:
            with self._lock:
                self._busy.discard(child)
                if child.process.poll() is None and not child.is_stopped:
                    self._idle.append(child)

    def stop(self) -> None:
        """Ends all children. Who waits for one of them gets ReadingStopped."""
        with self._lock:
            children = [*self._idle, *self._busy]
            self._idle.clear()
            for child in children:
                child.is_stopped = True
        for child in children:
            child.stop()

    def pids(self) -> list[int]:
        with self._lock:
            return [child.process.pid for child in (*self._idle, *self._busy)]


_children = _Children()
warm_reader = _children.warm
stop_readers = _children.stop
reader_pids = _children.pids
atexit.register(stop_readers)


def guarded(limits: Limits, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `function(*args)` gives in a child process; arguments and result are pickled.

    Raises Refused as the function does, ReadingFailed when the function or its process fails, and OSError when the disk
    is full or the file cannot be opened.
    """
    assert not kwargs, "only positional arguments go to the child"
    with _children.one(limits) as child:
        outcome = child.call(function, args, limits.reader_seconds)
    if isinstance(outcome, Read):
        return outcome.value  # type: ignore[return-value]
    if isinstance(outcome, RefusedBy):
        raise Refused(outcome.zh, outcome.en)
    if outcome.errno is not None:
        raise OSError(outcome.errno, os.strerror(outcome.errno))
    raise _refusal(outcome, limits)


@contextlib.contextmanager
def any_failure_refuses(limits: Limits) -> Iterator[None]:
    """Turns an unexpected exception into ReadingFailed, for what runs in this process.

    Faults of the machine stay as they are: no memory, a full disk, a file that cannot be opened, an interruption.
    """
    try:
        yield
    except (Refused, ReadingStopped, OSError, MemoryError, *OF_THE_MACHINE) as error:
        if isinstance(error, OSError) and not is_of_the_machine(error):
            raise _refusal(failure_of(error), limits) from error
        raise
    except Exception as error:
        if is_disk_full(error):
            raise
        raise _refusal(failure_of(error), limits) from error


def is_of_the_machine(error: BaseException) -> bool:
    """True when the file is not to blame, so that the next run may read it."""
    return is_disk_full(error) or getattr(error, "errno", None) in OF_THE_DISK


def failure_of(error: BaseException) -> Failed:
    """The kind of an exception and the line of the project that it came through. Its message may hold a value."""
    frames = [frame for frame in extract_tb(error.__traceback__) if "suining_data" in frame.filename]
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return Failed(type(error).__name__, place)


def _name_of_signal(code: int) -> str:
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"exit {code}"


def _refusal(failure: Failed, limits: Limits) -> ReadingFailed:
    if failure.kind == "SIGALRM":
        zh = f"读取超过 {limits.reader_seconds:g} 秒（上限 SUINING_LIMIT_READER_SECONDS）"
        en = f"reading took more than {limits.reader_seconds:g} s (limit SUINING_LIMIT_READER_SECONDS)"
    elif failure.kind in ("MemoryError", "ArrowMemoryError", "OutOfMemoryException", "SIGABRT", "SIGKILL"):
        memory = f"{limits.reader_memory_gb:g} GB"
        zh = f"读取需要的内存超过 {memory}（上限 SUINING_LIMIT_READER_MEMORY_GB；{failure.kind}）"
        en = f"reading needs more than {memory} of memory (limit SUINING_LIMIT_READER_MEMORY_GB; {failure.kind})"
    else:
        reason = " ".join(part for part in (failure.kind, failure.place) if part)
        zh, en = f"读取时出错（{reason}）", f"reading failed ({reason})"
    return ReadingFailed(
        f"全文件: {zh}，文件可能损坏或有恶意内容；其他文件不受影响。请交付方重新导出。",
        f"whole file: {en}; the file may be damaged or hostile. Other files are not affected. Ask the department for a new "
        "export.",
    )
