"""The batch ledger: which content was delivered under which name, whether it counts, and if not, why.

Here: the table governance.batch, the table governance.batch_file (which lines of a batch are in which of its files), the
status of each batch, writing in one transaction.
Not here: reading files (the readers), accounts after standardisation (standardization/).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields, replace
from enum import StrEnum

import duckdb

from suining_data.catalog.model import Mode, Resource
from suining_data.clock import NOW
from suining_data.ingestion.reading import Part
from suining_data.ingestion.withdrawals import WITHDRAWALS
from suining_data.sql import literal
from suining_data.warehouse import transaction

LAST_LINE = 2**62

BATCH = """
create table if not exists governance.batch (
    resource_id varchar not null,
    batch_id varchar not null,
    unit_id varchar not null,
    file_name varchar not null,
    content_sha256 varchar not null,
    file_bytes bigint not null,
    status varchar not null check (status in ('in_force', 'superseded', 'replaced', 'refused', 'withdrawn')),
    refusal_zh varchar,
    refusal_en varchar,
    lines_total bigint,
    header_lines bigint,
    continuation_lines bigint,
    rejected_rows bigint,
    raw_rows bigint,
    first_seen_at timestamp not null default current_timestamp,
    run_id varchar not null,
    declaration varchar not null,
    redactions bigint default 0,
    raw_sha256 varchar,
    rejected_sha256 varchar,
    primary key (resource_id, batch_id)
)
"""
OTHERS = """
create table if not exists governance.batch_file (
    resource_id varchar not null,
    batch_id varchar not null,
    file_name varchar not null,
    first_line bigint not null,
    lines bigint not null
);
create table if not exists governance.accepted_batch (batch_id varchar primary key, accepted_at timestamp not null)
"""
COUNTED = "status not in ('refused', 'withdrawn')"  # SQL: the batches whose lines the accounts count


class Status(StrEnum):
    CURRENT = "in_force"
    SUPERSEDED = "superseded"  # mode full: a newer file contains all rows
    REPLACED = "replaced"  # a file with the same name and another content was delivered
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # a person took it back (withdrawal.py)


@dataclass(frozen=True)
class Batch:
    """One content of one resource. Counts are null when the file could not be read.

    `declaration` is the digest of the catalogue entry with which the file was read. When it changes, the file is read
    again.
    """

    resource_id: str
    batch_id: str
    unit_id: str
    file_name: str
    content_sha256: str
    file_bytes: int
    status: Status
    run_id: str
    declaration: str
    refusal_zh: str | None = None
    refusal_en: str | None = None
    lines_total: int | None = None
    header_lines: int | None = None
    continuation_lines: int | None = None
    rejected_rows: int | None = None
    raw_rows: int | None = None
    redactions: int = 0  # how often rows of a forgotten person were taken out of its file in raw/
    raw_sha256: str | None = None  # of its two files in raw/ (raw_files.py)
    rejected_sha256: str | None = None


COLUMNS = ", ".join(f.name for f in fields(Batch))


def create_ledger(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that are missing, and the columns and the status that earlier versions did not have.

    The table is written anew for them: DuckDB cannot change a check, and cannot replay `add column` after a crash if a
    column defaults to a function.
    """
    con.execute(f"create schema if not exists governance; {BATCH}; {OTHERS}")
    if not _is_of_this_version(con):
        with transaction(con):
            con.execute(f"""
                create or replace temp table former_batch as from governance.batch;
                drop table governance.batch;
                {BATCH};
                insert into governance.batch by name from former_batch;
                {WITHDRAWALS}
            """)


