"""Files in landing/ that can be read now, and those that cannot yet: locked, or still being written.

Here: digests of contents, and whether a file stayed the same meanwhile. Not here: what a file holds (the readers).
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suining_data.ingestion.reading import Notice

Signature = tuple[tuple[int, int, int], ...]  # inode, size, time of the last change, per part


class StillWritten(Exception):
    """The file changed while it was read."""


@dataclass(frozen=True)
class Arrived:
    """A batch whose whole content was read once; `digest` is its sha256, of several files that of kinds and contents."""

    name: str
    files: tuple[Path, ...]
    size: int  # bytes
    digest: str
    signature: Signature


@dataclass(frozen=True)
class Arrivals:
    """`files` by the name of the batch, in order; `waiting` says why the others must wait for the next run."""

    files: dict[str, Arrived] = field(default_factory=dict)
    waiting: list[Notice] = field(default_factory=list)


def arrived(deliveries: Mapping[str, list[Path]]) -> Arrivals:
    """Which of the files can be read, with their digests. A file that was taken away meanwhile is in neither list.

    A delivery is a file, or the parts of a Shapefile, or pages.
    """
    found = Arrivals()
    for name, parts in deliveries.items():
        try:
            signature = signature_of(parts)
            digest = _digest(parts)
            is_same = signature_of(parts) == signature
        except FileNotFoundError:
            continue
        except OSError as error:
            found.waiting.append(_locked(name, error))
            continue
        if is_same:
            size = sum(part_size for _, part_size, _ in signature)
            found.files[name] = Arrived(name, tuple(parts), size, digest, signature)
        else:
            found.waiting.append(still_written(name))
    return found


def signature_of(parts: Iterable[Path]) -> Signature:
    """What changes when a part is written to or replaced."""
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in (part.stat() for part in parts))


def _digest(parts: list[Path]) -> str:
    digests = [f"{part.suffix.lower()} {_sha256(part)}" for part in parts]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest() if len(parts) > 1 else _sha256(parts[0])


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def still_written(name: str) -> Notice:
    return Notice(
        f"{name} 全文件: 读取时仍在写入，本次未读。传完后请再次运行 suining refresh；请交付方先用临时名传输，传完再改名。",
        f"{name} whole file: it was being written while it was read, so it was left for the next suining refresh. "
        "Ask for a transfer under a temporary name, renamed when it is whole.",
    )


def _locked(name: str, error: OSError) -> Notice:
    return Notice(
        f"{name} 全文件: 没有读取权限或被占用（{error.strerror}），本次未读。请开放读取权限后再次运行 suining refresh。",
        f"{name} whole file: it cannot be opened ({error.strerror}), so it was left for the next suining refresh. "
        "Give read permission.",
    )
