"""Steps of one row, run by Dagster, and what is in force after it.

Here: what the tests of gates and of writing ahead share. Not here: the steps of the project (end_to_end/).
"""

import dagster as dg
import duckdb

from suining_data.operations.assets import JOB, definitions_of, warehouse_of
from suining_data.operations.step import Context, Outcome, OwnCheck, Step
from suining_data.settings import Settings
from suining_data.warehouse import NEXT, swap

GATE = OwnCheck("gate", "must hold", is_blocking=True)


def table(name: str, value: int, upstream: tuple[str, ...] = (), *, fails: bool = False) -> Step:
    """A step of one row and one check, which holds unless it `fails`."""
    key = f"staged.{name}"

    def write(context: Context) -> Outcome:
        context.con.execute(f"create or replace table {key}{NEXT} as select {value} as value")
        return Outcome(rows=1, failures={"gate": ("value is wrong",)} if fails else {})

    def accept(context: Context) -> None:
        swap(context.con, key)

    return Step(
        key, "staged", name, upstream, digest=f"{name}{value}{fails}", write=write, accept=accept, checks=(GATE,)
    )


def run(*steps: Step, chosen: list[str] | None = None) -> dg.ExecuteInProcessResult:
    """The steps as a Dagster run of all of them, or of those that are chosen."""
    job = definitions_of(steps, warehouse_of(steps)).resolve_job_def(JOB)
    return job.execute_in_process(
        instance=dg.DagsterInstance.ephemeral(),
        raise_on_error=False,
        asset_selection=[dg.AssetKey(key.split(".")) for key in chosen] if chosen else None,
    )


def values(data: Settings, *names: str) -> dict[str, int | None]:
    """What the tables in force say; None of a table that is not there."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        there = {
            name
            for (name,) in con.sql("select table_name from duckdb_tables() where schema_name = 'staged'").fetchall()
        }
        return {n: con.sql(f"select value from staged.{n}").fetchall()[0][0] if n in there else None for n in names}
