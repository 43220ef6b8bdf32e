"""Files in landing/ that can be read now, and files that must wait: still arriving, locked, changed during reading.

Here: when a file counts as complete, the digest of its content, and the test that it did not change during reading.
Not here: the content of a file (the readers).

An upload that stalls at the end of a line looks like a complete file. So a file counts as complete when nobody has
written to it for a while, or when a file with its name and `.ok` stands beside it.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from suining_data.digests import digest_of_file
from suining_data.ingestion.reading import Notice

CLOCKS_DIFFER = 3600  # seconds that the clock of a file server may be ahead of this machine's
Signature = tuple[tuple[int, int, int], ...]  # of each part: inode, size, time of the last change


class StillWritten(Exception):
    """The file changed while it was read."""


@dataclass(frozen=True)
class Arrived:
    """A batch that was read once from start to end.

    `digest` is the sha256 of its file. A batch of several files has the sha256 of the suffixes and digests of its files.
    """

    name: str
    files: tuple[Path, ...]
    size: int  # bytes
    digest: str
    signature: Signature


@dataclass(frozen=True)
class Arrivals:
    """`files` by batch name, in order. The next run looks again at the batches with a notice in the two lists."""

    files: dict[str, Arrived] = field(default_factory=dict)
    arriving: list[Notice] = field(default_factory=list)  # young files
    waiting: list[Notice] = field(default_factory=list)  # locked files, files that changed during reading


def arrived(deliveries: Mapping[str, list[Path]], quiet_seconds: float) -> Arrivals:
    """The deliveries that can be read now, with their digests. A file that was removed meanwhile is in no list.

    A delivery is one file, the parts of a Shapefile, or the pages of one answer. Its youngest file counts.
    """
    found = Arrivals()
    for name, parts in deliveries.items():
        try:
            age = _age(parts)
            if age < quiet_seconds:
                found.arriving.append(_arriving(name, age, quiet_seconds))
                continue
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


def complete(deliveries: Mapping[str, list[Path]], quiet_seconds: float) -> dict[str, Signature]:
    """The signatures of the deliveries that `arrived` would read now; no file is opened."""
    found = {}
    for name, parts in deliveries.items():
        try:
            if _age(parts) >= quiet_seconds:
                found[name] = signature_of(parts)
        except OSError:  # removed meanwhile, or not readable: the refresh says so
            continue
    return found


def ok_file(file: Path) -> Path:
    """The file with which a department says that `file` is complete."""
    return file.with_name(f"{file.name}.ok")


def _age(parts: Iterable[Path]) -> float:
    """Seconds since the last write to any part."""
    return min(map(_quiet_for, parts))


def _quiet_for(file: Path) -> float:
    """Seconds since the last write; infinite when a .ok file says that the file is complete.

    A transfer that keeps the sender's time sets it at the end, so an old time means a complete file. A time in the future
    comes from a sender's wrong clock: then the time counts at which this machine's clock saw the last change. If that is in the
    future, too, this machine's clock was set back since.
    """
    stat = file.stat()
    age = time.time() - min(stat.st_mtime, stat.st_ctime)
    is_complete = ok_file(file).exists() or age < -CLOCKS_DIFFER
    return float("inf") if is_complete else age


def signature_of(parts: Iterable[Path]) -> Signature:
    """A value that changes when a part is written to or replaced."""
    return tuple((stat.st_ino, stat.st_size, stat.st_mtime_ns) for stat in (part.stat() for part in parts))


def _digest(parts: list[Path]) -> str:
    digests = [f"{part.suffix.lower()} {digest_of_file(part)}" for part in parts]
    return hashlib.sha256("\n".join(digests).encode()).hexdigest() if len(parts) > 1 else digest_of_file(parts[0])


def still_written(name: str) -> Notice:
    return Notice(
        f"{name} 全文件: 读取时仍在写入，本次未读。传完后请再次运行 suining refresh；请交付方先用临时名传输，传完再改名。",
        f"{name} whole file: the file was still being written, so it was not read. Run suining refresh again after the "
        "transfer. Ask the department to transfer under a temporary name and to rename the complete file.",
    )


def _arriving(name: str, age: float, quiet_seconds: float) -> Notice:
    return Notice(
        f"{name}: 正在到达，{max(age, 0):.0f} 秒前还有写入，满 {quiet_seconds:g} 秒不变才读取（SUINING_QUIET_SECONDS）。"
        f"请稍后再运行 suining refresh；确已传完的，可放入空文件 {name}.ok。",
        f"{name}: arriving; it was written to {max(age, 0):.0f} s ago and is read when it has been quiet for {quiet_seconds:g} s "
        f"(SUINING_QUIET_SECONDS). Run suining refresh again later. If it is complete, put an empty file {name}.ok beside it.",
    )


def _locked(name: str, error: OSError) -> Notice:
    return Notice(
        f"{name} 全文件: 没有读取权限或被占用（{error.strerror}），本次未读。请开放读取权限后再次运行 suining refresh。",
        f"{name} whole file: it cannot be opened ({error.strerror}), so it was not read. "
        "Give read permission, then run suining refresh again.",
    )
