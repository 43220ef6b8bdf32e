"""Raw files that cannot be read any more, which were whole when they were written.

Here: finding them when a statement on them fails. Not here: what to do about them (../damage.py), reading them (run.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from suining_data.damage import damaged_raw
from suining_data.encryption import connect, parquet_rows
from suining_data.settings import Settings


@contextmanager
def reporting_damaged_raw(settings: Settings, resource_id: str) -> Iterator[None]:
    """Raises DamagedFile if something inside fails because a raw file of the resource is damaged."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        for file in sorted((settings.raw / resource_id).glob("*.parquet")):
            if not _is_readable(file):
                raise damaged_raw(file) from error
        raise


def _is_readable(file: Path) -> bool:
    """Whether every value of a file can be read; the words of an error do not say which file it is about."""
    try:
        with connect() as con:
            con.execute(f"select sum(hash(raw)) from {parquet_rows(file)} as raw").fetchall()
    except duckdb.Error:
        return False
    return True
