"""Landing to raw: one reader per format, the batch ledger, an account of every line.

Here: the names that other stages may use. Not here: what a value means (elements/), the staging of rows (standardization/).
"""

from suining_data.ingestion.arrival import arrived, complete, ok_file
from suining_data.ingestion.deliveries import delivered_files, deliveries
from suining_data.ingestion.encrypted_raw import encrypt_raw_files
from suining_data.ingestion.exchange_waivers import exchange_risk
from suining_data.ingestion.guarded import stop_readers, warm_reader
from suining_data.ingestion.intake import (
    CurrentBatch,
    Ingested,
    declaration_of,
    ingest,
    landing_files,
)
from suining_data.ingestion.ledger import (
    COUNTED,
    Batch,
    Status,
    accept_batch,
    accept_deletions,
    accepted_batches,
    accounted_batches,
    create_ledger,
    current_batches,
    files_of,
    parts_of_batch,
    read_again,
    recorded_batches,
    write_ledger,
)
from suining_data.ingestion.plain_workbook import workbook_cells
from suining_data.ingestion.raw_files import (
    changed_files,
    check_raw_files,
    raw_files,
    raw_path,
    rejected_path,
    seal_batches,
)
from suining_data.ingestion.reading import DELETED, LINE, Notice, Refused, yaml_of
from suining_data.ingestion.redaction import keep_redacted, recounted, redacted_copies, remove_redacted_files, take_out
from suining_data.ingestion.withdrawals import (
    Delivery,
    deliveries_meant,
    end_withdrawal,
    record_withdrawal,
    withdrawn_batches,
)

__all__ = [
    "COUNTED",
    "DELETED",
    "LINE",
    "Batch",
    "CurrentBatch",
    "Delivery",
    "Ingested",
    "Notice",
    "Refused",
    "Status",
    "accept_batch",
    "accept_deletions",
    "accepted_batches",
    "accounted_batches",
    "arrived",
    "changed_files",
    "check_raw_files",
    "complete",
    "create_ledger",
    "current_batches",
    "declaration_of",
    "delivered_files",
    "deliveries",
    "deliveries_meant",
    "encrypt_raw_files",
    "end_withdrawal",
    "exchange_risk",
    "files_of",
    "ingest",
    "keep_redacted",
    "landing_files",
    "ok_file",
    "parts_of_batch",
    "raw_files",
    "raw_path",
    "read_again",
    "record_withdrawal",
    "recorded_batches",
    "recounted",
    "redacted_copies",
    "rejected_path",
    "remove_redacted_files",
    "seal_batches",
    "stop_readers",
    "take_out",
    "warm_reader",
    "withdrawn_batches",
    "workbook_cells",
    "write_ledger",
    "yaml_of",
]
