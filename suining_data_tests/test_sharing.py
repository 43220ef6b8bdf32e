"""What is shared by the processes of a run is made once, whole, and again when making it failed."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import cast

import pytest

from suining_data_tests.sharing import once


class Worker:
    """As much of a factory of temporary folders as is asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def getbasetemp(self) -> Path:
        return self.folder

    def once(self, make: object) -> Path:
        return once(cast(pytest.TempPathFactory, self), "thing", make)  # type: ignore[arg-type]


def test_of_two_who_ask_at_once_one_makes_it_and_the_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")

    def make(folder: Path) -> None:
        time.sleep(0.2)
        (folder / str(time.monotonic_ns())).touch()

    workers = [Worker(tmp_path / name) for name in ("gw0", "gw1")]
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda worker: worker.once(make), workers)
    assert first == second == tmp_path / "thing"
    assert len(list(first.iterdir())) == 1


def test_what_was_half_made_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    def fail(folder: Path) -> None:
        (folder / "half").touch()
        raise OSError

    worker = Worker(tmp_path / "alone")
    with pytest.raises(OSError):  # noqa: PT011
        worker.once(fail)
    assert list(worker.once(lambda folder: (folder / "whole").touch()).iterdir()) == [
        tmp_path / "alone" / "thing" / "whole"
    ]
