"""A function that fails in a child process, in whatever way, gives a refusal; the next call works."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from suining_data.ingestion.guarded import (
    ReadingFailed,
    ReadingStopped,
    any_failure_refuses,
    guarded,
    reader_pids,
    stop_readers,
    warm_reader,
)
from suining_data.ingestion.reading import Refused
from suining_data.settings import Limits

LIMITS = Limits(reader_memory_gb=0.5, reader_seconds=20)


@pytest.fixture(autouse=True, scope="module")
def no_child_is_left() -> Iterator[None]:
    yield
    stop_readers()


def double(number: int) -> int:
    return 2 * number


def refuse() -> None:
    raise Refused("第 3 行: 不行。请改。", "line 3: no. Change it.")


def fail(value: str) -> None:
    raise ValueError(f"cannot convert {value}")


def allocate(gigabytes: int) -> int:
    return len(bytearray(gigabytes << 30))


def abort() -> None:
    os.abort()


def crash() -> None:
    ctypes.string_at(0)


def leave() -> None:
    os._exit(7)


def hang() -> None:
    while True:
        time.sleep(1)


def write_without_room(path: Path) -> None:
    raise OSError(28, "No space left on device", str(path))


def process() -> int:
    return os.getpid()


def test_the_result_and_the_refusal_come_back() -> None:
    assert guarded(LIMITS, double, 21) == 42
    with pytest.raises(Refused, match="line 3: no") as caught:
        guarded(LIMITS, refuse)
    assert (caught.value.zh, type(caught.value)) == ("第 3 行: 不行。请改。", Refused)


@pytest.mark.parametrize(
    ("function", "arguments", "reason"),
    [
        (fail, ("510902199001010015",), r"ValueError test_guarded.py:\d+"),
        (allocate, (3,), "SUINING_LIMIT_READER_MEMORY_GB; MemoryError"),
        (abort, (), "SIGABRT"),
        (crash, (), "SIGSEGV"),
        (leave, (), "exit -?7"),
    ],
)
def test_every_failure_is_a_refusal_and_the_next_call_works(
    function: object, arguments: tuple[object, ...], reason: str
) -> None:
    with pytest.raises(ReadingFailed, match=reason) as caught:
        guarded(LIMITS, function, *arguments)  # type: ignore[arg-type]
    assert "510902199001010015" not in caught.value.zh + caught.value.en  # a message may hold a value
    assert "请交付方重新导出" in caught.value.zh
    assert guarded(LIMITS, double, 4) == 8


def test_what_takes_too_long_is_ended() -> None:
    started = time.monotonic()
    with pytest.raises(ReadingFailed, match=r"took more than 1\.5 s .limit SUINING_LIMIT_READER_SECONDS"):
        guarded(Limits(reader_memory_gb=0.5, reader_seconds=1.5), hang)
    assert time.monotonic() - started < 15
    assert guarded(LIMITS, double, 4) == 8


def test_a_full_disk_is_no_fault_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        guarded(LIMITS, write_without_room, tmp_path / "x")


def test_one_child_serves_many_calls() -> None:
    stop_readers()
    warm_reader(LIMITS)
    [pid] = reader_pids()
    assert {guarded(LIMITS, process) for _ in range(3)} == {pid}


def test_a_child_ends_with_its_parent() -> None:
    """A killed run leaves no process behind: its end of the pipe closes."""
    run = """
import os, sys
from suining_data.ingestion.guarded import reader_pids, warm_reader
from suining_data.settings import Limits
warm_reader(Limits())
print(*reader_pids(), flush=True)
os.kill(os.getpid(), 9)
"""
    ended = subprocess.run([sys.executable, "-c", run], stdout=subprocess.PIPE, text=True, check=False)
    child = Path(f"/proc/{int(ended.stdout)}/stat")
    assert ended.returncode == -signal.SIGKILL
    until = time.monotonic() + 20
    while child.exists() and child.read_text().split()[2] != "Z" and time.monotonic() < until:
        time.sleep(0.1)
    assert not child.exists() or child.read_text().split()[2] == "Z"


def test_a_child_that_was_killed_while_it_waited_is_replaced() -> None:
    guarded(LIMITS, double, 1)
    for pid in reader_pids():
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.5)
    assert guarded(LIMITS, double, 3) == 6


def test_a_stopped_reading_says_nothing_about_the_file() -> None:
    seen: list[BaseException] = []

    def read() -> None:
        try:
            guarded(LIMITS, hang)
        except ReadingStopped as error:
            seen.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while not reader_pids():
        time.sleep(0.05)
    time.sleep(1)
    stop_readers()
    thread.join(10)
    assert len(seen) == 1


def test_a_failure_in_this_process_is_a_refusal_unless_the_machine_is_to_blame() -> None:
    with pytest.raises(ReadingFailed, match="KeyError"), any_failure_refuses(LIMITS):
        raise KeyError("x")
    with pytest.raises(MemoryError), any_failure_refuses(LIMITS):
        raise MemoryError
    with pytest.raises(OSError, match="no room"), any_failure_refuses(LIMITS):
        raise OSError(28, "no room")
