"""The published snapshot that analysts open: a DuckDB file, Parquet files and a manifest, replaced as a whole."""

from suining_data.publication.dictionary import COLUMNS as DICTIONARY_COLUMNS
from suining_data.publication.dictionary import described, write_dictionary
from suining_data.publication.manifest import PublishedTable, read_manifest
from suining_data.publication.next_snapshot import Addition, additions, discard_next
from suining_data.publication.snapshot import publish

__all__ = [
    "DICTIONARY_COLUMNS",
    "Addition",
    "PublishedTable",
    "additions",
    "described",
    "discard_next",
    "publish",
    "read_manifest",
    "write_dictionary",
]
