"""The next snapshot while it is written: each table is added as soon as it is promoted, while the run builds others.

It starts as a copy of the last one, so that an unchanged table is there already, and a changed one takes the rows that
came and went. Until it is published, its schema main lists the tables of that copy, and those that were added in this run.
Here: its folder; adding a table with its Parquet file, the rows of a view, how records were linked.
Not here: the copy (last_file.py), the rows that came and went (changed_rows.py), completing and publishing the snapshot
(snapshot.py), when a table is added (orchestration/pipeline.py).
"""

import hashlib
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

from suining_data.compression import create_table
from suining_data.confidential import VALUES
from suining_data.digests import digest_of_file
from suining_data.encryption import FORMAT, attach, keys, parquet_options
from suining_data.models import Model
from suining_data.publication.changed_rows import leads_from, take_changes, version_of
from suining_data.publication.confidential_rows import Labels, hidden_version, with_persons_hidden
from suining_data.publication.last_file import copy_last, is_encrypted_as_set
from suining_data.publication.manifest import DATABASE, published_manifest, tables_of
from suining_data.publication.shapes import has_shape, typed_shape, with_shape
from suining_data.settings import Settings
from suining_data.sql import identifier, literal
from suining_data.warehouse import BASES, CODES, LIBRARIES, drop, table_exists, transaction

Connection = duckdb.DuckDBPyConnection

SCHEMAS = (*BASES, *LIBRARIES, CODES, "governance")
# how records were linked and which ids were redirected: `suining explain` reads them while the warehouse is locked; REDIRECTS
# are the tables of schema registry that are published: no person is in them
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
# what people have undone, and what checks said before: it is in schema registry because it must survive the warehouse
RECORDS = {
    f"governance.{name}": ((f"registry.{name}",), f"from registry.{name} order by all")
    for name in ("check_history", "rollback", "withdrawal")
}
PARQUET = "format parquet, compression snappy"
_opening = threading.Lock()


@dataclass(frozen=True)
class Addition:
    """Something to add to the next snapshot as soon as the tables that it reads are promoted."""

    reads: tuple[str, ...]
    add: Callable[[Connection, Settings], None]


def additions(tables: Sequence[str], views: Sequence[Model], labels: Labels) -> list[Addition]:
    """All that can be added early: tables of the published schemas, views that become tables there, links."""
    published = [name for name in tables if name.split(".")[0] in SCHEMAS]
    return [
        *(Addition((table, VALUES), partial(add_table, table=table, labels=labels)) for table in published),
        *(
            Addition((view.table, VALUES), partial(add_view, view=view, labels=labels))
            for view in views
            if reads_unpublished(view)
        ),
        *(Addition((*read, VALUES), partial(add_link, name=name, labels=labels)) for name, (read, _) in LINKS.items()),
    ]


def folder(settings: Settings) -> Path:
    """The folder in which the next snapshot is written."""
    return settings.published / ".next"


def discard_next(settings: Settings) -> None:
    """Remove the unfinished snapshot of an earlier run: it must not be continued. Raises OSError if it cannot."""
    with suppress(FileNotFoundError):
        shutil.rmtree(folder(settings))


def open_next(con: Connection, settings: Settings) -> None:
    """Attach the database of the next snapshot as `snapshot`; the first call makes it, of the last one where it can."""
    with _opening:
        file = folder(settings) / DATABASE
        is_begun = file.exists()
        file.parent.mkdir(parents=True, exist_ok=True)
        copies = 0 if is_begun else copy_last(con, settings, file)
        if not _is_open(con):
            attach(con, file, "snapshot")
        if not is_begun:
            for schema in SCHEMAS:
                con.execute(f"create schema if not exists snapshot.{schema}")
            con.execute(f"create table snapshot.main.begun as select {copies} as copies")
            con.execute("create table snapshot.main.added (name varchar)")
            # kept, because to list the tables of all databases for each of them takes longer than to compare it
            con.execute("""
                create table snapshot.main.copied as
                select schema_name || '.' || table_name as name from duckdb_tables() where database_name = 'snapshot'
            """)


def _is_open(con: Connection) -> bool:
    return con.execute("select 1 from duckdb_databases() where database_name = 'snapshot'").fetchone() is not None


