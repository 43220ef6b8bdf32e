"""The manifest of a snapshot: its tables, the version of each, the digest of every file.

Here: writing and reading it. Not here: the files that it lists (snapshot.py, next_snapshot.py).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from suining_data.digests import digest_of_file
from suining_data.settings import Settings

DATABASE = "suining.duckdb"
MANIFEST = "manifest.json"


@dataclass(frozen=True)
class PublishedTable:
    """A table of the snapshot. `version` identifies what it was made from: inputs and SQL."""

    table: str
    rows: int
    file: str
    sha256: str
    version: str


def read_manifest(settings: Settings, audience: str = "") -> dict[str, dict[str, Any]]:
    """Tables of the current snapshot by name; empty when nothing was published.

    `audience`: the folder of one that has its own files; the snapshot itself is that of the full audience.
    """
    return {entry["table"]: entry for entry in _read(settings, audience).get("tables", [])}


def read_database(settings: Settings, audience: str = "") -> dict[str, Any]:
    """What the manifest says of the current DuckDB file: sha256, format, copies, free; empty when nothing was published."""
    return dict(_read(settings, audience).get("database", {}))


def start_anew(settings: Settings) -> None:
    """Make the next DuckDB file start from nothing: a copy of the last one would have the blocks of deleted rows."""
    manifest = _read(settings)
    if manifest.pop("database", None):
        file = (settings.published / MANIFEST).resolve()
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        fresh.replace(file)


def _read(settings: Settings, audience: str = "") -> dict[str, Any]:
    file = settings.published / audience / MANIFEST
    try:
        return dict(json.loads(file.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):  # a damaged one lists nothing, so all is written anew
        return {}


def write_manifest(
    con: duckdb.DuckDBPyConnection,
    snapshot: Path,
    tables: list[PublishedTable],
    views: list[str],
    validations: list[tuple[str, str]],
    run_id: str,
    published_at: str,
    database: Mapping[str, object],
) -> None:
    """Write the manifest of a complete snapshot into its folder; `validations` are (table, file) of GX's JSON.

    `database`: what the next snapshot has to know of the DuckDB file.
    """
    batches = con.execute("""
        select resource_id, batch_id, file_name, content_sha256, raw_rows
        from governance.batch where status = 'in_force' order by resource_id, file_name
    """).fetchall()
    names = ("resource_id", "batch_id", "file_name", "content_sha256", "raw_rows")
    manifest = {
        "run_id": run_id,
        "published_at": published_at,
        "database": {"file": DATABASE, "sha256": digest_of_file(snapshot / DATABASE), **database},
        "tables": [asdict(table) for table in tables],
        "views": views,
        "validations": [
            {"table": table, "file": file, "sha256": digest_of_file(snapshot / file)} for table, file in validations
        ],
        "batches": [dict(zip(names, batch, strict=True)) for batch in batches],
    }
    (snapshot / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
