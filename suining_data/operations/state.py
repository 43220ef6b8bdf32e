"""What every table was made from: the memory that lets a refresh skip what is unchanged.

Here: governance.table_state and the question "is it current?". Not here: what a table is made of (step.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from suining_data.ingestion import create_ledger
from suining_data.linkage import create_registry, restore_registry
from suining_data.operations.step import Connection, Outcome, Step, Written, digest_of
from suining_data.publication import discard_next
from suining_data.quality import create_validations
from suining_data.settings import Settings
from suining_data.standardization import create_accounts
from suining_data.warehouse import open_warehouse


@contextmanager
def open_for_refresh(settings: Settings) -> Iterator[Connection]:
    """The warehouse with the tables that a refresh keeps its memory in, and no snapshot that was left unfinished."""
    with open_warehouse(settings) as con:
        discard_next(settings)  # of a run that was killed
        try:
            create_ledger(con)
            create_accounts(con)
            create_registry(con)
            restore_registry(con, settings)
            con.execute("""
                create table if not exists governance.table_state (
                    table_name varchar primary key, input_digest varchar, version varchar, rows bigint, run_id varchar,
                    finished_at timestamp, write_seconds double, check_seconds double);
                alter table governance.table_state add column if not exists wait_seconds double;
                create table if not exists governance.check_result (
                    table_name varchar, check_name varchar, is_blocking boolean, has_passed boolean, severity varchar,
                    description varchar, metadata json, run_id varchar)
            """)
            create_validations(con)
            yield con
        finally:
            discard_next(settings)


def input_digest(con: Connection, settings: Settings, step: Step) -> str:
    """Digest of all that decides the step's table: its own declaration, the versions it reads, files outside."""
    known: dict[str, str] = dict(con.execute("select table_name, version from governance.table_state").fetchall())
    return _input_digest(con, settings, step, known)


def is_current(con: Connection, step: Step, digest: str) -> bool:
    """Whether the table in force was made from what `digest`, its input digest of now, tells."""
    stored = con.execute("select input_digest from governance.table_state where table_name = ?", [step.key]).fetchone()
    return stored is not None and stored[0] == digest


def remember(step: Step, written: Written, outcome: Outcome, waited: float) -> None:
    """Record that the step's table is in force, what it was made from, and the seconds it took to write and to check,
    and while the run waited for it."""
    written.context.con.execute(
        "insert or replace into governance.table_state "
        "(table_name, input_digest, version, rows, run_id, finished_at, write_seconds, wait_seconds, check_seconds) "
        "values (?, ?, ?, ?, ?, current_timestamp::timestamp, ?, ?, ?)",
        [
            step.key,
            written.digest if outcome.is_final else "",
            outcome.version or written.digest,
            outcome.rows,
            written.context.run_id,
            written.write_seconds,
            waited,
            written.check_seconds,
        ],
    )


def rows(con: Connection, step: Step) -> int | None:
    """Rows of the table in force; None of a view."""
    stored = con.execute("select rows from governance.table_state where table_name = ?", [step.key]).fetchone()
    return stored[0] if stored else 0


def stale_steps(con: Connection, settings: Settings, steps: list[Step]) -> list[Step]:
    """Steps whose table is missing or not made from what lies there now, and all that lies downstream of them."""
    rows = con.execute("select table_name, input_digest, version from governance.table_state").fetchall()
    digests = {table: digest for table, digest, _ in rows}
    versions = {table: version for table, _, version in rows}
    stale: dict[str, Step] = {}
    for step in steps:
        is_stale = any(key in stale for key in step.upstream) or digests.get(step.key) != _input_digest(
            con, settings, step, versions
        )
        if is_stale:
            stale[step.key] = step
    return list(stale.values())


def _input_digest(con: Connection, settings: Settings, step: Step, versions: dict[str, str]) -> str:
    outside = step.inputs(con, settings) if step.inputs else ""
    return digest_of(step.digest, outside, *(versions.get(key, "") for key in step.upstream))
