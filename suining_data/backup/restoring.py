"""Restoring a backup into a data folder, beside its landing/.

Here: the checks, the new warehouse, the exchange. Not here: the list of files (seal.py), building the bases (suining refresh).

All is made in a folder of its own and then moved in. A restore that is killed before has changed nothing; one that is killed
while it moves is run again with --force.
"""

import shutil
from pathlib import Path

from suining_data.access import head_file, last_link, record, restore_log
from suining_data.backup.saving import ACCESS, LEDGER, RAW, REGISTRY
from suining_data.backup.seal import BackupError, check_seal
from suining_data.orchestration.state import open_for_refresh
from suining_data.orchestration.step import Connection
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.tombstones import key_file
from suining_data.warehouse import LEDGER_TABLES, locked, transaction

FOLDER = ".restoring"  # in the data folder


def restore(settings: Settings, folder: Path, key: Path | None = None, *, force: bool = False) -> None:
    """Put a backup in place of registry, ledger and raw rows of the data folder; the next refresh builds the rest.

    `key`: the key of the tombstones, if the data folder has lost it. Raises BackupError, before anything is changed.
    """
    check_seal(folder)
    present = [path for path in (settings.warehouse, settings.registry_backup, settings.raw) if path.exists()]
    if present and not force:
        raise BackupError(
            f"{present[0]} 已存在：确要以备份替换登记、台账和原始行，请加 --force "
            "(the data folder is in use: --force replaces its registry, ledger and raw rows by the backup)"
        )
    made = settings.model_copy(update={"data": settings.data / FOLDER})
    with locked(settings):
        shutil.rmtree(made.data, ignore_errors=True)  # of a killed restore
        try:
            decisions = _make(
                made, settings, folder, key or (key_file(settings) if key_file(settings).exists() else None)
            )
            _move_in(made, settings)
            restore_log(settings, folder / ACCESS)
            record(settings, "restore", "恢复备份 restore", (), 0, restored_decisions=decisions)
        finally:
            shutil.rmtree(made.data, ignore_errors=True)


def _make(made: Settings, settings: Settings, folder: Path, key: Path | None) -> int:
    """A data folder with the warehouse, the copy of the registry, the key and the raw rows of the backup.

    Returns the number of its last decision.
    """
    made.registry_backup.parent.mkdir(parents=True)
    shutil.copyfile(folder / REGISTRY, made.registry_backup)
    made.raw.mkdir()
    if head_file(settings).exists():
        shutil.copyfile(head_file(settings), head_file(made))  # of the log, which stays
    if key is not None:
        key_file(made).touch(mode=0o600)
        key_file(made).write_bytes(key.read_bytes())
    with open_for_refresh(made) as con:
        if key is None and con.execute("select 1 from registry.tombstone_mark limit 1").fetchone():
            raise BackupError(
                f"备份中有已被遗忘的人员，须有其密钥：--key {key_file(made).name} "
                "(persons were forgotten, so their key is needed: it is in another backup, name it with --key)"
            )
        _fill_ledger(con, folder)
        decisions = last_link(con).number
    if (
        folder / RAW
    ).exists():  # after the warehouse was open, which would encrypt rows and note other digests than the backup has
        shutil.copytree(folder / RAW, made.raw, dirs_exist_ok=True)
    return decisions


def _fill_ledger(con: Connection, folder: Path) -> None:
    for table in LEDGER_TABLES:
        con.execute(f"delete from governance.{table}")  # what the copy of the registry had
    with transaction(con):
        for table in LEDGER_TABLES:
            file = literal(folder / LEDGER / f"{table}.parquet")
            con.execute(f"insert into governance.{table} by name from read_parquet({file})")


def _move_in(made: Settings, settings: Settings) -> None:
    for name in (settings.warehouse, settings.warehouse.with_name(f"{settings.warehouse.name}.wal")):
        name.unlink(missing_ok=True)
    for new, old in ((made.raw, settings.raw), (made.registry_backup.parent, settings.registry_backup.parent)):
        shutil.rmtree(old, ignore_errors=True)
        new.rename(old)
    made.warehouse.rename(settings.warehouse)
