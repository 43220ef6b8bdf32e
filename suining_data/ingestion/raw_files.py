"""The files of a batch in raw/: where they are, and whether they are those that were written.

Here: their paths, their digests in the ledger, the check before they are read. Not here: writing them (intake.py), the ledger
itself (ledger.py).

A file is checked whenever its values are read. A batch that an earlier version took in has no digests, nor one out of which a
person is being taken: the next run seals its files as they are.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from suining_data.damage import damaged_raw
from suining_data.digests import digest_of_file, digests_of_files
from suining_data.ingestion.ledger import Batch, recorded_batches, write_ledger
from suining_data.settings import Settings


def raw_path(settings: Settings, resource_id: str, batch_id: str) -> Path:
    return settings.raw / resource_id / f"{batch_id}.parquet"


def rejected_path(settings: Settings, resource_id: str, batch_id: str) -> Path:
    return settings.raw / resource_id / f"{batch_id}.rejected.parquet"


def raw_files(settings: Settings, resource_id: str) -> list[Path]:
    """The files of all batches of a resource that were read and not refused, also in this run."""
    return sorted(
        set((settings.raw / resource_id).glob("*.parquet"))
        - set((settings.raw / resource_id).glob("*.rejected.parquet"))
    )


def sealed(batch: Batch, raw: Path, rejected: Path) -> Batch:
    """The batch with the digests of its two files as they are now."""
    return replace(batch, raw_sha256=digest_of_file(raw), rejected_sha256=digest_of_file(rejected))


def seal_batches(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Give every batch without digests those of its files as they are."""
    found = con.execute(
        "select distinct resource_id from governance.batch where raw_sha256 is null and status <> 'refused'"
    ).fetchall()
    for (resource_id,) in found:
        unsealed = [batch for batch in recorded_batches(con, resource_id).values() if batch.raw_sha256 is None]
        paths = {batch: tuple(file for file, _ in _digests(settings, batch)) for batch in unsealed}
        write_ledger(con, [sealed(batch, *files) for batch, files in paths.items() if all(map(Path.exists, files))])


def changed_files(settings: Settings, batches: Collection[Batch]) -> dict[Path, bool]:
    """The files of sealed batches that are not those that were written, and whether each is there at all."""
    expected = dict(pair for batch in batches if batch.raw_sha256 for pair in _digests(settings, batch))
    found = digests_of_files(expected)
    return {file: found[file] is not None for file in expected if found[file] != expected[file]}


def check_raw_files(
    con: duckdb.DuckDBPyConnection, settings: Settings, resource_id: str, batch_ids: Collection[str]
) -> None:
    """Raises DamagedFile if a file of these batches is there, but not as it was written."""
    recorded = recorded_batches(con, resource_id)
    for file, is_there in changed_files(settings, [recorded[batch_id] for batch_id in batch_ids]).items():
        if is_there:
            raise damaged_raw(file)


def _digests(settings: Settings, batch: Batch) -> Iterator[tuple[Path, str | None]]:
    yield raw_path(settings, batch.resource_id, batch.batch_id), batch.raw_sha256
    yield rejected_path(settings, batch.resource_id, batch.batch_id), batch.rejected_sha256
