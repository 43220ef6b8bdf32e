"""landing/ and raw/ against the ledger: every delivered file is the one that was read, every raw file the one that was written.

Here: the files of both folders. Not here: the ledger (ingestion/ledger.py), the check before a raw file is read
(ingestion/raw_files.py).
"""

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from suining_data.catalog import Catalog
from suining_data.damage import damaged_raw
from suining_data.digests import digests_of_files
from suining_data.ingestion import (
    Batch,
    Status,
    arrived,
    changed_files,
    deliveries,
    landing_files,
    raw_path,
    recorded_batches,
    redacted_copies,
    rejected_path,
)
from suining_data.settings import Settings
from suining_data.verification.finding import Checked, Stage

Ledger = dict[str, dict[str, Batch]]  # resource -> batch id -> batch


def read_ledger(con: duckdb.DuckDBPyConnection) -> Ledger:
    """The whole ledger."""
    resources = con.execute("select distinct resource_id from governance.batch order by 1").fetchall()
    return {resource: recorded_batches(con, resource) for (resource,) in resources}


def check_landing(checked: Checked, settings: Settings, catalog: Catalog, ledger: Ledger) -> None:
    """Every file in landing/ under the name of a batch has the content of a batch."""
    found = [
        (resource.id, name, parts)
        for resource in catalog.shared
        for name, parts in deliveries(resource, landing_files(settings, catalog.unit_of(resource.id), resource)).items()
    ]
    with ThreadPoolExecutor() as threads:
        read = list(threads.map(lambda each: arrived({each[1]: each[2]}, settings.quiet_seconds), found))
    waiting = 0
    for (resource_id, name, parts), arrivals in zip(found, read, strict=True):
        batches = ledger.get(resource_id, {})
        arrival = arrivals.files.get(name)
        batch = batches.get(arrival.digest[:16]) if arrival else None
        if arrival and batch and batch.content_sha256 == arrival.digest:
            checked.add(Stage.LANDING, len(parts))
        elif arrival and any(name == batch.file_name for batch in batches.values()):
            checked.add(Stage.LANDING, len(parts), _other_delivery(parts))
        else:
            waiting += 1
    if waiting:
        checked.notes.append(
            f"landing/ 中有 {waiting} 个来件尚未读入：suining refresh (deliveries that were not read yet)"
        )


def check_raw(checked: Checked, settings: Settings, ledger: Ledger) -> None:
    """Every file in raw/, and every copy of one in landing/.redacted/, is the one that the ledger knows."""
    batches = [batch for resource in ledger.values() for batch in resource.values()]
    needed = (Status.CURRENT, Status.SUPERSEDED)
    may_be_gone = {
        path(settings, batch.resource_id, batch.batch_id)
        for batch in batches
        if batch.status not in needed
        for path in (raw_path, rejected_path)
    }
    for file, is_there in changed_files(settings, batches).items():
        if is_there:
            checked.add(Stage.RAW, 0, str(damaged_raw(file)))
        elif file not in may_be_gone:
            checked.add(Stage.RAW, 0, _lost(file))
    expected: dict[str, set[str]] = defaultdict(set)
    for batch in batches:
        expected[batch.resource_id] |= {f"{batch.batch_id}.parquet", f"{batch.batch_id}.rejected.parquet"}
    present = sorted(settings.raw.glob("*/*.parquet"))
    unknown = [_unknown(file) for file in present if file.name not in expected[file.parent.name]]
    checked.add(Stage.RAW, len(present), *unknown)
    copies = {file: digest for batch in batches for file, digest in redacted_copies(settings, batch).items()}
    read = digests_of_files(copies)
    checked.add(Stage.RAW, len(copies), *(_other_copy(file) for file in copies if read[file] != copies[file]))


def _other_delivery(parts: list[Path]) -> str:
    files = " ".join(map(str, parts))
    return (
        f"{files}: 与读入时的内容不同。误改的，请放回原文件；确为更正的，请运行 touch {files}，再运行 suining refresh "
        "(not what was read: put the original back, or, if it corrects the delivery, run these two)"
    )


def _lost(file: Path) -> str:
    return f"{file}: 缺失。请运行 suining refresh，从 landing/ 重读该来件 (missing: this reads its delivery again)"


def _unknown(file: Path) -> str:
    return f"{file}: 不在台账中，不会被读取。请移走 (not in the ledger, so nothing reads it: move it away)"


def _other_copy(file: Path) -> str:
    return f"{file}: 与台账不符。请从 raw/ 复制同名文件 (not what the ledger knows: copy the file of the same name from raw/)"
