"""`suining ...` as a process of its own.

Here: starting it, its environment. Not here: what it prints (test_cli.py).
"""

import os
import subprocess
import sys
from pathlib import Path

SUINING = [str(Path(sys.executable).with_name("suining"))]


def environment(data: Path) -> dict[str, str]:
    return {**os.environ, "SUINING_DATA": str(data), "COLUMNS": "200", "TERM": "dumb"}


def suining(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*SUINING, *arguments], capture_output=True, text=True, env=environment(data), check=False)
