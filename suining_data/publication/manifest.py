"""The manifest of a snapshot: its tables, the version of each, the digest of every file; and which manifests were published.

Here: writing and reading it, the table registry.manifest with the digest of every manifest that was ever published. Nothing of a
snapshot is taken over whose manifest is not the one that was published. Not here: the files that it lists (snapshot.py,
next_snapshot.py), its signature (signature.py).
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb

from suining_data.digests import digest_of_file, digests_of_files
from suining_data.seals import SEALS
from suining_data.settings import Settings
from suining_data.warehouse import table_exists

Connection = duckdb.DuckDBPyConnection

DATABASE = "suining.duckdb"
MANIFEST = "manifest.json"
MANIFESTS = "create table if not exists registry.manifest (run_id varchar, sha256 varchar)"


@dataclass(frozen=True)
class PublishedTable:
    """A table of the snapshot. `version` identifies what it was made from: inputs and SQL."""

    table: str
    rows: int
    file: str
    sha256: str
    version: str


def create_manifests(con: Connection) -> None:
    """Create the table of published manifests if it is missing."""
    con.execute(MANIFESTS)


def trust_kept(con: Connection, settings: Settings) -> None:
    """Record the manifests of all kept snapshots as they are, if none was ever recorded: an earlier version has published them."""
    if not con.execute("select 1 from registry.manifest limit 1").fetchone():
        for file in sorted((settings.published / "snapshots").glob(f"*/{MANIFEST}")):
            record_manifest(con, file.parent.name, file)


def record_manifest(con: Connection, run_id: str, file: Path) -> None:
    """Record the manifest that is published now."""
    con.execute("insert into registry.manifest values (?, ?)", [run_id, digest_of_file(file)])


def is_recorded(con: Connection, run_id: str, file: Path) -> bool:
    """Whether this manifest was published with this run."""
    found = con.execute(
        "select 1 from registry.manifest where run_id = ? and sha256 = ?", [run_id, digest_of_file(file)]
    )
    return found.fetchone() is not None


def published_manifest(con: Connection, snapshot: Path, audience: str = "") -> dict[str, Any]:
    """The manifest of a snapshot; empty if there is none, or not the one that was published.

    `audience`: the folder of one that has its own files and manifest; the snapshot itself is that of the full audience.
    """
    folder = snapshot.resolve()
    file = folder / MANIFEST
    if not file.is_file() or not table_exists(con, "registry.manifest") or not is_recorded(con, folder.name, file):
        return {}
    manifest, name = read_manifest(file), f"{audience}/{MANIFEST}"
    if not audience:
        return manifest
    file = folder / name
    return read_manifest(file) if file.is_file() and listed_files(manifest).get(name) == digest_of_file(file) else {}


def tables_of(manifest: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """The tables of a manifest by name."""
    return {entry["table"]: entry for entry in manifest.get("tables", [])}


def listed_files(manifest: Mapping[str, Any]) -> dict[str, str]:
    """The files that a manifest lists, and the digest of each."""
    entries = [
        *([manifest["database"]] if "database" in manifest else []),
        *(entry for kind in ("tables", "validations", "others") for entry in manifest.get(kind, [])),
    ]
    return {entry["file"]: entry["sha256"] for entry in entries}


def read_database(settings: Settings) -> dict[str, Any]:
    """What the manifest says of the current DuckDB file: sha256, format, copies, free; empty when nothing was published."""
    return dict(read_manifest(settings.published / MANIFEST).get("database", {}))


def start_anew(con: Connection, settings: Settings) -> None:
    """Make the next snapshot start from nothing: a copy of the last one would have the blocks of deleted rows."""
    current = (settings.published / "current").resolve().name
    con.execute("update registry.manifest set sha256 = '' where run_id = ?", [current])


def read_manifest(file: Path) -> dict[str, Any]:
    """A manifest as it is; empty if it cannot be read."""
    try:
        return dict(_parsed(file.read_bytes()))
    except (FileNotFoundError, ValueError):
        return {}


@lru_cache(maxsize=4)  # the next snapshot asks for it once and more for each table
def _parsed(content: bytes) -> Mapping[str, Any]:
    return MappingProxyType(dict(json.loads(content)))


def write_manifest(
    con: Connection,
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
    manifest: dict[str, Any] = {
        "run_id": run_id,
        "published_at": published_at,
        "database": {"file": DATABASE, "sha256": digest_of_file(snapshot / DATABASE), **database},
        "tables": [asdict(table) for table in tables],
        "views": views,
        "validations": [
            {"table": table, "file": file, "sha256": digest_of_file(snapshot / file)} for table, file in validations
        ],
        "batches": _rows(
            con,
            "select resource_id, batch_id, file_name, content_sha256, raw_rows, raw_sha256, rejected_sha256 "
            "from governance.batch where status = 'in_force' order by resource_id, file_name",
        ),
        "seals": _rows(
            con,
            f"select table_name as table, version, seal.rows, hashes::varchar as hashes, duckdb from {SEALS} as seal "
            "left join governance.table_state using (table_name) order by all",
        )
        if table_exists(con, SEALS)
        else [],
    }
    listed = {snapshot / name for name in listed_files(manifest)}
    others = sorted(file for file in snapshot.rglob("*") if file.is_file() and file not in listed)
    manifest["others"] = [
        {"file": str(file.relative_to(snapshot)), "sha256": digest} for file, digest in digests_of_files(others).items()
    ]
    (snapshot / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _rows(con: Connection, sql: str) -> list[dict[str, Any]]:
    found = con.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
