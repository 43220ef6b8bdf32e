"""The four bases as analysts open them: a DuckDB file, Parquet files and a manifest, swapped in whole."""

from suining_data.publication.snapshot import PublishedTable, publish, read_manifest

__all__ = ["PublishedTable", "publish", "read_manifest"]
