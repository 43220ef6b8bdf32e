"""A disk without room is no fault of the delivery: whatever its kind, it is not refused, and the next run reads it."""

import resource

import duckdb
import pytest

from suining_data.catalog.model import Resource
from suining_data.ingestion import Ingested
from suining_data.ingestion.guarded import reader_pids, warm_reader
from suining_data.settings import Limits
from suining_data.warehouse import is_disk_full
from suining_data_tests.ingestion import sound_deliveries
from suining_data_tests.ingestion.conftest import Desk
from suining_data_tests.ingestion.sound_deliveries import ALL_KINDS, PEOPLE, sound


def attempt(desk: Desk, told: Resource, size: int) -> Ingested | None:
    """What the intake gives where no file may have more than `size` bytes; None when it says that there is no room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    warm_reader(Limits())
    for pid in (0, *reader_pids()):  # 0 is this process
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        return desk.refresh(told)
    except (OSError, duckdb.Error) as error:
        if not is_disk_full(error):
            raise
        return None
    finally:
        for pid in (0, *reader_pids()):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("kind", ALL_KINDS)
def test_a_disk_without_room_refuses_nothing_and_loses_nothing(desk: Desk, kind: str) -> None:
    told = sound_deliveries.resource(kind)
    for name, content in sound(kind).items():
        desk.deliver(name, content)
    size = 0
    while (result := attempt(desk, told, size)) is None:
        assert desk.statuses() == {}
        size += 50
    assert size > 0
    assert result.refusals == ()
    assert len(desk.rows(result)) == result.raw_rows == len(PEOPLE)
