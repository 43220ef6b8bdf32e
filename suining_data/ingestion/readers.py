"""Which reader reads which format, and in which process.

Here: the registry, and the way from the files of a batch to raw rows. Not here: any format (one module for each), which
file is read when (intake.py).
"""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.archive import unpack, with_unread
from suining_data.ingestion.dbase import read_dbf
from suining_data.ingestion.delimited import read_delimited
from suining_data.ingestion.geopackage import read_geopackage
from suining_data.ingestion.guarded import any_failure_refuses, guarded
from suining_data.ingestion.json_documents import read_json
from suining_data.ingestion.markup import read_xml
from suining_data.ingestion.pages import read_pages
from suining_data.ingestion.parquet_table import read_parquet
from suining_data.ingestion.reading import Reader, ReadResult, Target
from suining_data.ingestion.shapefile import read_shapefile
from suining_data.ingestion.workbook import read_workbook

READERS: dict[Format, Reader] = {
    Format.CSV: read_delimited,
    Format.XLSX: read_workbook,
    Format.XLS: read_workbook,
    Format.JSON: read_json,
    Format.JSON_LINES: read_json,
    Format.XML: read_xml,
    Format.DBF: read_dbf,
    Format.PARQUET: read_parquet,
    Format.POSTGRES: read_json,
    Format.SHP: read_shapefile,
    Format.GPKG: read_geopackage,
}
# Their libraries abort on hostile files, or their readers work row by row: both are better done in another process.
GUARDED = (Format.XLSX, Format.XLS, Format.XML, Format.DBF, Format.SHP, Format.GPKG)


def read_files(
    con: duckdb.DuckDBPyConnection, files: Sequence[Path], resource: Resource, target: Target
) -> tuple[Path, ReadResult]:
    """Reads the files of a batch in the declared format: the file that was read, and its counts.

    Raises Refused; ReadingFailed when anything else but a fault of the machine goes wrong.
    """
    if resource.delivery.pages:
        with any_failure_refuses(target.limits):
            return files[0], read_pages(con, files, resource, target)
    if not resource.delivery.archive:
        return files[0], read_file(con, files[0], resource, target)
    unpacked = guarded(target.limits, unpack, files[0], resource, target.scratch, target.limits)
    counts = read_file(con, unpacked.file, resource, target)
    return unpacked.file, with_unread(counts, target, unpacked.unread)


def read_file(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    """Reads one file that is not packed, as `read_files` does."""
    if resource.delivery.format in GUARDED:
        return guarded(target.limits, _read_alone, file, resource, target)
    with any_failure_refuses(target.limits):
        return READERS[resource.delivery.format](con, file, resource, target)


def _read_alone(file: Path, resource: Resource, target: Target) -> ReadResult:
    return READERS[resource.delivery.format](_own_connection(), file, resource, target)


@cache
def _own_connection() -> duckdb.DuckDBPyConnection:
    """The child process's DuckDB, which has no tables."""
    return duckdb.connect(config={"threads": 1})
