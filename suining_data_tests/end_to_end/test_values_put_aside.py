"""Whatever values of a row could not be read: no gate of a base fails for it, and nothing is held back."""

import shutil
from pathlib import Path

import duckdb
import pytest

from suining_data.catalog import Resource, load_catalog
from suining_data.elements import Then
from suining_data.orchestration import state
from suining_data.orchestration.pipeline import pipeline
from suining_data.orchestration.step import Context
from suining_data.orchestration.validation import validate
from suining_data.settings import Settings
from suining_data.standardization.rules import rules_of_fields
from suining_data.warehouse import transaction
from suining_data_tests.governance.test_finding_against_truth import make
from suining_data_tests.sharing import once


def test_rows_of_which_any_value_is_missing_break_no_gate(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    built = Settings(data=once(tmp_path_factory, "erring", lambda folder: make(Settings(data=folder))))
    settings = Settings(data=tmp_path)
    settings.warehouse.parent.mkdir()
    shutil.copy(built.warehouse, settings.warehouse)
    failed: dict[str, list[str]] = {}
    with state.open_for_refresh(settings) as con:
        for resource in load_catalog().shared:
            put_aside(con, resource)
        for step in pipeline():
            if step.group not in ("landing", "raw", "staged", "published"):
                write = step.write(context := Context(con, settings, "run"))
                broken = [result for result in validate(con, step, write)[0] if not result.passed]
                if sentences := [str(result.description) for result in broken if result.severity.value == "ERROR"]:
                    failed[step.key] = sentences
                with transaction(con):
                    step.promote(context)
    assert not failed, "\n".join(f"{table}: {sentences}" for table, sentences in failed.items())


def put_aside(con: duckdb.DuckDBPyConnection, resource: Resource) -> None:
    """The first row loses all values that a rule may put aside or that may be left out, the next ones all of these but
    one, and those after them one each."""
    needed = {field.name for field in resource.fields if field.required}
    losing = {rule.column for rule in rules_of_fields(resource) if rule.then is Then.QUARANTINE_VALUE}
    free = [column.name for column in resource.columns if column.name not in needed or column.name in losing]
    losses = [set(free), *(set(free) - {name} for name in free), *({name} for name in free)]
    for name in free:
        places = ", ".join(str(place) for place, lost in enumerate(losses, start=1) if name in lost)
        con.execute(f"""
            update staged.{resource.id} as told set {name} = null
            from (select record_id, row_number() over (order by hash(record_id)) as place from staged.{resource.id}) as ranked
            where told.record_id = ranked.record_id and place in ({places})
        """)
