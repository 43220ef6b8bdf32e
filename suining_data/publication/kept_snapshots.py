"""The snapshots that are kept: which there are, going back to one of them, removing the oldest.

Here: published/snapshots/ and the link published/current; the table registry.rollback, and published/rollback.json, which has
its last row for those who have only the published folder.
Not here: writing a snapshot (snapshot.py), when one goes back and under which lock (undo/).

A rollback moves the link and nothing else. The warehouse stays, so the next refresh that changes something publishes all of
it, starting from the snapshot that the link points to. A refresh that changes nothing leaves the rollback as it is.
"""

import json
import shutil
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from suining_data.clock import NOW
from suining_data.digests import digest_of_file
from suining_data.publication.manifest import MANIFEST
from suining_data.settings import Settings

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
        manifest = _manifest(folder)
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


def broken_files(settings: Settings, run_id: str) -> list[str]:
    """The files of a snapshot that are missing, or are not those that its manifest lists."""
    folder = settings.published / "snapshots" / run_id
    return [
        each["file"]
        for each in _listed(_manifest(folder))
        if not (folder / each["file"]).is_file() or digest_of_file(folder / each["file"]) != each["sha256"]
    ]


def is_whole(settings: Settings) -> bool:
    """Whether what is published is as it was written. A file is read only if it was written after its manifest."""
    run_id = current_run(settings)
    if run_id is None:
        return False
    manifest = settings.published / "snapshots" / run_id / MANIFEST
    listed = _listed(_manifest(manifest.parent))
    written = manifest.stat().st_mtime_ns if listed else 0
    files = [(manifest.parent / each["file"], each["sha256"]) for each in listed]
    return bool(files) and all(
        file.is_file() and (file.stat().st_mtime_ns <= written or digest_of_file(file) == digest)
        for file, digest in files
    )


def create_rollbacks(con: duckdb.DuckDBPyConnection) -> None:
    """Create the table of rollbacks if it is missing."""
    con.execute(ROLLBACKS)


def time_to_publish(settings: Settings) -> str:
    """When the next snapshot is published, in UTC: later than all others, also if the machine's clock was set back."""
    times = [datetime.now(UTC).replace(microsecond=0)]
    for folder in _newest_first(settings)[:1]:
        if published_at := _manifest(folder).get("published_at"):
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
    """Point the link published/current to a snapshot."""
    make_link(settings.published / "current", Path("snapshots") / run_id)


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
    times = {folder: (_manifest(folder).get("published_at", ""), folder.stat().st_mtime_ns) for folder in folders}
    return sorted(folders, key=lambda folder: times[folder], reverse=True)


def _listed(manifest: dict[str, Any]) -> list[dict[str, str]]:
    """The files that a manifest lists, each with its digest."""
    return [
        *([manifest["database"]] if "database" in manifest else []),
        *manifest.get("tables", []),
        *manifest.get("validations", []),
    ]


def _manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a snapshot; empty if it has none that can be read."""
    try:
        return dict(json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}


def _last_rollback(settings: Settings) -> Rollback | None:
    file = _record_file(settings)
    return Rollback(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None


def _record_file(settings: Settings) -> Path:
    return settings.published / "rollback.json"
