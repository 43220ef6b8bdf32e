"""landing/ -> raw/ -> warehouse -> published/: every file and table is the one that was written, by its digest.

Here: the order of the checks, and what the warehouse knows of what is published. Not here: the checks of a stage (deliveries.py,
tables.py, snapshots.py), a rebuild (rebuild.py).

Each stage is compared with what the next one recorded of it: the ledger has the digests of landing/ and raw/, the manifest those
of the ledger's batches, the tables and the published files, and the signature is that of the manifest.
"""

from pathlib import Path
from typing import Any

import duckdb

from suining_data.catalog import Catalog
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
from suining_data.settings import Settings
from suining_data.verification.deliveries import check_landing, check_raw, read_ledger
from suining_data.verification.finding import Checked, Stage
from suining_data.verification.snapshots import AGAIN_EN, AGAIN_ZH, check_snapshot
from suining_data.verification.tables import check_tables
from suining_data.warehouse import read_warehouse


def check(settings: Settings, catalog: Catalog, public_key: Path | None = None) -> Checked:
    """Compare all four stages. Raises WarehouseBusy while a run writes the warehouse, KeyUnusable."""
    checked = Checked()
    try:
        with read_warehouse(settings) as con:
            ledger = read_ledger(con)
            check_landing(checked, settings, catalog, ledger)
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
    """The current snapshot, and the newest if somebody went back. Returns DuckDB file and manifest of the newest, if they are as
    they were published.
    """
    current, kept = current_run(settings), [each.run_id for each in kept_snapshots(settings)]
    if current is None:
        checked.add(Stage.PUBLISHED, 0, _again(settings.published, "尚未发布", "nothing is published"))
        return None, {}
    for name in wrong_links(settings):
        said = _again(settings.published / name, "不是指向现用快照的链接", "no link to the current snapshot")
        checked.add(Stage.PUBLISHED, 0, said)
    newest = kept[0] if current in kept else None  # without a manifest nobody knows when the current one was published
    usable: tuple[Path | None, dict[str, Any]] = (None, {})
    for run_id in dict.fromkeys([current, newest or current]):
        snapshot = settings.published / "snapshots" / run_id
        manifest, is_whole = check_snapshot(checked, snapshot, public_key)
        if manifest and not published_manifest(con, snapshot):
            said = _again(snapshot / MANIFEST, "不是发布时的清单", "not the manifest that was published")
            checked.add(Stage.PUBLISHED, 0, said)
        elif manifest and not is_signed_as_set(settings, snapshot):
            said = _again(snapshot / MANIFEST, "没有现用私钥的签名", "not signed with the key that is set")
            checked.add(Stage.PUBLISHED, 0, said)
        elif run_id == newest:
            usable = (snapshot / DATABASE if is_whole else None, manifest)
    return usable


def _registry(checked: Checked, settings: Settings) -> Path | None:
    """The copy of the registry, if it is as it was written."""
    if copy_is_whole(settings, by_content=True):
        return settings.registry_backup
    checked.add(Stage.WAREHOUSE, 0, str(damaged_publication(settings.registry_backup)))
    return None


def _again(file: Path, zh: str, en: str) -> str:
    return f"{file}: {zh}。{AGAIN_ZH} ({en}: {AGAIN_EN})"
