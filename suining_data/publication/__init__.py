"""The published snapshot that analysts open: a DuckDB file, Parquet files and a manifest, replaced as a whole."""

from suining_data.publication.audience_file import measured_anonymity
from suining_data.publication.dictionary import DICTIONARY, write_dictionary
from suining_data.publication.handed_out import load_audiences
from suining_data.publication.kept_snapshots import (
    Rollback,
    Snapshot,
    broken_files,
    create_rollbacks,
    current_run,
    ended_rollback,
    go_back,
    is_whole,
    kept_snapshots,
    record_rollback,
    remove_old,
    standing_rollback,
)
from suining_data.publication.manifest import DATABASE, PublishedTable, read_database, read_manifest, start_anew
from suining_data.publication.next_snapshot import Addition, additions, discard_next
from suining_data.publication.page import PAGE
from suining_data.publication.rights import close_folders
from suining_data.publication.snapshot import publish

__all__ = [
    "DATABASE",
    "DICTIONARY",
    "PAGE",
    "Addition",
    "PublishedTable",
    "Rollback",
    "Snapshot",
    "additions",
    "broken_files",
    "close_folders",
    "create_rollbacks",
    "current_run",
    "discard_next",
    "ended_rollback",
    "go_back",
    "is_whole",
    "kept_snapshots",
    "load_audiences",
    "measured_anonymity",
    "publish",
    "read_database",
    "read_manifest",
    "record_rollback",
    "remove_old",
    "standing_rollback",
    "start_anew",
    "write_dictionary",
]