def close_next(con: Connection) -> None:
    """Detach the database of the next snapshot."""
    con.execute("detach database if exists snapshot")


@contextmanager
def reading_next(con: Connection, audience: str = "snapshot") -> Iterator[None]:
    """A name of a table means the one of the next snapshot, or of the attached file of an audience, not that of the warehouse."""
    [(own,)] = con.execute("select current_database()").fetchall()
    con.execute(f"use {identifier(audience)}")
    try:
        yield
    finally:
        con.execute(f"use {identifier(own)}")


def complete_next(con: Connection, settings: Settings) -> dict[str, bool | float | str]:
    """Drop what was not added in this run, the tables of schema main too, and write all to the file. Returns what the manifest says of the file."""
    copies = con.execute("select copies from snapshot.main.begun").fetchall()[0][0]
    gone = con.execute("""
        select schema_name || '.' || table_name from duckdb_tables()
        where database_name = 'snapshot' and schema_name || '.' || table_name not in (from snapshot.main.added)
    """).fetchall()
    for (name,) in gone:
        con.execute(f"drop table snapshot.{name}")
    con.execute("checkpoint snapshot")
    return {
        "format": FORMAT,
        "encrypted": bool(keys()),
        "copies": copies,
        "free": free_share(con, "snapshot"),
        "hidden": hidden_version(con, settings),
    }


def free_share(con: Connection, database: str) -> float:
    """The share of the blocks of an attached file that have no content."""
    found = con.execute(
        "select coalesce(round(free_blocks / nullif(total_blocks, 0), 3), 0) from pragma_database_size() "
        "where database_name = ?",
        [database],
    )
    return float(found.fetchall()[0][0])


def added(con: Connection) -> set[str]:
    """The tables that were added to the next snapshot."""
    return {name for (name,) in con.execute("select name from snapshot.main.added").fetchall()}


def add_table(con: Connection, settings: Settings, table: str, labels: Labels) -> None:
    """Bring a table of the snapshot up to the table of the warehouse, and write its Parquet file."""
    open_next(con, settings)
    rows = typed_shape(con, with_persons_hidden(con, settings, table, labels))
    is_other, target = rows != f"from {table}", f"snapshot.{table}"
    changed = rows if is_other else ""
    before = _last(con, settings, table).get("version", "")
    is_kept = before != "" and before == version_of(con, table)
    with _adding(con, table):
        is_there = is_copied(con, table)
        if not (
            is_there and (is_kept or (leads_from(con, table, before) and take_changes(con, target, table, changed)))
        ):
            _copy_whole(con, table, rows)
    write_parquet(con, settings, table, f"from {target}" if is_other else rows)  # hiding takes long


def add_view(con: Connection, settings: Settings, view: Model, labels: Labels) -> None:
    """Bring the table of the snapshot that has the rows of a view up to date."""
    open_next(con, settings)
    rows = typed_shape(con, with_persons_hidden(con, settings, view.table, labels, f"({view.sql})"))
    last = published_manifest(con, settings.published / "current").get("database", {})
    before, now = last.get("views", {}).get(view.table), read_by(con, view)
    with _adding(con, view.table):
        if not (
            is_copied(con, view.table) and (before == now or _take_changes_of_view(con, view, rows, before or {}, now))
        ):
            _copy_whole(con, view.table, rows)


def read_by(con: Connection, view: Model) -> dict[str, str]:
    """What decides the rows of a view: its SELECT and the versions of the tables that it reads."""
    return {"sql": hashlib.sha256(view.sql.encode()).hexdigest(), **{ref: version_of(con, ref) for ref in view.refs}}


def _take_changes_of_view(con: Connection, view: Model, rows: str, before: dict[str, str], now: dict[str, str]) -> bool:
    if before.keys() != now.keys() or before["sql"] != now["sql"] or not makes_row_of_each_row(view):
        return False
    (table,) = view.refs
    return leads_from(con, table, before[table]) and take_changes(con, f"snapshot.{view.table}", table, rows)


