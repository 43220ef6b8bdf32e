"""The snapshots that are kept: which there are, going back to one of them, removing the oldest.

Here: published/snapshots/ and the link published/current; the table registry.rollback, and published/rollback.json, which has
its last row for those who have only the published folder.
Not here: writing a snapshot (snapshot.py), when one goes back and under which lock (undo/).

A rollback moves the link and nothing else. The warehouse stays, so the next refresh that changes something publishes all of
it, starting from the snapshot that the link points to. A refresh that changes nothing leaves the rollback as it is.
"""

import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import duckdb

from suining_data.clock import NOW
from suining_data.digests import digest_of_file, digests_of_files
from suining_data.encryption import is_database_as_set
from suining_data.publication.handed_out import with_own_files
from suining_data.publication.layers import FOLDER as LAYERS
from suining_data.publication.manifest import DATABASE, MANIFEST, listed_files, published_manifest, read_manifest
from suining_data.publication.page import FOLDER as PAGE_FOLDER
from suining_data.publication.signature import PUBLIC_KEY, SIGNATURE, is_signed_as_set
from suining_data.quality import FOLDERS as VALIDATION_FOLDERS
from suining_data.settings import Settings
from suining_data.statistics import FOLDERS as OUTPUT_FOLDERS

OFFERED = (
    DATABASE,
    "parquet",
    *VALIDATION_FOLDERS,
    PAGE_FOLDER,
    *OUTPUT_FOLDERS,
    LAYERS,
    MANIFEST,
    SIGNATURE,
    PUBLIC_KEY,
)  # links in published/
ROLLBACKS = """
create table if not exists registry.rollback (
    rolled_back_at timestamp, rolled_back_by varchar, reason varchar, from_run varchar, to_run varchar)
"""


@dataclass(frozen=True)
class Snapshot:
    """A complete snapshot in published/snapshots/."""

    run_id: str
    published_at: str  # in UTC, as its manifest has it
    is_current: bool
    batches: int  # that it was made of
    bytes: int
    bytes_alone: int  # of files that no other snapshot shares


@dataclass(frozen=True)
class Rollback:
    """A person took the published data back to an earlier snapshot."""

    rolled_back_at: str
    rolled_back_by: str
    reason: str
    from_run: str
    to_run: str


def kept_snapshots(settings: Settings) -> list[Snapshot]:
    """All complete snapshots, the newest first."""
    current = current_run(settings)
    found = []
    for folder in _newest_first(settings):
        manifest = read_manifest(folder / MANIFEST)
        stats = [file.stat() for file in folder.rglob("*") if file.is_file()]
        if manifest:
            found.append(
                Snapshot(
                    folder.name,
                    manifest["published_at"],
                    folder.name == current,
                    len(manifest["batches"]),
                    sum(stat.st_size for stat in stats),
                    sum(stat.st_size for stat in stats if stat.st_nlink == 1),
                )
            )
    return found


def current_run(settings: Settings) -> str | None:
    """The run of the snapshot that is published; None before the first one."""
    link = settings.published / "current"
    return link.readlink().name if link.is_symlink() else None


class Broken(Enum):
    """What is wrong with a file of a snapshot."""

    MISSING = "missing"
    CHANGED = "changed"
    UNLISTED = "unlisted"


def broken_files(folder: Path, manifest: Mapping[str, Any]) -> dict[str, Broken]:
    """The files in the folder of a snapshot that are not those that its manifest lists. All are read."""
    listed = listed_files(manifest)
    found = {str(file.relative_to(folder)): digest for file, digest in digests_of_files(_files(folder, listed)).items()}
    missing = {name: Broken.MISSING for name in listed if found[name] is None}
    changed = {name: Broken.CHANGED for name in listed if found[name] not in (None, listed[name])}
    return missing | changed | {name: Broken.UNLISTED for name in found if name not in listed}


def _files(folder: Path, listed: Iterable[str]) -> set[Path]:
    own = {folder / name for name in (MANIFEST, SIGNATURE, PUBLIC_KEY)}
    return {folder / name for name in listed} | {file for file in folder.rglob("*") if file.is_file()} - own


def is_whole(con: duckdb.DuckDBPyConnection, settings: Settings) -> bool:
    """Whether what is published is as it was written, and signed and encrypted as the settings want it.

    A file is read only if it was written after its manifest.
    """
    folder = (settings.published / "current").resolve()
    listed = listed_files(published_manifest(con, folder))
    if not listed or not is_signed_as_set(settings, folder) or not is_current_as_set(settings):
        return False
    written = (folder / MANIFEST).stat().st_mtime_ns
    files = [(folder / name, digest) for name, digest in listed.items()]
    return not wrong_links(settings) and all(
        file.is_file() and (file.stat().st_mtime_ns <= written or digest_of_file(file) == digest)
        for file, digest in files
    )


