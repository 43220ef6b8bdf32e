"""The child process that reads files: it waits for calls on a pipe until its parent ends.

Here: the limits that the system enforces, the loop. Not here: starting the process (guarded.py).
"""

import errno
import resource
import signal
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection

from suining_data.ingestion import readers  # noqa: F401  # imported while nobody waits
from suining_data.ingestion.guarded import failure_of, is_of_the_machine
from suining_data.ingestion.outcomes import Failed, Outcome, Read, RefusedBy
from suining_data.ingestion.reading import Refused
from suining_data.warehouse import is_disk_full


def main(descriptor: int, memory_bytes: int) -> None:
    """Answers calls on the pipe. The alarm has no handler, so the system ends the process, whatever it does then."""
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Connection(descriptor) as pipe:
        while True:
            try:
                function, arguments, seconds = pipe.recv()
            except EOFError:
                return
            signal.setitimer(signal.ITIMER_REAL, seconds)
            outcome = _outcome(function, arguments)
            signal.setitimer(signal.ITIMER_REAL, 0)
            pipe.send(outcome)


def _outcome(function: Callable[..., object], arguments: tuple[object, ...]) -> Outcome:
    try:
        return Read(function(*arguments))
    except Refused as refusal:
        return RefusedBy(refusal.zh, refusal.en)
    except BaseException as error:  # noqa: BLE001  # also a panic of Rust code, which is no Exception
        if not is_of_the_machine(error):
            return failure_of(error)
        number = errno.ENOSPC if is_disk_full(error) else getattr(error, "errno", errno.EIO)
        return Failed(type(error).__name__, errno=number)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
