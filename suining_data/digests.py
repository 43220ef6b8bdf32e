"""sha256 of files, one or many at once, or while one is copied.

Here: reading files for their digest. Not here: which digest a file should have (ingestion/ledger.py, publication/manifest.py,
backup/seal.py).
"""

import hashlib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PIECE = 1 << 20  # bytes


def digest_of_file(file: Path) -> str:
    """sha256 of a file, in hexadecimal."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def copy_file(source: Path, target: Path) -> str:
    """Copy a file. Returns the sha256 of what was read, in hexadecimal."""
    digest = hashlib.sha256()
    with source.open("rb") as content, target.open("wb") as copy:
        while piece := content.read(PIECE):
            digest.update(piece)
            copy.write(piece)
    return digest.hexdigest()


def digests_of_files(files: Iterable[Path]) -> dict[Path, str | None]:
    """The sha256 of each file, None where there is none. Several are read at once, and what is linked twice is read once."""
    present = {file: file.stat() if file.is_file() else None for file in files}
    first = {(stat.st_dev, stat.st_ino): file for file, stat in present.items() if stat}
    with ThreadPoolExecutor() as threads:  # hashing needs no lock of Python
        read = dict(zip(first, threads.map(digest_of_file, first.values()), strict=True))
    return {file: read[stat.st_dev, stat.st_ino] if stat else None for file, stat in present.items()}
