"""Rebuilding the warehouse on the side, and comparing the two.

Here: what a rebuild starts from, running all steps, the tables that differ. Not here: when it runs (job.py).

It starts from what no step can make again: the files in landing/, the copy of the registry with the history, the ledger of
batches, and raw/ of the batches whose file is not in landing/ any more. All else is made anew: every other file is read,
staged, linked and integrated again. The folder is beside the warehouse and is removed at the end.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass

import dagster as dg
import duckdb

from suining_data.changes import is_same
from suining_data.encryption import attach
from suining_data.ingestion import raw_path, rejected_path
from suining_data.orchestration import state
from suining_data.orchestration.assets import JOB, definitions_of
from suining_data.orchestration.scheduler import Scheduler
from suining_data.orchestration.step import Step
from suining_data.settings import Settings
from suining_data.sql import identifier, literal, literals
from suining_data.warehouse import BASES, LEDGER_TABLES, LIBRARIES, read_warehouse

FOLDER = "verification"
RUN = "verification"
COMPARED = ("staged", "linked", *BASES, *LIBRARIES)  # schemas
LEFT_OUT = ("landing", "published")  # groups: nothing is fetched, nothing is published
MOST_KEYS = 5


class NotCurrent(Exception):
    """Something waits for a refresh, so that a rebuild would have more than the warehouse."""

    def __init__(self, tables: int) -> None:
        super().__init__(
            f"{tables} 张表待更新：先运行 suining refresh，再核对 ({tables} tables are stale: run `suining refresh` first)"
        )


@dataclass(frozen=True)
class Difference:
    """A table that is not the same in both. `keys`: values of its first column, of some rows that only one of them has."""

    table: str
    only_current: int  # rows
    only_rebuilt: int
    keys: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"{self.table}: 现有 {self.only_current:,} 行、重建 {self.only_rebuilt:,} 行为一方独有，如 {'、'.join(self.keys)} "
            f"({self.only_current:,} rows only in the warehouse, {self.only_rebuilt:,} only in the rebuild)"
        )


def verify(settings: Settings, steps: Sequence[Step]) -> list[Difference]:
    """Rebuild everything on the side and return the tables that differ.

    Raises NotCurrent if a refresh is due, WarehouseBusy while a run writes the warehouse, RuntimeError if the rebuild fails.
    """
    own = [step for step in steps if step.group not in LEFT_OUT]
    folder = settings.warehouse.parent / FOLDER
    shutil.rmtree(folder, ignore_errors=True)  # of a killed proof
    side = settings.model_copy(update={"data": folder, "exchange_dsn": None, "quiet_seconds": 0})
    try:
        with read_warehouse(settings) as con:
            if stale := state.stale_steps(con, settings, own):
                raise NotCurrent(len(stale))
            _begin(con, settings, side)
            _rebuild(side, own)
            return _differences(con, side)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _begin(con: duckdb.DuckDBPyConnection, settings: Settings, side: Settings) -> None:
    """Give the folder on the side what a rebuild starts from."""
    side.data.mkdir(parents=True)
    side.landing.symlink_to(settings.landing.resolve(), target_is_directory=True)
    shutil.copytree(settings.registry_backup.parent, side.registry_backup.parent)
    gone = con.execute("""
        select resource_id, batch_id, unit_id, file_name, status <> 'in_force' or exists (
            from governance.batch as other where other.resource_id = batch.resource_id
                and other.file_name = batch.file_name and other.status in ('refused', 'withdrawn'))
        from governance.batch as batch
    """).fetchall()
    for resource, batch, unit, name, may_have_other_content in gone:
        if may_have_other_content or not (settings.landing / unit / name).exists():
            _share(settings, side, resource, batch)
    ledger = side.data / "ledger.duckdb"
    with duckdb.connect(str(ledger)) as copy:
        for table in LEDGER_TABLES:
            rows = con.execute(f"from governance.{table}").arrow()  # noqa: F841  (DuckDB reads the variable)
            copy.execute(f"create table {table} as from rows")
    with state.open_for_refresh(side) as rebuilt:
        rebuilt.execute(f"attach {literal(ledger)} as ledger (read_only)")
        for table in LEDGER_TABLES:
            rebuilt.execute(f"delete from governance.{table}")  # the copy of the registry may have an older one
            rebuilt.execute(f"insert into governance.{table} by name from ledger.{table}")
        rebuilt.execute("detach ledger")


def _share(settings: Settings, side: Settings, resource: str, batch: str) -> None:
    """Link the files of a batch in raw/: the file that was delivered is not there to be read again."""
    for path in (raw_path, rejected_path):
        source, target = path(settings, resource, batch), path(side, resource, batch)
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(source, target)


def _rebuild(side: Settings, steps: Sequence[Step]) -> None:
    with state.open_for_refresh(side) as con, Scheduler(con, side, RUN, steps) as scheduler:
        job = definitions_of(steps, dg.ResourceDefinition.hardcoded_resource(scheduler)).resolve_job_def(JOB)
        result = job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)
    if not result.success:
        failed = [event.step_key or "" for event in result.all_events if event.is_step_failure]
        raise RuntimeError(f"重建未完成：{'、'.join(failed)} (the rebuild failed at these tables)")


def _differences(con: duckdb.DuckDBPyConnection, side: Settings) -> list[Difference]:
    attach(con, side.warehouse, "rebuilt", read_only=True)
    try:
        current, rebuilt = (_tables(con, name) for name in (_own(con), "rebuilt"))
        found = [_difference(con, table, current.get(table), rebuilt.get(table)) for table in sorted(current | rebuilt)]
        return [each for each in found if each]
    finally:
        con.execute("detach rebuilt")


def _difference(
    con: duckdb.DuckDBPyConnection, table: str, columns: list[str] | None, others: list[str] | None
) -> Difference | None:
    if columns is None or others is None:
        rows = con.execute(f"select count(*) from {'rebuilt.' if columns is None else ''}{table}").fetchall()[0][0]
        return Difference(table, 0 if columns is None else rows, rows if columns is None else 0, ())
    if columns == others and is_same(con, table, f"rebuilt.{table}"):
        return None
    common = ", ".join(identifier(column) for column in columns if column in others)
    con.execute(f"""
        create or replace temp table difference as
        select true as is_current, * from (select {common} from {table} except all select {common} from rebuilt.{table})
        union all
        select false, * from (select {common} from rebuilt.{table} except all select {common} from {table})
    """)
    key = identifier(next(column for column in columns if column in others))
    keys = con.execute(f"select distinct {key}::varchar from difference order by 1 limit {MOST_KEYS}").fetchall()
    [(only_current, only_rebuilt)] = con.execute(
        "select count(*) filter (is_current), count(*) filter (not is_current) from difference"
    ).fetchall()
    return Difference(table, only_current, only_rebuilt, tuple(str(value) for (value,) in keys))


def _own(con: duckdb.DuckDBPyConnection) -> str:
    return str(con.execute("select current_database()").fetchall()[0][0])


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, list[str]]:
    """Name -> columns of every compared table of an attached file."""
    return dict(
        con.execute(
            "select schema_name || '.' || table_name, list(column_name order by column_index) from duckdb_columns() "
            "join duckdb_tables() using (database_name, schema_name, table_name) "
            f"where database_name = ? and schema_name in ({literals(COMPARED)}) group by all",
            [database],
        ).fetchall()
    )
