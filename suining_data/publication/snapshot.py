"""A snapshot: what analysts open, written beside the one in use and swapped in whole.

Here: the DuckDB file with tables and views, one Parquet file per table, the manifest, the swap, keeping the last
snapshots.
Not here: what the tables hold (dbt_like_sql/), who may see what.

published/snapshots/<run>/ holds a snapshot; the link published/current names the one in use, and the other names
(suining.duckdb, parquet, manifest.json) lead through it: replacing one link replaces all at once. Readers that have
the old file open keep it.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from suining_data.models import Model
from suining_data.settings import Settings
from suining_data.warehouse import BASES, LIBRARIES, SLOW_TO_CHOOSE, release_memory, table_exists, transaction

SCHEMAS = (*BASES, *LIBRARIES, "governance")
OFFERED = ("suining.duckdb", "parquet", "manifest.json")
# how records were linked and which ids have given way: `suining explain` asks for them while the warehouse is busy
_LINKS = "select record_id, role, rule, weight, to_json(evidence) as evidence from linked.{0}_unidentified join linked.{0}_link using (token)"
ALSO = {
    f"governance.{subject}_{name}": (read, sql.format(subject))
    for subject in ("person", "organization")
    for name, read, sql in (
        ("link", f"linked.{subject}_link", _LINKS),
        ("redirect", f"registry.{subject}_redirect", "from registry.{0}_redirect"),
    )
}
# texts that hardly repeat: to look for a compression of them costs more than to write them, and finds none
UNLIKE = re.compile(
    "(person|organization|resident|relationship|credential|enrolment|conflict)_id|name|phone|identifier"
)
KEPT = 2  # snapshots: the one in use and the one before


@dataclass(frozen=True)
class PublishedTable:
    """A table of the snapshot; `version` says what it was made from."""

    table: str
    rows: int
    file: str
    sha256: str
    version: str


def publish(
    con: duckdb.DuckDBPyConnection, settings: Settings, run_id: str, views: Sequence[Model] = ()
) -> list[PublishedTable]:
    """Write a new snapshot of the bases and put it in use; the one in use stays whole whatever happens.

    `views`, each after those it reads, are in the DuckDB file only.
    """
    snapshot = settings.published / "snapshots" / run_id
    shutil.rmtree(snapshot, ignore_errors=True)
    (snapshot / "parquet").mkdir(parents=True)
    before = read_manifest(settings)
    tables = _tables(con)
    release_memory(con, settings)
    with con.cursor() as beside, ThreadPoolExecutor(max_workers=1) as pool:  # neither keeps every core busy alone
        written = [pool.submit(_write_parquet, beside, settings, snapshot, table, before) for table in tables]
        _write_database(con, snapshot / "suining.duckdb", tables, views)
        published = [each.result() for each in written]
    _write_manifest(con, snapshot, published, [view.table for view in views], run_id)
    _put_in_use(settings, snapshot)
    _forget_old(settings)
    return published


def read_manifest(settings: Settings) -> dict[str, dict[str, str]]:
    """Tables of the snapshot in use by name; empty when nothing was published."""
    file = settings.published / "manifest.json"
    if not file.exists():
        return {}
    return {entry["table"]: entry for entry in json.loads(file.read_text(encoding="utf-8"))["tables"]}


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    rows = con.execute(
        """
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = current_database() and list_contains(?, schema_name) and not ends_with(table_name, '__next')
        order by list_position(?, schema_name), table_name
        """,
        [list(SCHEMAS), list(SCHEMAS)],
    ).fetchall()
    return [name for (name,) in rows]


def _write_database(con: duckdb.DuckDBPyConnection, file: Path, tables: list[str], views: Sequence[Model]) -> None:
    con.execute(f"attach '{file}' as snapshot")
    con.execute("set disabled_compression_methods = 'fsst'")  # a third of the time for a file of twice the size
    try:
        for schema in SCHEMAS:
            con.execute(f"create schema snapshot.{schema}")
        for table in tables:
            _copy(con, table)
        for name, (read, sql) in ALSO.items():
            if table_exists(con, read):
                con.execute(f"create table snapshot.{name} as {sql}")
        _write_views(con, tables, views)
        _copy_comments(con, [*tables, *(view.table for view in views)])
        con.execute("checkpoint snapshot")
    finally:
        con.execute("detach snapshot")
        con.execute("set disabled_compression_methods = ?", [SLOW_TO_CHOOSE])


def _copy(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """The table, or what the view shows, as a table of the snapshot."""
    declared = [
        f'"{name}" {kind}' + (" using compression uncompressed" if kind == "VARCHAR" and UNLIKE.fullmatch(name) else "")
        for name, kind, *_ in con.execute(f"describe {table}").fetchall()
    ]
    con.execute(f"create table snapshot.{table} ({', '.join(declared)})")
    con.execute(f"insert into snapshot.{table} from {table}")


def _write_views(con: duckdb.DuckDBPyConnection, tables: list[str], views: Sequence[Model]) -> None:
    """A view of what is published stays one; a view of more becomes the table it shows."""
    published = set(tables)
    for view in views:
        if published.issuperset(view.refs):
            con.execute(f"create view snapshot.{view.table} as {view.sql}")
        else:
            _copy(con, view.table)
        published.add(view.table)


def _copy_comments(con: duckdb.DuckDBPyConnection, tables: list[str]) -> None:
    """Descriptions of tables, views and columns go along, so that `describe` and every client shows them."""
    comments = con.execute(
        """
        with comment as (
            select 'table' as kind, schema_name || '.' || table_name as name, null as column_name, comment
            from duckdb_tables() where database_name = current_database()
            union all
            select 'table', schema_name || '.' || view_name, null, comment
            from duckdb_views() where database_name = current_database()
            union all
            select 'column', schema_name || '.' || table_name, column_name, comment
            from duckdb_columns() where database_name = current_database()
        )
        select kind, concat_ws('.', name, column_name), comment from comment
        where comment is not null and list_contains(?, name)
        """,
        [tables],
    ).fetchall()
    with transaction(con):
        for kind, name, comment in comments:
            text = comment.replace("'", "''")
            con.execute(f"comment on {kind} snapshot.{name} is '{text}'")


def _write_parquet(
    con: duckdb.DuckDBPyConnection, settings: Settings, snapshot: Path, table: str, before: dict[str, dict[str, str]]
) -> PublishedTable:
    """The table's file; a table that did not change shares the file of the snapshot before."""
    relative = f"parquet/{table.replace('.', '/')}.parquet"
    file = snapshot / relative
    file.parent.mkdir(exist_ok=True)
    state = con.execute("select version from governance.table_state where table_name = ?", [table]).fetchone()
    version = state[0] if state else ""
    count = con.execute(f"select count(*) from {table}").fetchone()
    rows = int(count[0]) if count else 0
    old = before.get(table)
    old_file = (settings.published / relative).resolve()
    if version and old and old["version"] == version and old_file.exists():
        os.link(old_file, file)
        return PublishedTable(table, rows, relative, old["sha256"], version)
    con.execute(f"copy {table} to '{file}' (format parquet, compression snappy)")
    with file.open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    return PublishedTable(table, rows, relative, digest, version)


