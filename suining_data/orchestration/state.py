"""The state of every table: a digest of its inputs, so that a refresh skips unchanged tables.

Here: governance.table_state; whether a table is current, and which steps are stale. Not here: the inputs of a step
(step.py), when it is written (scheduler.py).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from suining_data.access import begin_chain
from suining_data.clock import set_not_before
from suining_data.confidential import create_hidden
from suining_data.history import create_history
from suining_data.ingestion import create_ledger, encrypt_raw_files, seal_batches
from suining_data.linkage import create_registry, restore_registry
from suining_data.orchestration.check_results import begin_check_history, create_check_history
from suining_data.orchestration.step import Connection, Inputs, Step, StepResult, WriteResult, digest_of
from suining_data.publication import (
    close_folders,
    create_manifests,
    create_rollbacks,
    discard_next,
    signing_key,
    trust_kept,
)
from suining_data.quality import create_corrections, create_scores, create_validations
from suining_data.seals import create_seals
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

    While another run has the lock: raises WarehouseBusy; with `on_wait`, calls it once and waits for the lock. Raises KeyUnusable
    if it could not sign.
    """
    signing_key(settings)  # before the hours of a run, not at their end
    with open_warehouse(settings, on_wait) as con:
        close_folders(settings)
        discard_next(settings)
        try:
            create_ledger(con)
            create_accounts(con)
            create_registry(con)
            create_scores(con)
            create_corrections(con)
            create_check_history(con)
            create_rollbacks(con)
            create_manifests(con)
            create_hidden(con)
            restore_registry(con, settings)
            begin_chain(con)  # after the copy was read: it may have one
            seal_batches(con, settings)
            encrypt_raw_files(con, settings)
            trust_kept(con, settings)
            create_history(con)  # after the copy was read: it adds columns that the copy lacks
            con.execute("""
                create table if not exists governance.table_state (
                    table_name varchar primary key, input_digest varchar, version varchar, rows bigint, run_id varchar,
                    finished_at timestamp, write_seconds double, check_seconds double);
                alter table governance.table_state add column if not exists wait_seconds double;
                alter table governance.table_state add column if not exists inputs json;
                alter table governance.table_state add column if not exists changed_from varchar;
                create table if not exists governance.check_result (
                    table_name varchar, check_name varchar, is_blocking boolean, has_passed boolean, severity varchar,
                    description varchar, metadata json, run_id varchar)
            """)
            set_not_before(con)  # again: the copy was read
            begin_check_history(con)
            create_validations(con)
            create_seals(con)
            yield con
        finally:
            discard_next(settings)


def inputs_of(con: Connection, settings: Settings, step: Step) -> Inputs:
    """All inputs of the step's table as they are now."""
    return _inputs(con, settings, step, dict(con.execute(_VERSIONS).fetchall()))


FAILED_GATES = (
    "select table_name from governance.check_result where is_blocking and not has_passed and severity = 'ERROR'"
)
_VERSIONS = "select table_name, version from governance.table_state"


def is_current(con: Connection, settings: Settings, step: Step, inputs: Inputs) -> bool:
    """Whether the step's table was made from these inputs, which are those of now, and is still there."""
    if step.is_lost and step.is_lost(con, settings):
        return False
    stored = con.execute("select input_digest from governance.table_state where table_name = ?", [step.key]).fetchone()
    return stored is not None and stored[0] == inputs.digest


def changed_tables(con: Connection, step: Step, inputs: Inputs) -> list[str] | None:
    """The tables that have changed since the step's table was written, if the change tables tell all that has.

    None if not: the declaration or the code has changed, a table has no change table, or it starts from another version.
    """
    stored = con.execute("select inputs from governance.table_state where table_name = ?", [step.key]).fetchone()
    if not stored or not stored[0]:
        return None
    before = json.loads(stored[0])
    if before["own"] != inputs.own or before["versions"].keys() != inputs.versions.keys():
        return None
    changed = [table for table, version in inputs.versions.items() if before["versions"][table] != version]
    listed = dict(con.execute("select table_name, changed_from from governance.table_state").fetchall())
    return changed if all(listed.get(table) == before["versions"][table] for table in changed) else None


def version_of(con: Connection, step: Step, result: StepResult, write: WriteResult) -> str:
    """The version of what the step wrote: that of the current table if it has the same rows.

    Otherwise it is the same for the same inputs, in every run.
    """
    before = _stored_version(con, step) if result.difference.is_none else None
    return before or write.version or result.inputs.digest


def _stored_version(con: Connection, step: Step) -> str | None:
    stored = con.execute("select version from governance.table_state where table_name = ?", [step.key]).fetchone()
    return str(stored[0]) if stored else None


def record(step: Step, result: StepResult, write: WriteResult, wait_seconds: float) -> TableState:
    """Record that the step's table was promoted, what it was made from, and how long it took.

    `wait_seconds`: how long the run's thread waited for it. `changed_from` is the version from which its change table
    leads to this one; null if the change table does not exist.
    """
    con = result.context.con
    before, version = _stored_version(con, step), version_of(con, step, result, write)
    con.execute(
        "insert or replace into governance.table_state (table_name, input_digest, inputs, version, changed_from, rows, "
        "run_id, finished_at, write_seconds, wait_seconds, check_seconds) "
        "values (?, ?, ?, ?, ?, ?, ?, current_timestamp::timestamp, ?, ?, ?)",
        [
            step.key,
            result.inputs.digest if write.is_final else "",
            json.dumps({"own": result.inputs.own, "versions": dict(result.inputs.versions)}),
            version,
            before if result.difference.is_listed else None,
            write.rows,
            result.context.run_id,
            result.write_seconds,
            wait_seconds,
            result.check_seconds,
        ],
    )
    return TableState(write.rows, version)


def load(con: Connection, step: Step) -> TableState:
    """The state of the step's table, which must have been promoted before (LookupError otherwise)."""
    stored = con.execute("select rows, version from governance.table_state where table_name = ?", [step.key]).fetchone()
    if stored is None:
        raise LookupError(f"{step.key} was never promoted")
    return TableState(*stored)


def stale_steps(con: Connection, settings: Settings, steps: list[Step]) -> list[Step]:
    """Steps whose table is missing or whose inputs have changed, and all steps downstream of them.

    With a table whose blocking check has failed come the deliveries that it is made from, although they have not changed:
    Dagster executes a failed run again with the tables that it had, and a corrected file is then to be read.
    """
    rows = con.execute("select table_name, input_digest, version from governance.table_state").fetchall()
    digests = {table: digest for table, digest, _ in rows}
    versions = {table: version for table, _, version in rows}
    stale: dict[str, Step] = {}
    for step in steps:
        is_changed = digests.get(step.key) != _inputs(con, settings, step, versions).digest
        is_lost = step.is_lost is not None and step.is_lost(con, settings)
        if is_changed or is_lost or any(key in stale for key in step.upstream):
            stale[step.key] = step
    failed = {table for (table,) in con.execute(FAILED_GATES).fetchall()} & stale.keys()
    wanted = set(failed)
    for step in reversed(steps if failed else ()):
        if step.key in wanted:
            wanted.update(step.upstream)
    return [step for step in steps if step.key in stale or (step.key in wanted and step.group == "raw")]


def _inputs(con: Connection, settings: Settings, step: Step, versions: dict[str, str]) -> Inputs:
    outside = step.inputs(con, settings) if step.inputs else ""
    return Inputs(digest_of(step.digest, outside), {key: versions.get(key, "") for key in step.upstream})
