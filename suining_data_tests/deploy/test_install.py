"""The installer of the bundle: what it refuses, and that it leaves nothing half done. The whole of it: docs/operations.md."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from suining_data.settings import PROJECT

VERSION = "{}.{}".format(*sys.version_info[:2])


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    """A bundle without wheels."""
    folder = tmp_path / "bundle"
    (folder / "project").mkdir(parents=True)
    shutil.copy(PROJECT / "deploy" / "install.sh", folder)
    (folder / "project" / "pyproject.toml").write_text('[project]\nversion = "7.8.9"\n')
    (folder / "python-version").write_text(f"{VERSION}\n")
    return folder


def install(bundle: Path, python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
    command = ["sh", bundle / "install.sh", bundle.parent / "opt"]
    return subprocess.run(command, env={"PYTHON": str(python)}, capture_output=True, text=True, check=False)


def test_another_python_is_refused(bundle: Path) -> None:
    (bundle / "python-version").write_text("2.7\n")
    said = install(bundle)
    assert said.returncode == 1
    assert said.stderr.startswith("This bundle needs Python 2.7 with venv")
    assert said.stderr.endswith(f"is: {VERSION}\n")
    assert not (bundle.parent / "opt").exists()


def test_an_installed_version_is_not_written_over(bundle: Path) -> None:
    folder = bundle.parent / "opt" / "7.8.9"
    folder.mkdir(parents=True)
    (folder / "kept").touch()
    said = install(bundle)
    assert said.returncode == 1
    assert "is there already" in said.stderr
    assert (folder / "kept").exists()


def test_a_failed_installation_leaves_nothing(bundle: Path, tmp_path: Path) -> None:
    broken = tmp_path / "python"  # has the version, and makes no environment
    broken.write_text(f'#!/bin/sh\ntest "$1" = -c && exec {sys.executable} "$@"\necho no room >&2; exit 9\n')
    broken.chmod(0o755)
    said = install(bundle, broken)
    assert said.returncode == 9
    assert "no room" in said.stderr
    assert list((bundle.parent / "opt").iterdir()) == []


def test_no_file_of_the_deployment_says_where_packages_come_from() -> None:
    files = [file for file in (PROJECT / "deploy").rglob("*") if file.is_file()] + [PROJECT / "Makefile"]
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not any(word in text for word in ("index-url", "index_url", "INDEX_URL", "trusted-host")), file
