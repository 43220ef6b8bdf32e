"""Who may open the files: the owner alone, and of what is published the groups that the settings name.

Here: the rights of the data folders and of a snapshot. Not here: what an audience gets (audiences.yaml).

Each process of the project makes files that only their owner may open (suining_data/__init__.py). A group is given the files of
its audience. Folders above them are 0711: to go through, not to list.
"""

import shutil
from pathlib import Path

from suining_data.settings import Settings, Unusable


class NoGroup(Unusable):
    """The settings name a group that this machine does not have, or that the owner of the files is not in."""


def close_folders(settings: Settings) -> None:
    """Close what only the pipeline reads, also where an older version made it open."""
    private = (settings.raw, settings.warehouse.parent, settings.registry_backup.parent, settings.dagster_home)
    for folder in (*private, settings.truth, settings.reports):
        if folder.exists():
            folder.chmod(0o700)


def give_to_groups(settings: Settings, snapshot: Path) -> None:
    """Set the rights of a complete snapshot that is not published yet, and of the folders above it. Raises NoGroup."""
    groups = {"": settings.full_group, "analyst": settings.analyst_group, "open": settings.open_group}
    passable = 0o711 if any(groups.values()) else 0o700
    for folder in (settings.published, settings.published / "snapshots", snapshot):
        folder.mkdir(exist_ok=True)
        folder.chmod(passable)
    for path in snapshot.iterdir():
        group = groups.get(path.name, groups[""])
        for each in (path, *(path.rglob("*") if path.is_dir() else ())):
            _give(each, group)


def _give(path: Path, group: str | None) -> None:
    if group:
        try:
            shutil.chown(path, group=group)
        except (LookupError, PermissionError) as error:
            raise NoGroup(
                f"不能把已发布的文件交给用户组 {group}：该组须存在，运行用户须属于它（SUINING_FULL_GROUP、SUINING_ANALYST_GROUP、SUINING_OPEN_GROUP） "
                f"(cannot give published files to group {group}: it must exist, with the user of the pipeline in it)"
            ) from error
    path.chmod((0o750 if path.is_dir() else 0o640) if group else (0o700 if path.is_dir() else 0o600))
