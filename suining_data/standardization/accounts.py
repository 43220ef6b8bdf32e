"""Row accounts: for every batch, the rows that came in equal the staged, quarantined and superseded rows together.

Here: the tables governance.row_account, governance.quarantine and governance.superseded, the two equations; the table
governance.silent_revision, which a batch has beside them.
Not here: why a row is quarantined (statement.py), how a file is read (ingestion/), what a silent revision is (revisions.py).
"""

from dataclasses import dataclass

import duckdb

ACCOUNTS = ("row_account", "quarantine", "superseded")  # tables of schema governance, written with a staged table
REVISIONS = "silent_revision"  # also of schema governance
UNBALANCED = """
    lines_total <> header_lines + continuation_lines + rejected + raw
    or raw <> staged + quarantined + superseded
"""


@dataclass(frozen=True)
class Unbalanced:
    """A batch whose lines or rows are not all accounted for."""

    file: str  # with the folder of its unit
    lines: int
    header: int
    continuation: int
    rejected: int
    raw: int
    staged: int
    quarantined: int
    superseded: int


def create_accounts(con: duckdb.DuckDBPyConnection) -> None:
    """Create the tables of the accounts if they do not exist."""
    con.execute("""
        create table if not exists governance.row_account (
            resource_id varchar, batch_id varchar, lines_total bigint, header_lines bigint, continuation_lines bigint,
            rejected bigint, raw bigint, staged bigint, quarantined bigint, superseded bigint);
        create table if not exists governance.quarantine (
            resource_id varchar, unit_id varchar, batch_id varchar, file_name varchar, line_number bigint,
            scope varchar, field varchar, rule varchar, reason varchar, received varchar, raw_text varchar,
            record_id bigint);
        create table if not exists governance.superseded (
            resource_id varchar, batch_id varchar, line_number bigint, superseded_by bigint);
        create table if not exists governance.silent_revision (
            resource_id varchar, unit_id varchar, field varchar, own_date date, former_batch_id varchar,
            former_file_name varchar, former_line_number bigint, former_record_id bigint, batch_id varchar,
            file_name varchar, line_number bigint, record_id bigint);
        alter table governance.quarantine add column if not exists record_id bigint;
    """)


def unbalanced_batches(con: duckdb.DuckDBPyConnection, table: str, unit_id: str, resource_id: str) -> list[Unbalanced]:
    """The batches whose equations do not hold in `table` (columns as in governance.row_account), by file."""
    rows = con.execute(
        f"""
        select ? || '/' || file_name, account.lines_total, account.header_lines, account.continuation_lines,
            account.rejected, account.raw, account.staged, account.quarantined, account.superseded
        from (from {table} where resource_id = ? and ({UNBALANCED})) as account
        join governance.batch as batch using (resource_id, batch_id)
        order by all
        """,
        [unit_id, resource_id],
    ).fetchall()
    return [Unbalanced(*row) for row in rows]