def _write_manifest(
    con: duckdb.DuckDBPyConnection, snapshot: Path, tables: list[PublishedTable], views: list[str], run_id: str
) -> None:
    batches = con.execute("""
        select resource_id, batch_id, file_name, content_sha256, raw_rows
        from governance.batch where status = 'in_force' order by resource_id, file_name
    """).fetchall()
    names = ("resource_id", "batch_id", "file_name", "content_sha256", "raw_rows")
    with (snapshot / "suining.duckdb").open("rb") as content:
        digest = hashlib.file_digest(content, "sha256").hexdigest()
    manifest = {
        "run_id": run_id,
        "published_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "database": {"file": "suining.duckdb", "sha256": digest},
        "tables": [asdict(table) for table in tables],
        "views": views,
        "batches": [dict(zip(names, batch, strict=True)) for batch in batches],
    }
    (snapshot / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")


def _put_in_use(settings: Settings, snapshot: Path) -> None:
    _link(settings.published / "current", Path("snapshots") / snapshot.name)
    for name in OFFERED:
        if not (settings.published / name).is_symlink():
            _link(settings.published / name, Path("current") / name)


def _link(link: Path, target: Path) -> None:
    fresh = link.with_name(f".{link.name}.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target)
    fresh.replace(link)


def _forget_old(settings: Settings) -> None:
    in_use = (settings.published / "current").resolve()
    others = [path for path in (settings.published / "snapshots").iterdir() if path != in_use]
    for old in sorted(others, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(old)
