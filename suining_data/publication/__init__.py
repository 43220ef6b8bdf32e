"""The four bases as analysts open them: a DuckDB file, Parquet files and a manifest, swapped in whole."""

from suining_data.publication.dictionary import COLUMNS as DICTIONARY_COLUMNS
from suining_data.publication.dictionary import described, write_dictionary
from suining_data.publication.snapshot import PublishedTable, publish, read_manifest

__all__ = [
    "DICTIONARY_COLUMNS",
    "PublishedTable",
    "described",
    "publish",
    "read_manifest",
    "write_dictionary",
]
