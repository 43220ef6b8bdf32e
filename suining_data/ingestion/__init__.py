"""Landing to raw: one reader per format, the batch ledger, an account of every line.

Here: the names that other stages may use. Not here: what a value means (elements/), the staging of rows (standardization/).
"""

from suining_data.ingestion.arrival import ok_file
from suining_data.ingestion.deliveries import delivered_files
from suining_data.ingestion.guarded import stop_readers, warm_reader
from suining_data.ingestion.intake import (
    CurrentBatch,
    Ingested,
    declaration_of,
    ingest,
    landing_files,
    raw_path,
    rejected_path,
)
from suining_data.ingestion.ledger import (
    Batch,
    Status,
    accept_batch,
    accept_deletions,
    accepted_batches,
    accounted_batches,
    create_ledger,
    current_batches,
    files_of,
)
from suining_data.ingestion.plain_workbook import workbook_cells
from suining_data.ingestion.reading import DELETED, Notice, Refused

__all__ = [
    "DELETED",
    "Batch",
    "CurrentBatch",
    "Ingested",
    "Notice",
    "Refused",
    "Status",
    "accept_batch",
    "accept_deletions",
    "accepted_batches",
    "accounted_batches",
    "create_ledger",
    "current_batches",
    "declaration_of",
    "delivered_files",
    "files_of",
    "ingest",
    "landing_files",
    "ok_file",
    "raw_path",
    "rejected_path",
    "stop_readers",
    "warm_reader",
    "workbook_cells",
]
