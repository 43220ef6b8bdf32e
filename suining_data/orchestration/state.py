"""The state of every table: a digest of its inputs, so that a refresh skips unchanged tables.

Here: governance.table_state; whether a table is current, and which steps are stale. Not here: the inputs of a step
(step.py), when it is written (scheduler.py).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from suining_data.ingestion import create_ledger
from suining_data.linkage import create_registry, restore_registry
from suining_data.orchestration.step import Connection, Step, StepResult, WriteResult, digest_of
from suining_data.publication import discard_next
from suining_data.quality import create_validations
from suining_data.settings import Settings
from suining_data.standardization import create_accounts
from suining_data.warehouse import OnWait, open_warehouse


@dataclass(frozen=True)
class TableState:
    """The state of the current table: its rows (None for a view) and the version of its content."""

    rows: int | None
    version: str


@contextmanager
def open_for_refresh(settings: Settings, on_wait: OnWait | None = None) -> Iterator[Connection]:
    """The warehouse under the run's lock, with the tables of the state, and without the unfinished snapshot of a killed run.

    While another run has the lock: raises WarehouseBusy; with `on_wait`, calls it once and waits for the lock.
    """
    with open_warehouse(settings, on_wait) as con:
        discard_next(settings)
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
    """Digest of all inputs of the step's table: its declaration, the versions of the tables it reads, files."""
    versions: dict[str, str] = dict(con.execute("select table_name, version from governance.table_state").fetchall())
    return _input_digest(con, settings, step, versions)


def is_current(con: Connection, step: Step, digest: str) -> bool:
    """Whether the step's table was made from the inputs with this digest, which is the input digest of now."""
    stored = con.execute("select input_digest from governance.table_state where table_name = ?", [step.key]).fetchone()
    return stored is not None and stored[0] == digest


def version_of(result: StepResult, write: WriteResult) -> str:
    """The version of what the step wrote. It is the same for the same inputs, in every run."""
    return write.version or result.input_digest


def record(step: Step, result: StepResult, write: WriteResult, wait_seconds: float) -> None:
    """Record that the step's table was promoted, what it was made from, and how long it took.

    `wait_seconds`: how long the run's thread waited for it.
    """
    result.context.con.execute(
        "insert or replace into governance.table_state "
        "(table_name, input_digest, version, rows, run_id, finished_at, write_seconds, wait_seconds, check_seconds) "
        "values (?, ?, ?, ?, ?, current_timestamp::timestamp, ?, ?, ?)",
        [
            step.key,
            result.input_digest if write.is_final else "",
            version_of(result, write),
            write.rows,
            result.context.run_id,
            result.write_seconds,
            wait_seconds,
            result.check_seconds,
        ],
    )


def load(con: Connection, step: Step) -> TableState:
    """The state of the step's table, which must have been promoted before (LookupError otherwise)."""
    stored = con.execute("select rows, version from governance.table_state where table_name = ?", [step.key]).fetchone()
    if stored is None:
        raise LookupError(f"{step.key} was never promoted")
    return TableState(*stored)


def stale_steps(con: Connection, settings: Settings, steps: list[Step]) -> list[Step]:
    """Steps whose table is missing or whose inputs have changed, and all steps downstream of them."""
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
