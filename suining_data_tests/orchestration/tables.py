"""Steps of one row, run by Dagster, and the tables that are current after it.

Here: what the tests of checks, of the scheduler and of the lock share. Not here: the steps of the project (end_to_end/).
"""

import dagster as dg
import duckdb

from suining_data.orchestration.assets import JOB, definitions_of, warehouse_of
from suining_data.orchestration.step import Check, Context, Step, WriteResult
from suining_data.settings import Settings
from suining_data.warehouse import STAGING, swap

BLOCKING = Check("holds", "must hold", is_blocking=True)


def table(name: str, value: int, upstream: tuple[str, ...] = (), *, fails: bool = False) -> Step:
    """A step of one row and one check, which holds unless it `fails`."""
    key = f"staged.{name}"

    def write(context: Context) -> WriteResult:
        context.con.execute(f"create or replace table {key}{STAGING} as select {value} as value")
        return WriteResult(rows=1, failures={"holds": ("value is wrong",)} if fails else {})

    def promote(context: Context) -> None:
        swap(context.con, key)

    return Step(
        key, "staged", name, upstream, digest=f"{name}{value}{fails}", write=write, promote=promote, checks=(BLOCKING,)
    )


def run(*steps: Step, chosen: list[str] | None = None, log_level: str = "CRITICAL") -> dg.ExecuteInProcessResult:
    """The steps as Dagster's UI runs them, all of them or those that are chosen; the log goes to standard error."""
    job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
    return job.execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        raise_on_error=False,
        run_config={"loggers": {"console": {"config": {"log_level": log_level}}}},
        asset_selection=[dg.AssetKey(key.split(".")) for key in chosen] if chosen else None,
    )


def values(data: Settings, *names: str) -> dict[str, int | None]:
    """The value in each table; None of a table that is not there."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        there = {
            name
            for (name,) in con.sql("select table_name from duckdb_tables() where schema_name = 'staged'").fetchall()
        }
        return {n: con.sql(f"select value from staged.{n}").fetchall()[0][0] if n in there else None for n in names}
