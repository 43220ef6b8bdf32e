"""The Makefile takes a Python that will do, and says in one line what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from suining_data.settings import PROJECT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The Makefile and what its set-up depends on, without an environment."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    return tmp_path


def make(folder: Path, *arguments: str, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    """`path`: the only folder with programs."""
    environment = {**os.environ, **({"PATH": str(path)} if path else {})}
    command = [shutil.which("make") or "make", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)


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


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder for programs of a machine without a browser."""
    folder = tmp_path / "programs"
    folder.mkdir()
    return folder


def program(folder: Path, name: str, does: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{does}\n", encoding="utf-8")
    file.chmod(0o755)


def test_a_browser_that_is_there_is_taken(folder: Path, programs: Path) -> None:
    program(programs, "chromium", "exit 1")
    done = make(folder, "browser", path=programs)
    assert done.returncode == 0, done.stderr


def test_root_gets_a_browser_that_is_missing(folder: Path, programs: Path) -> None:
    program(programs, "id", "echo 0")
    program(programs, "apt-get", f'echo "$@" >> {programs}/asked')
    done = make(folder, "browser", path=programs)
    assert done.returncode == 0, done.stderr
    assert (programs / "asked").read_text(encoding="utf-8").splitlines() == [
        "update",
        "install --yes chromium fonts-noto-cjk",
    ]


@pytest.mark.parametrize(("user", "installs"), [("1000", "exit 0"), ("0", "exit 100")], ids=["no root", "no network"])
def test_who_cannot_get_a_browser_reads_what_to_install(folder: Path, programs: Path, user: str, installs: str) -> None:
    program(programs, "id", f"echo {user}")
    program(programs, "apt-get", installs)
    done = make(folder, "browser", path=programs)
    assert done.returncode != 0
    assert done.stderr.splitlines()[0] == "No chromium found (Debian: apt-get install chromium fonts-noto-cjk)"


def test_all_tests_need_a_browser(folder: Path) -> None:
    assert "apt-get install --yes chromium" in make(folder, "--dry-run", f"PYTHON={sys.executable}", "test-all").stdout