def makes_row_of_each_row(view: Model) -> bool:
    """Whether a view reads one table, and makes a row of each of its rows without regard to the others."""
    tree = sqlglot.parse_one(view.sql, dialect="duckdb")
    selects = list(tree.find_all(exp.Select))
    others = (exp.Join, exp.Group, exp.AggFunc, exp.Window, exp.Distinct, exp.Limit, exp.Unnest, exp.SetOperation)
    return len(view.refs) == 1 and len(selects) == 1 and tree.find(*others) is None


@contextmanager
def _adding(con: Connection, name: str) -> Iterator[None]:
    """A transaction that also lists the table as added."""
    with transaction(con):
        yield
        con.execute("insert into snapshot.main.added values (?)", [name])


def is_copied(con: Connection, table: str) -> bool:
    """Whether the next snapshot began with a table of this name."""
    return con.execute("select 1 from snapshot.main.copied where name = ?", [table]).fetchone() is not None


def _copy_whole(con: Connection, table: str, rows: str) -> None:
    """Copy the rows of a table or a view, a SELECT, into the snapshot as a table; call it inside a transaction."""
    drop(con, f"snapshot.{table}")
    create_table(con, f"snapshot.{table}", rows)


def add_link(con: Connection, settings: Settings, name: str, labels: Labels) -> None:
    """Add one of LINKS, REDIRECTS or RECORDS to the snapshot, if the tables that it reads exist."""
    read, sql = (LINKS | REDIRECTS | RECORDS)[name]
    if all(table_exists(con, table) for table in read):
        open_next(con, settings)
        with _adding(con, name):
            drop(con, f"snapshot.{name}")
            rows = with_persons_hidden(con, settings, name, labels, f"({sql})")
            con.execute(f"create table snapshot.{name} as {rows}")


def reads_unpublished(view: Model) -> bool:
    """Whether a view reads tables that are not published: then it becomes a table in the snapshot."""
    return any(ref.split(".")[0] not in SCHEMAS for ref in view.refs)


def _last(con: Connection, settings: Settings, table: str) -> dict[str, str]:
    """What the last manifest says of a table; empty if it is not in it, it hid other persons or values, is encrypted in another way, or the
    manifest is not the one that was published."""
    last = published_manifest(con, settings.published / "current")
    database = last.get("database", {})
    is_usable = is_encrypted_as_set(database) and database.get("hidden", "") == hidden_version(con, settings)
    return tables_of(last).get(table, {}) if is_usable else {}


def parquet_file(table: str) -> str:
    """Path of a table's file within a snapshot."""
    return f"parquet/{table.replace('.', '/')}.parquet"


def is_shared(settings: Settings, table: str) -> bool:
    """Whether the table shares its file with the current snapshot."""
    published = settings.published / parquet_file(table)
    return published.exists() and published.samefile(folder(settings) / parquet_file(table))


def write_parquet(con: Connection, settings: Settings, table: str, rows: str) -> None:
    """Write the table's file. A table that did not change shares the file of the current snapshot, if that is intact."""
    version, before = version_of(con, table), _last(con, settings, table)
    is_unchanged = bool(version) and before.get("version") == version
    unchanged = before["sha256"] if is_unchanged else ""
    write_or_share(con, settings, rows, parquet_file(table), unchanged, parquet_options(PARQUET))


def write_or_share(
    con: Connection, settings: Settings, rows: str, name: str, unchanged: str, options: str = PARQUET
) -> None:
    """Write the rows of a SELECT into a file of this name in the next snapshot, or share the current one if its digest is still `unchanged`."""
    file, shaped = folder(settings) / name, with_shape(con, rows)
    published = settings.published / name
    is_as_written = bool(unchanged) and published.exists() and (shaped == rows or has_shape(con, published))
    if not (is_as_written and share(settings, name, unchanged)):
        file.parent.mkdir(parents=True, exist_ok=True)
        con.execute(f"copy ({shaped}) to {literal(file)} ({options})")


def share(settings: Settings, name: str, digest: str) -> bool:
    """Let the next snapshot share a file of the current one, if that has this digest; empty is none. Returns whether it does."""
    file, published = folder(settings) / name, settings.published / name
    if not (digest and published.exists() and digest_of_file(published) == digest):
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    os.link(published.resolve(), file)
    return True
