"""The access log: who looked at what, when and what for; only ever appended to.

Here: appending an entry, reading the log, what is wrong with it. Not here: the chain of hashes (chain.py), who looks (looks.py).

access/access.jsonl has one entry per line. An entry is written and on the disk before anything is shown. One process writes at
a time (flock). A process that is killed while it writes leaves a line without an end; the next one ends that line and says
so in its entry (`torn`), so that nothing that was written is ever changed. The ids of a look at very many subjects are in a
file beside the log, whose digest is in the entry. The last hash is also in registry/access.head, and from time to time in
registry.access_head (heads.py).
"""

import fcntl
import gzip
import hashlib
import json
import os
import shutil
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from suining_data.access.chain import NOTHING, Finding, Head, Link, Values, broken, hash_of, missing
from suining_data.settings import Settings

MOST_IN_A_LINE = 1_000  # ids of subjects
BLOCK = 1 << 16
TORN = b"~"  # ends a line of a process that was killed, so that it is never taken for an entry


@dataclass(frozen=True)
class Torn:
    """A line that is no entry: of a process that was killed, if the next entry says so."""

    place: str
    bytes: int


def log_file(settings: Settings) -> Path:
    return settings.data / "access" / "access.jsonl"


def head_file(settings: Settings) -> Path:
    """The last hash, apart from the log."""
    return settings.data / "registry" / "access.head"


def append(settings: Settings, values: Values, subjects: Sequence[str] = ()) -> Head:
    """Add an entry with number and time. It is on the disk when this returns. Raises OSError when it cannot be written."""
    with _open_for_writing(log_file(settings)) as log:
        last, at, torn = _end(log)
        time = max(datetime.now(UTC).isoformat(timespec="microseconds"), at)
        entry: Values = {"number": last.number + 1, "at": time, **values}
        if torn:
            entry["torn"] = torn + len(TORN)
        if len(subjects) > MOST_IN_A_LINE:
            entry |= _put_aside(settings, entry["number"], subjects)
        else:
            entry["subjects"] = list(subjects)
        head = Head(entry["number"], hash_of(last.hash, entry))
        line = json.dumps({**entry, "hash": head.hash}, ensure_ascii=False, separators=(",", ":"))
        log.write(TORN + b"\n" if torn else b"")
        log.write(line.encode("utf-8", "backslashreplace") + b"\n")
        log.flush()
        os.fsync(log.fileno())
        _note(settings, head)
    return head


def entries(settings: Settings, about: Collection[str] = ()) -> Iterator[Values]:
    """The entries in their order; a line that is none is left out. `about`: only those that can have one of these ids."""
    for found in _lines(log_file(settings), about):
        if isinstance(found, Link):
            yield {**found.values, "hash": found.hash}


def subjects_of(settings: Settings, entry: Values) -> set[str]:
    """The golden ids of an entry, also those that are in a file of their own; of a lost file, none."""
    if "subjects_file" not in entry:
        return set(entry.get("subjects", ()))
    file = log_file(settings).parent / entry["subjects_file"]
    return set(gzip.decompress(file.read_bytes()).decode().split()) if file.exists() else set()


def head(settings: Settings) -> Head:
    """The last entry of the log; NOTHING if there is none."""
    file = log_file(settings)
    if not file.exists():
        return NOTHING
    with file.open("rb") as log:
        return _end(log)[0]


def tampered(settings: Settings, known: Sequence[Head] = ()) -> list[Finding]:
    """What is wrong with the log, line by line. `known`: hashes that were seen in it before, from the registry."""
    file = log_file(settings)
    place = str(file.relative_to(settings.data))
    found = list(_lines(file))
    links = [each for each in found if isinstance(each, Link)]
    wrong = list(broken(links))
    for line, following in pairwise([*found, None]):
        if isinstance(line, Torn) and not (isinstance(following, Link) and following.values.get("torn") == line.bytes):
            is_last = following is None
            zh, en = ("末行不完整（写入时中断）", "the last line is not complete: a process was killed") if is_last else (
                "不是登记", "not an entry")  # fmt: skip
            wrong.append(Finding(line.place, zh, en))
    wrong += [each for link in links for each in _wrong_file(settings, link)]
    hashes = {link.number: link.hash for link in links}
    noted = _noted(settings)
    if noted is None and links:
        wrong.append(
            Finding(str(head_file(settings).relative_to(settings.data)), "没有这个文件", "the file is missing")
        )
    wrong += missing(hashes, [noted] if noted else [], place, "registry/access.head ")
    wrong += missing(hashes, known, place, "登记库 ")
    return wrong


