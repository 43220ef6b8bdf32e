"""The next snapshot in the making: tables go into it as they are in force, while the run is still at others.

Here: where it is made; adding a table and its Parquet file, what a view shows, how records were linked.
Not here: what makes it whole and puts it in use (snapshot.py), when a table is added (orchestration/pipeline.py).
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
FORMAT = "v1.3.0"  # of DuckDB's file: the first that compresses texts by dict_fsst, half the size for little time
# how records were linked and which ids have given way: `suining explain` asks for them while the warehouse is busy
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
# texts that hardly repeat: to look for a compression of them costs more than to write them, and finds none
UNLIKE = re.compile(
    "(person|organization|resident|relationship|credential|enrolment|conflict)_id|name|phone|identifier"
)
_opening = threading.Lock()


@dataclass(frozen=True)
class Addition:
    """What may go into the next snapshot as soon as the tables it reads are in force."""

    reads: tuple[str, ...]
    add: Callable[[Connection, Settings], None]


def additions(tables: Sequence[str], views: Sequence[Model]) -> list[Addition]:
    """What there is to add early: tables of the schemas that are published, views that are tables there, links."""
    published = [name for name in tables if name.split(".")[0] in SCHEMAS]
    return [
        *(Addition((table,), partial(add_table, table=table)) for table in published),
        *(Addition((view.table,), partial(copy_table, table=view.table)) for view in views if reads_more(view)),
        *(Addition(read, partial(add_link, name=name)) for name, (read, _) in LINKS.items()),
    ]


def folder(settings: Settings) -> Path:
    """Where the next snapshot is made."""
    return settings.published / ".next"


def discard_next(settings: Settings) -> None:
    """Remove what a run has left of a snapshot that it did not finish. OSError if it stays: it must not be gone on with."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder(settings))


def open_next(con: Connection, settings: Settings) -> None:
    """Attach the database of the next snapshot as `snapshot`, with its schemas, if it is not."""
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
    """Put a table of the warehouse into the snapshot, and write its Parquet file."""
    copy_table(con, settings, table)
    write_parquet(con, settings, table)


def copy_table(con: Connection, settings: Settings, table: str) -> None:
    """Put a table, or what a view shows, into the snapshot as a table."""
    open_next(con, settings)
    declared = [
        f"{identifier(name)} {kind}"
        + (" using compression uncompressed" if kind == "VARCHAR" and UNLIKE.fullmatch(name) else "")
        for name, kind, *_ in con.execute(f"describe {table}").fetchall()
    ]
    with transaction(con):
        con.execute(f"create table snapshot.{table} ({', '.join(declared)})")
        con.execute(f"insert into snapshot.{table} from {table}")


def add_link(con: Connection, settings: Settings, name: str) -> None:
    """Put one of LINKS or REDIRECTS into the snapshot, if there is what it reads."""
    read, sql = (LINKS | REDIRECTS)[name]
    if all(table_exists(con, table) for table in read):
        open_next(con, settings)
        con.execute(f"create table snapshot.{name} as {sql}")


def reads_more(view: Model) -> bool:
    """Whether a view reads what is not published: in the snapshot it is a table then."""
    return any(ref.split(".")[0] not in SCHEMAS for ref in view.refs)


def parquet_file(table: str) -> str:
    """Where a table's file lies in a snapshot."""
    return f"parquet/{table.replace('.', '/')}.parquet"


def is_shared(settings: Settings, table: str) -> bool:
    """Whether the table's file is that of the snapshot in use."""
    published = settings.published / parquet_file(table)
    return published.exists() and published.samefile(folder(settings) / parquet_file(table))


def version_of(con: Connection, table: str) -> str:
    """What the table in force was made from; empty of a table that no step makes."""
    state = con.execute("select version from governance.table_state where table_name = ?", [table]).fetchone()
    return state[0] if state else ""


def write_parquet(con: Connection, settings: Settings, table: str) -> None:
    """The table's file; a table that did not change shares the file of the snapshot in use."""
    file, published = folder(settings) / parquet_file(table), settings.published / parquet_file(table)
    file.parent.mkdir(parents=True, exist_ok=True)
    version, before = version_of(con, table), read_manifest(settings).get(table)
    if version and before and before["version"] == version and published.exists():
        os.link(published.resolve(), file)
    else:
        con.execute(f"copy {table} to {literal(file)} (format parquet, compression snappy)")
