"""Raw files that were written before there was a key, or with a former key.

Here: finding and encrypting them, with their digests in the ledger. Not here: the key (../encryption.py), new files (intake.py).
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import duckdb

from suining_data.encryption import encrypt_parquet, is_parquet_as_set, keys
from suining_data.ingestion.ledger import Batch, parts_of_batch, recorded_batches, write_ledger
from suining_data.ingestion.raw_files import changed_files, raw_path, rejected_path, sealed
from suining_data.ingestion.reading import RAW_PARQUET, REJECTED_PARQUET
from suining_data.ingestion.redaction import keep_redacted, redacted_copies
from suining_data.settings import Settings


def encrypt_raw_files(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Encrypt the raw files that are not encrypted with the key to write with; does nothing without a key.

    The ledger gives up a digest before the file changes, so a killed run leaves no wrong one. A file that was changed stays
    as it is, and whoever reads it finds that.
    """
    for batch, raw, rejected in _to_encrypt(con, settings) if keys() else ():
        write_ledger(con, [replace(batch, raw_sha256=None, rejected_sha256=None)])
        encrypt_parquet(raw, RAW_PARQUET)
        encrypt_parquet(rejected, REJECTED_PARQUET)
        new = sealed(batch, raw, rejected)
        if redacted_copies(settings, batch):
            keep_redacted(settings, new, parts_of_batch(con, batch.resource_id, batch.batch_id))
        write_ledger(con, [new])


def _to_encrypt(con: duckdb.DuckDBPyConnection, settings: Settings) -> Iterator[tuple[Batch, Path, Path]]:
    resources = con.execute("select distinct resource_id from governance.batch order by 1").fetchall()
    for (resource,) in resources:
        for batch in recorded_batches(con, resource).values():
            raw, rejected = (path(settings, resource, batch.batch_id) for path in (raw_path, rejected_path))
            is_as_set = all(not file.exists() or is_parquet_as_set(file) for file in (raw, rejected))
            if not is_as_set and raw.exists() and rejected.exists() and not changed_files(settings, [batch]):
                yield batch, raw, rejected