@contextmanager
def _open_for_writing(file: Path) -> Iterator[BinaryIO]:
    if not file.parent.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _give(file.parent)
    with os.fdopen(_open(file, os.O_RDWR | os.O_APPEND), "a+b") as log:
        fcntl.flock(log, fcntl.LOCK_EX)
        yield log


def _open(file: Path, how: int) -> int:
    """Open a file that only its owner may read; make it if it is missing."""
    is_new = not file.exists()
    number = os.open(file, how | os.O_CREAT, 0o600)
    if is_new:
        _give(file)
    return number


def _give(path: Path) -> None:
    """What root has made belongs to whom the folder belongs, who is to append to it."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)


def _end(log: BinaryIO) -> tuple[Head, str, int]:
    """The last entry, its time, and the bytes of a torn line after it."""
    position, tail = log.seek(0, os.SEEK_END), b""
    while True:
        whole, _, torn = tail.rpartition(b"\n")
        for line in reversed(whole.split(b"\n")[0 if position == 0 else 1 :]):
            if found := _parsed("", line):
                return Head(found.number, found.hash), str(found.values.get("at", "")), len(torn)
        if position == 0:
            return NOTHING, "", len(torn)
        step = min(max(BLOCK, len(tail)), position)
        position = log.seek(position - step)
        tail = log.read(step) + tail


def _lines(file: Path, about: Collection[str] = ()) -> Iterator[Link | Torn]:
    """The lines of the log; `about`: without those that have none of these texts and no file of subjects, as most have not."""
    if not file.exists():
        return
    texts = [*(text.encode("utf-8", "backslashreplace") for text in about), b'"subjects_file"'] if about else [b""]
    with file.open("rb") as log:
        for number, line in enumerate(log, start=1):
            if not any(text in line for text in texts):
                continue
            place = f"access/{file.name} 第 {number} 行 line {number}"
            yield (line.endswith(b"\n") and _parsed(place, line)) or Torn(place, len(line.rstrip(b"\n")))


def _parsed(place: str, line: bytes) -> Link | None:
    try:
        values = json.loads(line)
        return Link(place, int(values["number"]), values, str(values.pop("hash")))
    except (ValueError, KeyError, TypeError):
        return None


def _put_aside(settings: Settings, number: int, subjects: Sequence[str]) -> Values:
    file = log_file(settings).parent / f"subjects_{number}.gz"
    content = gzip.compress("\n".join(sorted(subjects)).encode(), mtime=0)
    with os.fdopen(_open(file, os.O_WRONLY | os.O_TRUNC), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return {
        "subjects_file": file.name,
        "subjects_sha256": hashlib.sha256(content).hexdigest(),
        "subjects_count": len(subjects),
    }


def copy_log(settings: Settings, folder: Path) -> None:
    """Copy the log and its last hash into a new folder; nobody writes meanwhile."""
    if not log_file(settings).exists():
        return
    with _open_for_writing(log_file(settings)):
        shutil.copytree(log_file(settings).parent, folder)
        shutil.copyfile(head_file(settings), folder / head_file(settings).name)


def restore_log(settings: Settings, folder: Path) -> None:
    """Put a copied log in place, unless there is one: that one is newer."""
    if not folder.exists() or log_file(settings).exists():
        return
    shutil.copytree(folder, log_file(settings).parent, dirs_exist_ok=True)
    head_file(settings).parent.mkdir(parents=True, exist_ok=True)
    (log_file(settings).parent / head_file(settings).name).replace(head_file(settings))


def _wrong_file(settings: Settings, link: Link) -> Iterator[Finding]:
    name = link.values.get("subjects_file")
    if name is None:
        return
    file = log_file(settings).parent / name
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else None
    if digest != link.values.get("subjects_sha256"):
        yield Finding(link.place, f"其主体清单 {name} 缺失或被改动", "its file of subjects is missing or was changed")


def _note(settings: Settings, head: Head) -> None:
    file = head_file(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(_open(file, os.O_WRONLY), "wb") as stream:
        stream.write(f"{head.number:>20} {head.hash}\n".encode())  # of one length, so that it replaces the former


def _noted(settings: Settings) -> Head | None:
    file = head_file(settings)
    number, _, digest = (file.read_text("utf-8") if file.exists() else "").strip().partition(" ")
    return Head(int(number), digest) if number.isdigit() else None
