"""Writing a backup, under the lock of the warehouse: no run changes anything meanwhile.

Here: what goes into the folder. Not here: its list of files (seal.py), the way back (restoring.py).
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from suining_data.access import copy_log
from suining_data.backup.seal import BackupError, seal
from suining_data.ingestion import check_raw_files, raw_path, rejected_path
from suining_data.linkage import back_up_registry
from suining_data.orchestration.state import open_for_refresh
from suining_data.orchestration.step import Connection
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.tombstones import key_file
from suining_data.warehouse import LEDGER_TABLES, OnWait

REGISTRY, LEDGER, RAW, ACCESS = "registry.duckdb", "ledger", "raw", "access"


@dataclass(frozen=True)
class Saved:
    """What was written: bytes, and batches with their rows."""

    bytes: int
    batches: int
    has_key: bool  # whether there is a key of tombstones, which is not in the backup


def save(settings: Settings, folder: Path, on_wait: OnWait | None = None) -> Saved:
    """Write a backup into the folder, which must be empty or not there; it appears there as a whole, at the end."""
    folder = folder.resolve()
    if not settings.warehouse.exists():
        raise BackupError(
            f"{settings.warehouse} 还没有，无可备份 (there is no warehouse yet, so there is nothing to back up)"
        )
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"{folder}: 不是空目录，请给一个新目录 (not an empty folder: name a new one)")
    if folder.is_relative_to(settings.data.resolve()):
        raise BackupError(f"{folder}: 在数据目录之内，请备份到别处 (inside the data folder: name a folder elsewhere)")
    fresh = folder.with_name(f".{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)  # of a killed backup
    fresh.mkdir(parents=True, mode=0o700)  # the registry has identity numbers
    try:
        with open_for_refresh(settings, on_wait) as con:
            if any(settings.registry_backup.parent.glob(".forgetting_*.json")):
                raise BackupError(
                    "有一次遗忘没有完成：请先再次运行该 suining forget (a person is half forgotten: run that `suining forget` again first)"
                )
            back_up_registry(con, settings)
            shutil.copyfile(settings.registry_backup, fresh / REGISTRY)
            (fresh / LEDGER).mkdir()
            for table in LEDGER_TABLES:
                con.execute(
                    f"copy governance.{table} to {literal(fresh / LEDGER / f'{table}.parquet')} (format parquet)"
                )
            copy_log(settings, fresh / ACCESS)
            batches = _save_raw(con, settings, fresh)
        seal(fresh)
        size = sum(file.stat().st_size for file in fresh.rglob("*") if file.is_file())
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return Saved(size, batches, key_file(settings).exists())


def _save_raw(con: Connection, settings: Settings, fresh: Path) -> int:
    """Copy the rows of all batches of the ledger that were taken in.

    Not only of those whose file is gone: the columns of its rows say which fields a file could know when it came.
    """
    rows = con.execute("select resource_id, batch_id from governance.batch where status <> 'refused'").fetchall()
    saved = 0
    for resource, batch in rows:
        files = [path(settings, resource, batch) for path in (raw_path, rejected_path)]
        check_raw_files(con, settings, resource, [batch])
        if all(file.exists() for file in files):
            (fresh / RAW / resource).mkdir(parents=True, exist_ok=True)
            for file in files:
                shutil.copyfile(file, fresh / RAW / resource / file.name)
            saved += 1
    return saved
