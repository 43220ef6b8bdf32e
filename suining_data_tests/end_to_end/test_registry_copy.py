"""The copy of the registry is written when nobody else is at work: others who look at the catalogue would stop it."""

from suining_data.orchestration.pipeline import pipeline
from suining_data.orchestration.state import open_for_refresh
from suining_data.orchestration.step import Context
from suining_data_tests.end_to_end.conftest import City


def test_the_registry_is_copied_when_all_parts_of_the_snapshot_are_done(own_city: City) -> None:
    [snapshot] = [step for step in pipeline() if step.key == "published.snapshot"]
    copy = own_city.settings.registry_backup
    copy.unlink()
    with open_for_refresh(own_city.settings) as con:
        context = Context(con, own_city.settings, "run")
        for part in snapshot.parts:
            part.write(context)
        assert not copy.exists()
        snapshot.write(context)
    assert copy.exists()
