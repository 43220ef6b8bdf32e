"""Every command of docs/privacy.md that needs no name or number gives its answer on a city."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from suining_data.settings import PROJECT
from suining_data_tests.end_to_end.commands import environment
from suining_data_tests.end_to_end.conftest import City

PROOFS = re.findall(r"`((?:suining|find|grep) [^`]+)`", (PROJECT / "docs" / "privacy.md").read_text(encoding="utf-8"))

ELSEWHERE = {"suining verify"}  # it has tests of its own, and takes long


def is_complete(command: str) -> bool:
    """Whether it stands without a placeholder; SUINING_DATA is none."""
    return not re.search(r"[A-Z]{2}", command.replace("SUINING_DATA", "")) and command not in ELSEWHERE


def test_the_page_has_proofs() -> None:
    assert len([command for command in PROOFS if is_complete(command)]) > 10


@pytest.mark.parametrize("command", [command for command in PROOFS if is_complete(command)])
def test_a_proof_runs_as_it_is_printed(delivered_city: City, command: str) -> None:
    programs = Path(sys.executable).parent
    own = environment(delivered_city.settings.data)
    done = subprocess.run(
        ["sh", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**own, "PATH": f"{programs}:{own['PATH']}"},
    )
    assert done.returncode == 0, done.stderr
    assert bool(done.stdout) is not command.startswith("find"), done.stdout
