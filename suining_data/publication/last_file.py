"""The last published DuckDB file as the start of the next one.

Here: copying it if it is as it was published and worth keeping. Not here: what the next one changes (next_snapshot.py).
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from suining_data.digests import copy_file
from suining_data.encryption import FORMAT, changes_key, keys
from suining_data.publication.confidential_rows import hidden_version
from suining_data.publication.manifest import DATABASE, published_manifest
from suining_data.settings import Settings

MOST_COPIES = 30  # one after the other, then a file is written anew: rows are again in the order of the warehouse
MOST_FREE = (
    0.45  # share of the file's blocks without content; with 1 % of the rows changed a night it is 0.42 after 30 nights
)


def is_encrypted_as_set(database: Mapping[str, Any]) -> bool:
    """Whether what a manifest says of the full file is so that its files can be used again: with the key to write with, or in plain if there is none."""
    return database.get("format") == FORMAT and database["encrypted"] == bool(keys()) and not changes_key()


def copy_last(con: duckdb.DuckDBPyConnection, settings: Settings, file: Path, audience: str = "") -> int:
    """Copy the last published file of an audience to `file`. Returns how many times its content has been copied; 0: nothing is there.

    It is not copied if it or its manifest is missing or was changed since, if it has another format, was copied often, or is half empty,
    or another encryption, or if other persons or values are confidential now: blocks of deleted rows would still have them.
    """
    last = published_manifest(con, settings.published / "current", audience).get("database", {})
    published = settings.published / audience / DATABASE
    copies = int(last.get("copies", MOST_COPIES)) + 1
    if (
        not (last.get("format") == FORMAT if audience else is_encrypted_as_set(last))
        or copies > MOST_COPIES
        or float(last["free"]) > MOST_FREE
        or not published.exists()
        or last.get("hidden", "") != hidden_version(con, settings)
    ):
        return 0
    unfinished = file.with_suffix(".copy")
    if copy_file(published, unfinished) != last["sha256"]:
        unfinished.unlink()
        return 0
    unfinished.rename(file)
    return copies