def _is_of_this_version(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether the ledger has the digests of raw/, and the status `withdrawn`, which came with the table of withdrawals."""
    try:
        con.execute("from registry.withdrawal limit 0")
    except duckdb.CatalogException:
        return False
    return "raw_sha256" in {name for name, *_ in con.execute("describe governance.batch").fetchall()}


def accept_batch(con: duckdb.DuckDBPyConnection, batch_id: str) -> None:
    """Records that somebody confirmed an implausible batch. Raises ValueError when no refused batch has this id."""
    refused = con.execute(
        "select 1 from governance.batch where batch_id = ? and status = 'refused'", [batch_id]
    ).fetchone()
    if not refused:
        raise ValueError(f"没有被拒的批次 {batch_id} (no refused batch has this id)")
    _accept(con, batch_id)


def accept_deletions(con: duckdb.DuckDBPyConnection, resource_and_file: str) -> None:
    """Records that somebody confirmed the deletion of many rows of an exchange table after its last fetched file."""
    _accept(con, resource_and_file)


def _accept(con: duckdb.DuckDBPyConnection, id: str) -> None:
    con.execute(f"insert or ignore into governance.accepted_batch values (?, {NOW})", [id])


def accepted_batches(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[str]:
    """Ids of the batches and deletions of a resource that somebody has confirmed."""
    rows = con.execute(
        "select batch_id from governance.accepted_batch where starts_with(batch_id, $resource || '@') "
        "or batch_id in (select batch_id from governance.batch where resource_id = $resource) order by batch_id",
        {"resource": resource_id},
    ).fetchall()
    return [batch_id for (batch_id,) in rows]


def current_batches(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[str]:
    """Ids of the batches of a resource that count, ordered by file name."""
    rows = con.execute(
        "select batch_id from governance.batch where resource_id = ? and status = 'in_force' order by file_name",
        [resource_id],
    ).fetchall()
    return [batch_id for (batch_id,) in rows]


def accounted_batches(con: duckdb.DuckDBPyConnection, resource_id: str) -> list[tuple[str, str, str, str, int, int]]:
    """Id, status, run that read it, redactions, file name and first line of each file of the batches that the accounts
    count."""
    return con.execute(f"""
        select batch_id, status, run_id, redactions, file.file_name, first_line from ({files_of(resource_id)}) as file
        join governance.batch using (batch_id) where resource_id = {literal(resource_id)} and {COUNTED}
        order by all
    """).fetchall()


def ledger_keys(con: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    """(resource_id, batch_id) of every batch of the ledger."""
    return con.execute("select resource_id, batch_id from governance.batch").fetchall()


def recorded_batches(con: duckdb.DuckDBPyConnection, resource_id: str) -> dict[str, Batch]:
    """The ledger of a resource by batch id."""
    rows = con.execute(f"select {COLUMNS} from governance.batch where resource_id = ?", [resource_id]).fetchall()
    batches = (Batch(**dict(zip(COLUMNS.split(", "), row, strict=True))) for row in rows)
    return {b.batch_id: replace(b, status=Status(b.status)) for b in batches}


def with_status(resource: Resource, batches: Iterable[Batch], in_landing: Mapping[str, str]) -> list[Batch]:
    """The batches with their new status. `in_landing` is file name -> batch id of the files in landing/ now.

    A refused or withdrawn batch replaces no other batch. A file that is removed from landing/ keeps its batch.
    """
    batches = list(batches)
    present = set(in_landing.values())
    good = {b.batch_id for b in batches if b.status not in (Status.REFUSED, Status.WITHDRAWN)}
    taken_names = {name for name, batch_id in in_landing.items() if batch_id in good}

    def is_replaced(batch: Batch) -> bool:
        if batch.batch_id in present:
            return False
        return batch.status is Status.REPLACED or batch.file_name in taken_names

    candidates = [b for b in batches if b.batch_id in good and not is_replaced(b)]
    newest = max((b.file_name for b in candidates), default=None)

    def status(batch: Batch) -> Status:
        if batch.batch_id not in good:
            return batch.status
        if is_replaced(batch):
            return Status.REPLACED
        is_old = resource.delivery.mode is Mode.FULL and batch.file_name != newest
        return Status.SUPERSEDED if is_old else Status.CURRENT

    return [replace(b, status=status(b)) for b in batches]


def read_again(con: duckdb.DuckDBPyConnection, resource_id: str) -> None:
    """Make the next intake read the files of a resource that are in landing/ again."""
    con.execute("update governance.batch set declaration = '' where resource_id = ?", [resource_id])


def mark_unread(con: duckdb.DuckDBPyConnection, batch: Batch) -> None:
    """Make the next intake read the file of one batch again, unless this one writes the ledger."""
    con.execute(
        "update governance.batch set declaration = '' where resource_id = ? and batch_id = ?",
        [batch.resource_id, batch.batch_id],
    )


def write_parts(con: duckdb.DuckDBPyConnection, resource_id: str, parts: Mapping[str, Sequence[Part]]) -> None:
    """Writes which lines of a batch are in which file. A batch that is one file has no entry."""
    for batch_id in parts:
        con.execute("delete from governance.batch_file where resource_id = ? and batch_id = ?", [resource_id, batch_id])
    rows = [
        (resource_id, batch_id, part.file_name, part.first_line, part.lines)
        for batch_id, files in parts.items()
        for part in files
    ]
    if rows:
        marks = ", ".join("(?, ?, ?, ?, ?)" for _ in rows)
        con.execute(f"insert into governance.batch_file values {marks}", [value for row in rows for value in row])


def parts_of_batch(con: duckdb.DuckDBPyConnection, resource_id: str, batch_id: str) -> tuple[Part, ...]:
    """Which lines of a batch are in which of its files; empty for a batch that is one file."""
    rows = con.execute(
        "select file_name, first_line, lines from governance.batch_file where resource_id = ? and batch_id = ? order by 2",
        [resource_id, batch_id],
    ).fetchall()
    return tuple(Part(*row) for row in rows)


def files_of(resource_id: str) -> str:
    """SQL: batch_id, file_name, first_line and last_line of every delivered file of a resource."""
    return f"""
        select batch_id, coalesce(part.file_name, batch.file_name) as file_name, coalesce(first_line, 1) as first_line,
            coalesce(first_line + lines - 1, {LAST_LINE}) as last_line
        from governance.batch left join governance.batch_file as part using (resource_id, batch_id)
        where resource_id = {literal(resource_id)}"""


def write_ledger(con: duckdb.DuckDBPyConnection, batches: Iterable[Batch]) -> None:
    """Inserts or updates the batches, all or none. `first_seen_at` of a recorded batch does not change."""
    values = (f.name for f in fields(Batch) if f.name not in ("resource_id", "batch_id"))
    updates = ", ".join(f"{name} = excluded.{name}" for name in values)
    rows = [astuple(b) for b in batches]
    if not rows:
        return
    marks = ", ".join(f"({', '.join('?' for _ in row)}, {NOW})" for row in rows)
    con.execute(
        f"insert into governance.batch ({COLUMNS}, first_seen_at) values {marks} "
        f"on conflict (resource_id, batch_id) do update set {updates}",
        [value for row in rows for value in row],
    )
