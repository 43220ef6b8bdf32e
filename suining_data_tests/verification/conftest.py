"""The desk of two resources (undo/conftest.py), and what its lines say to do."""

import re
import subprocess

from suining_data_tests.undo.conftest import Desk, desk, two_resources

__all__ = ["desk", "two_resources"]


def found(desk: Desk) -> list[str]:
    """The lines of `suining verify` about what differs, which its exit code must tell, too."""
    code = desk.run("verify")
    lines = [line for line in desk.output.splitlines() if line.startswith("✗")]
    assert code == (1 if lines else 0), desk.output
    return lines


def do_what_is_said(lines: list[str]) -> None:
    """Run the commands of the lines, without `suining refresh`."""
    for line in lines:
        for command in re.findall(r"(?:mv|touch) /[^，；。 ]+(?: /[^，；。 ]+)?", line):
            subprocess.run(command.split(), check=True)
