"""The published snapshot that analysts open: a DuckDB file, Parquet files and a manifest, replaced as a whole."""

from suining_data.publication.dictionary import COLUMNS as DICTIONARY_COLUMNS
from suining_data.publication.dictionary import described, write_dictionary
from suining_data.publication.manifest import DATABASE, PublishedTable, read_database, read_manifest, start_anew
from suining_data.publication.next_snapshot import Addition, additions, discard_next
from suining_data.publication.page import PAGE
from suining_data.publication.snapshot import publish, remove_old

__all__ = [
    "DATABASE",
    "DICTIONARY_COLUMNS",
    "PAGE",
    "Addition",
    "PublishedTable",
    "additions",
    "described",
    "discard_next",
    "publish",
    "read_database",
    "read_manifest",
    "remove_old",
    "start_anew",
    "write_dictionary",
]
