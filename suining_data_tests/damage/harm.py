"""Ways in which a file is damaged.

Here: what is done to its bytes. Not here: what follows (test_*.py).
"""

import random
from pathlib import Path

BLOCK = 262_144  # bytes of a block of DuckDB's files
HEADERS = 3 * 4096


def half(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file: Path) -> None:
    file.write_bytes(b"")


def short(file: Path) -> None:
    """A few blocks less, as after a power loss on a disk that lies."""
    file.write_bytes(file.read_bytes()[: -3 * BLOCK])


def garbage(file: Path, start: int, size: int) -> None:
    content = file.read_bytes()
    file.write_bytes(content[:start] + random.Random(1).randbytes(size) + content[start + size :])


def header(file: Path) -> None:
    garbage(file, 0, HEADERS)


def middle(file: Path) -> None:
    """Garbage in a third of the file."""
    garbage(file, file.stat().st_size // 3, file.stat().st_size // 3)


ALL = (half, empty, header, middle)