def is_current_as_set(settings: Settings) -> bool:
    """Whether what is published is encrypted as the settings want it; true where nothing is published."""
    file = settings.published / DATABASE
    return not file.exists() or is_database_as_set(file)


def wrong_links(settings: Settings) -> list[str]:
    """The names in published/ that do not lead to what the current snapshot has of that name; `current` if it is none."""

    def leads_there(link: Path) -> bool:
        return link.is_symlink() and link.readlink() == Path("current") / link.name

    def is_right(name: str) -> bool:
        link = settings.published / name
        has_it = (settings.published / "current" / name).exists()
        return leads_there(link) if has_it else not (link.exists() or link.is_symlink())

    current = settings.published / "current"
    is_kept = current.is_symlink() and current.readlink().parent == Path("snapshots")
    return [
        *([] if is_kept else [current.name]),
        *(name for name in (*OFFERED, *with_own_files()) if not is_right(name)),
    ]


def create_rollbacks(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table of rollbacks if it is missing."""
    con.execute(ROLLBACKS)


def time_to_publish(settings: Settings) -> str:
    """When the next snapshot is published, in UTC: later than all others, also if the machine's clock was set back."""
    times = [datetime.now(UTC).replace(microsecond=0)]
    for folder in _newest_first(settings)[:1]:
        if published_at := read_manifest(folder / MANIFEST).get("published_at"):
            times.append(datetime.fromisoformat(published_at) + timedelta(seconds=1))
    return max(times).isoformat()


def record_rollback(con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, by: str, reason: str) -> Rollback:
    """Record that the published data goes back to this snapshot; the copy of the registry has to follow."""
    rows = con.execute(
        f"insert into registry.rollback values ({NOW}, ?, ?, ?, ?) "
        "returning strftime(rolled_back_at, '%Y-%m-%d %H:%M:%S'), * exclude (rolled_back_at)",
        [by, reason, current_run(settings), run_id],
    ).fetchall()
    return Rollback(*rows[0])


def go_back(settings: Settings, rollback: Rollback) -> None:
    """Make the kept snapshot the published one, all at once."""
    fresh = _record_file(settings).with_suffix(".new")
    fresh.write_text(json.dumps(asdict(rollback), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(_record_file(settings))
    link_to(settings, rollback.to_run)


def standing_rollback(settings: Settings) -> Rollback | None:
    """The rollback by which an earlier snapshot than the newest is published; None if the newest one is."""
    rollback = _last_rollback(settings)
    newest = next(iter(_newest_first(settings)), None)
    if rollback is None or rollback.to_run != current_run(settings) or (newest and newest.name == rollback.to_run):
        return None
    return rollback


def ended_rollback(settings: Settings) -> Rollback | None:
    """The rollback that the published snapshot has ended; None if the snapshot before it was an ordinary one."""
    rollback = _last_rollback(settings)
    return rollback if rollback and rollback.to_run != current_run(settings) else None


def clear_ended_rollback(settings: Settings) -> None:
    """Call it before another snapshot is published: what that one follows is no rollback, unless one stands."""
    if not standing_rollback(settings):
        _record_file(settings).unlink(missing_ok=True)


def link_to(settings: Settings, run_id: str) -> None:
    """Point the link published/current to a snapshot, and the other links to what it has."""
    make_link(settings.published / "current", Path("snapshots") / run_id)
    for name in wrong_links(settings):
        link = settings.published / name
        if link.exists() and not link.is_symlink():  # somebody has put it there
            link.rename(link.with_name(f"{name}.replaced_by_{run_id}"))
        if (settings.published / "current" / name).exists():
            make_link(link, Path("current") / name)
        else:
            link.unlink(missing_ok=True)


def make_link(link: Path, target: Path) -> None:
    """Make or replace a link in one step."""
    new = link.with_name(f".{link.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(link)


def remove_old(settings: Settings, kept: int | None = None) -> None:
    """Remove the oldest snapshots until so many are left; the current one stays. `kept`: as the settings say if None."""
    current = current_run(settings)
    others = [folder for folder in _newest_first(settings) if folder.name != current]
    for old in others[(kept or settings.snapshots_kept) - 1 :]:
        shutil.rmtree(old)


def _newest_first(settings: Settings) -> list[Path]:
    """The folders of snapshots. Of two that were published in one second, the one that was written last is the newer."""
    folders = [path for path in (settings.published / "snapshots").glob("*") if path.is_dir()]
    times = {
        folder: (read_manifest(folder / MANIFEST).get("published_at", ""), folder.stat().st_mtime_ns)
        for folder in folders
    }
    return sorted(folders, key=lambda folder: times[folder], reverse=True)


def _last_rollback(settings: Settings) -> Rollback | None:
    file = _record_file(settings)
    return Rollback(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def _record_file(settings: Settings) -> Path:
    return settings.published / "rollback.json"
