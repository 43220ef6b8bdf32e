"""landing/ -> raw/ -> warehouse -> published/: every file and table is the one that was written, by its digest.

Here: the order of the checks, and what the warehouse knows of what is published. Not here: the checks of a stage (deliveries.py,
tables.py, snapshots.py), a rebuild (rebuild.py).

Each stage is compared with what the next one recorded of it: the ledger has the digests of landing/ and raw/, the manifest those
of the ledger's batches, the tables and the published files, and the signature is that of the manifest.
"""

from pathlib import Path
from typing import Any

import duckdb

from suining_data.catalog import load_catalog
from suining_data.damage import DamagedFile, damaged_publication
from suining_data.linkage import copy_is_whole
from suining_data.publication import (
    DATABASE,
    MANIFEST,
    current_run,
    is_signed_as_set,
    kept_snapshots,
    published_manifest,
    wrong_links,
)
from suining_data.seals import SEALS
from suining_data.settings import Settings
from suining_data.verification.deliveries import check_landing, check_raw, read_ledger
from suining_data.verification.finding import Checked, Stage
from suining_data.verification.snapshots import AGAIN_EN, AGAIN_ZH, check_snapshot
from suining_data.verification.tables import check_tables
from suining_data.warehouse import read_warehouse, table_exists


class NotRecorded(Exception):
    """No refresh of this version has recorded any digest."""

    def __init__(self) -> None:
        super().__init__(
            "尚无可核对的摘要：先运行 suining refresh (no digests were recorded yet: run `suining refresh` first)"
        )


def check(settings: Settings, public_key: Path | None = None) -> Checked:
    """Compare all four stages. Raises NotRecorded, KeyUnusable, and WarehouseBusy while a run writes the warehouse."""
    checked = Checked()
    if not settings.warehouse.exists():
        raise NotRecorded
    try:
        with read_warehouse(settings) as con:
            if not table_exists(con, SEALS):
                raise NotRecorded
            ledger = read_ledger(con)
            check_landing(checked, settings, load_catalog(), ledger)
            check_raw(checked, settings, ledger)
            published, manifest = _check_published(checked, con, settings, public_key)
            check_tables(checked, con, settings, _registry(checked, settings), published, manifest)
    except DamagedFile as error:
        checked.add(Stage.WAREHOUSE, 1, str(error))
        if Stage.PUBLISHED not in checked.compared:
            check_snapshot(checked, settings.published / "current", public_key)
    checked.findings.sort(key=lambda each: [*Stage].index(each.stage))
    return checked


def _check_published(
    checked: Checked, con: duckdb.DuckDBPyConnection, settings: Settings, public_key: Path | None
) -> tuple[Path | None, dict[str, Any]]:
    """The current snapshot. Returns DuckDB file and manifest of the newest, if they are as they were published: somebody may have
    gone back to an earlier one, but the newest is what the warehouse had.
    """
    current, kept = current_run(settings), [each.run_id for each in kept_snapshots(settings)]
    if current is None:
        checked.add(Stage.PUBLISHED, 0, _again(settings.published, "尚未发布", "nothing is published"))
        return None, {}
    for name in wrong_links(settings):
        said = _again(settings.published / name, "不是指向现用快照的链接", "no link to the current snapshot")
        checked.add(Stage.PUBLISHED, 0, said)
    folder = settings.published / "snapshots" / current
    manifest, is_whole = check_snapshot(checked, folder, public_key)
    if manifest and not published_manifest(con, folder):
        said = _again(folder / MANIFEST, "不是发布时的清单", "not the manifest that was published")
        checked.add(Stage.PUBLISHED, 0, said)
    elif manifest and not is_signed_as_set(settings, folder):
        said = _again(folder / MANIFEST, "没有现用私钥的签名", "not signed with the key that is set")
        checked.add(Stage.PUBLISHED, 0, said)
    if current not in kept:  # nobody knows which is the newest
        return None, {}
    newest = settings.published / "snapshots" / kept[0]
    if kept[0] != current:
        is_whole = check_snapshot(Checked(), newest)[1]
    manifest = published_manifest(con, newest)
    return newest / DATABASE if is_whole and manifest else None, manifest


def _registry(checked: Checked, settings: Settings) -> Path | None:
    """The copy of the registry, if it is as it was written."""
    if copy_is_whole(settings, by_content=True):
        return settings.registry_backup
    checked.add(Stage.WAREHOUSE, 0, str(damaged_publication(settings.registry_backup)))
    return None


def _again(file: Path, zh: str, en: str) -> str:
    return f"{file}: {zh}。{AGAIN_ZH} ({en}: {AGAIN_EN})"
