"""Another authority changes the records of its resource alone, so no others are written.

Here: how the state of the copy says so. Not here: writing a table for the keys of changed rows (incremental.py).

A refresh writes a table whole when its SELECT has changed. Of the tables of records the part of one resource is a branch of
the SELECT, and an authority is in the branch of its resource only. So in the copy the SELECT counts as it was, and the staged
rows of the resource count as changed. linked.person_record of the whole city then takes a tenth of the time, for most resources.
"""

import json
from collections.abc import Collection

import duckdb

from suining_data.changes import change_table
from suining_data.orchestration import state
from suining_data.orchestration.step import Step
from suining_data.settings import Settings
from suining_data.warehouse import transaction

COUNTED = "counted as changed"  # the version that the staged table had before, as far as these steps know


def count_as_changed(
    con: duckdb.DuckDBPyConnection, settings: Settings, steps: Collection[Step], resources: Collection[str]
) -> None:
    """Let the `steps`, whose SELECT has other authorities of these resources, be written for the records of these alone."""
    staged = [f"staged.{resource}" for resource in resources]
    with transaction(con):
        for table in staged:
            con.execute(f"create or replace table {change_table(table)} as select true as is_added, * from {table}")
            con.execute("update governance.table_state set changed_from = ? where table_name = ?", [COUNTED, table])
        for step in steps:
            inputs = state.inputs_of(con, settings, step)
            counted = {table: COUNTED for table in staged if table in inputs.versions}
            con.execute(
                "update governance.table_state set inputs = ? where table_name = ?",
                [json.dumps({"own": inputs.own, "versions": {**inputs.versions, **counted}}), step.key],
            )
