"""The weekly proof on the town: a rebuild equals the warehouse, and a row that was changed by hand is found."""

import dagster as dg
import pytest

from suining_data.linkage import back_up_registry
from suining_data.orchestration import state
from suining_data.settings import settings
from suining_data.verification import NotCurrent, verification_job, verify
from suining_data.warehouse import open_warehouse
from suining_data_tests.random_changes.changes import Changes
from suining_data_tests.random_changes.exchange import ExchangeTable
from suining_data_tests.random_changes.town import town_steps
from suining_data_tests.random_changes.twin import Twin


def test_a_rebuild_equals_the_warehouse_until_somebody_changes_a_row(
    twin: Twin, table: ExchangeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = Changes(twin.settings, table, seed=5)
    twin.begin()
    changes.make("corrected", "removed", "replaced", "delivered_twice")
    with pytest.raises(NotCurrent):
        verify(twin.settings, town_steps())
    twin.refresh()
    with state.open_for_refresh(twin.settings) as con:
        back_up_registry(con, twin.settings)
    assert verify(twin.settings, town_steps()) == []
    with open_warehouse(twin.settings) as con:
        [(person,)] = con.execute("select min(person_id) from population.person").fetchall()
        con.execute("update population.person set name = 'X' where person_id = ?", [person])
    monkeypatch.setenv("SUINING_DATA", str(twin.settings.data))
    settings.cache_clear()
    result = verification_job(town_steps()).execute_in_process(
        instance=dg.DagsterInstance.ephemeral(), raise_on_error=False
    )
    settings.cache_clear()
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data
    said = failure.step_failure_data.user_failure_data.description or ""
    assert said.splitlines()[0].startswith("population.person: 现有 1 行、重建 1 行")
    assert str(person) in said
    assert not (twin.settings.warehouse.parent / "verification").exists()
