"""The next snapshot while it is written: each table is added as soon as it is promoted, while the run builds others.

Here: its folder; adding a table with its Parquet file, the rows of a view, how records were linked.
Not here: completing and publishing it (snapshot.py), when a table is added (orchestration/pipeline.py).
"""

import os
import re
import shutil
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb

from suining_data.models import Model
from suining_data.publication.manifest import DATABASE, read_manifest
from suining_data.settings import Settings
from suining_data.sql import identifier, literal
from suining_data.warehouse import BASES, LIBRARIES, table_exists, transaction

Connection = duckdb.DuckDBPyConnection

SCHEMAS = (*BASES, *LIBRARIES, "governance")
FORMAT = "v1.3.0"  # of DuckDB's file: the first with dict_fsst, which halves the size of texts in little time
# how records were linked and which ids were redirected: `suining explain` reads them while the warehouse is locked
LINKS = {
    f"governance.{subject}_link": (
        (f"linked.{subject}_link", f"linked.{subject}_unresolved"),
        "select record_id, role, rule, weight, to_json(evidence) as evidence "
        f"from linked.{subject}_unresolved join linked.{subject}_link using (token)",
    )
    for subject in ("person", "organization")
}
REDIRECTS = {
    f"governance.{subject}_redirect": ((f"registry.{subject}_redirect",), f"from registry.{subject}_redirect")
    for subject in ("person", "organization")
}
# texts that hardly repeat: looking for a compression costs more time than writing them, and finds none
RARELY_REPEATED = re.compile(
    "(person|organization|resident|relationship|credential|enrolment|conflict)_id|name|phone|identifier"
)
_opening = threading.Lock()


@dataclass(frozen=True)
class Addition:
    """Something to add to the next snapshot as soon as the tables that it reads are promoted."""

    reads: tuple[str, ...]
    add: Callable[[Connection, Settings], None]


def additions(tables: Sequence[str], views: Sequence[Model]) -> list[Addition]:
    """All that can be added early: tables of the published schemas, views that become tables there, links."""
    published = [name for name in tables if name.split(".")[0] in SCHEMAS]
    return [
        *(Addition((table,), partial(add_table, table=table)) for table in published),
        *(Addition((view.table,), partial(copy_table, table=view.table)) for view in views if reads_unpublished(view)),
        *(Addition(read, partial(add_link, name=name)) for name, (read, _) in LINKS.items()),
    ]


def folder(settings: Settings) -> Path:
    """The folder in which the next snapshot is written."""
    return settings.published / ".next"


def discard_next(settings: Settings) -> None:
    """Remove the unfinished snapshot of an earlier run: it must not be continued. Raises OSError if it cannot."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder(settings))


def open_next(con: Connection, settings: Settings) -> None:
    """Attach the database of the next snapshot as `snapshot` and create its schemas, if that is not done yet."""
    with _opening:
        folder(settings).mkdir(parents=True, exist_ok=True)
        con.execute(
            f"attach if not exists {literal(folder(settings) / DATABASE)} as snapshot (storage_version '{FORMAT}')"
        )
        for schema in SCHEMAS:
            con.execute(f"create schema if not exists snapshot.{schema}")


def close_next(con: Connection) -> None:
    """Detach the database of the next snapshot."""
    con.execute("detach database if exists snapshot")


def add_table(con: Connection, settings: Settings, table: str) -> None:
    """Copy a table of the warehouse into the snapshot, and write its Parquet file."""
    copy_table(con, settings, table)
    write_parquet(con, settings, table)


def copy_table(con: Connection, settings: Settings, table: str) -> None:
    """Copy a table, or the rows of a view, into the snapshot as a table."""
    open_next(con, settings)
    declared = [
        f"{identifier(name)} {kind}"
        + (" using compression uncompressed" if kind == "VARCHAR" and RARELY_REPEATED.fullmatch(name) else "")
        for name, kind, *_ in con.execute(f"describe {table}").fetchall()
    ]
    with transaction(con):
        con.execute(f"create table snapshot.{table} ({', '.join(declared)})")
        con.execute(f"insert into snapshot.{table} from {table}")


def add_link(con: Connection, settings: Settings, name: str) -> None:
    """Add one of LINKS or REDIRECTS to the snapshot, if the tables that it reads exist."""
    read, sql = (LINKS | REDIRECTS)[name]
    if all(table_exists(con, table) for table in read):
        open_next(con, settings)
        con.execute(f"create table snapshot.{name} as {sql}")


def reads_unpublished(view: Model) -> bool:
    """Whether a view reads tables that are not published: then it becomes a table in the snapshot."""
    return any(ref.split(".")[0] not in SCHEMAS for ref in view.refs)


def parquet_file(table: str) -> str:
    """Path of a table's file within a snapshot."""
    return f"parquet/{table.replace('.', '/')}.parquet"


def is_shared(settings: Settings, table: str) -> bool:
    """Whether the table shares its file with the current snapshot."""
    published = settings.published / parquet_file(table)
    return published.exists() and published.samefile(folder(settings) / parquet_file(table))


def version_of(con: Connection, table: str) -> str:
    """Version of the current table; empty for a table that no step makes."""
    state = con.execute("select version from governance.table_state where table_name = ?", [table]).fetchone()
    return state[0] if state else ""


def write_parquet(con: Connection, settings: Settings, table: str) -> None:
    """Write the table's file. A table that did not change shares the file of the current snapshot."""
    file, published = folder(settings) / parquet_file(table), settings.published / parquet_file(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    version, before = version_of(con, table), read_manifest(settings).get(table)
    if version and before and before["version"] == version and published.exists():
        os.link(published.resolve(), file)
    else:
        con.execute(f"copy {table} to {literal(file)} (format parquet, compression snappy)")
