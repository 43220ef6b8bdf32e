"""The two files that make a folder a backup: backup.json (which version wrote it, and when) and SHA256SUMS.

Here: writing and checking them. Not here: what else is in the folder (saving.py). `sha256sum -c SHA256SUMS` checks it, too.
"""

import json
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from suining_data.digests import digest_of_file

ABOUT, SUMS = "backup.json", "SHA256SUMS"


class BackupError(Exception):
    """A backup that cannot be written or restored; the message says what to do."""


def seal(folder: Path) -> None:
    """Make the folder a backup; call it last."""
    about = {"version": version("suining_data"), "made_at": datetime.now().astimezone().isoformat(timespec="seconds")}
    (folder / ABOUT).write_text(json.dumps(about), encoding="utf-8")
    lines = [f"{digest_of_file(file)}  {file.relative_to(folder)}\n" for file in _files(folder)]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def check_seal(folder: Path) -> None:
    """Raise BackupError unless the folder is a whole backup that this version understands."""
    if not (folder / SUMS).is_file():
        raise BackupError(f"{folder}: 不是备份，没有 {SUMS} (no backup: it has no {SUMS})")
    lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    expected = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    found = {str(file.relative_to(folder)): digest_of_file(file) for file in _files(folder)}
    differing = sorted(name for name in expected.keys() | found.keys() if expected.get(name) != found.get(name))
    if differing or ABOUT not in expected:
        raise BackupError(
            f"{folder}: 备份不完整或已损坏：{'、'.join(differing[:5]) or ABOUT}。请用另一份备份 "
            "(files are missing, damaged or added: take another backup)"
        )
    made_by = json.loads((folder / ABOUT).read_text(encoding="utf-8"))["version"]
    if _numbers(made_by) > _numbers(version("suining_data")):
        raise BackupError(
            f"{folder}: 备份由较新的版本 {made_by} 写成，请先升级本程序 (a newer version wrote it: upgrade this program first)"
        )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != SUMS)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))
