"""The Makefile takes a Python that will do, and says in one line what is missing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from suining_data.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile and what its set-up depends on, without an environment."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_the_first_python_that_will_do_is_taken(folder: Path) -> None:
    planned = make(folder, "--dry-run", f"PYTHON=false no-such-python {sys.executable}", "run")
    assert planned.returncode == 0, planned.stderr
    assert f"{sys.executable} -m venv" in planned.stdout
    assert "--require-hashes" in planned.stdout


def test_without_a_python_that_will_do_one_line_says_how_to_get_it(folder: Path) -> None:
    planned = make(folder, "PYTHON=false no-such-python", "run")
    assert planned.returncode != 0
    assert len(planned.stderr.splitlines()) == 1
    assert "apt-get install python3 python3-venv" in planned.stderr
    assert not (folder / ".venv").exists()
