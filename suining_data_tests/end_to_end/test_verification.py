"""The weekly proof: a rebuild equals the warehouse, except for what somebody changed by hand."""

import dagster as dg
import pytest

from suining_data.orchestration.pipeline import pipeline
from suining_data.verification import NotCurrent, verification_job, verify
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City


def replace_a_file_and_take_one_away(city: City) -> None:
    """A file with the same name and other content, and a file that is gone after it was read: raw/ has its rows."""
    replaced, gone = sorted((city.settings.landing / "public_security").glob("hjbd_*.csv"))[:2]
    replaced.write_bytes(b"\n".join(replaced.read_bytes().splitlines()[:-1]) + b"\n")
    gone.unlink()


@pytest.mark.slow
def test_a_rebuild_equals_the_warehouse_except_for_a_row_that_was_changed_by_hand(own_city: City) -> None:
    replace_a_file_and_take_one_away(own_city)
    with pytest.raises(NotCurrent):
        verify(own_city.settings, pipeline())
    own_city.refresh()
    assert own_city.succeeded, own_city.output
    with open_warehouse(own_city.settings) as con:
        [(person,)] = con.execute("select min(person_id) from population.person").fetchall()
        con.execute("update population.person set name = 'X' where person_id = ?", [person])
    job = verification_job(pipeline())
    result = job.execute_in_process(instance=dg.DagsterInstance.ephemeral(), raise_on_error=False)
    [failure] = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data
    edited, said = (failure.step_failure_data.user_failure_data.description or "").splitlines()
    assert edited.startswith("warehouse  population.person: ")
    assert said.startswith("population.person: 现有 1 行、重建 1 行")
    assert str(person) in said
    assert not (own_city.settings.warehouse.parent / "verification").exists()
