"""What the schedules and sensors of the whole city request; nothing runs here."""

import shutil

import dagster as dg

from suining_data.definitions import defs
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City

HOUSEHOLDS = dg.AssetKey(["raw", "public_security__household_changes"])
MACRO = dg.AssetKey(["macro", "observation"])


def landing(cursor: str | None) -> tuple[list[list[dg.AssetKey] | None], str | None]:
    """What a tick of the sensor of landing/ requests: the assets of each run; and its cursor."""
    tick = defs.resolve_sensor_def("landing").evaluate_tick(dg.build_sensor_context(cursor=cursor))
    requested = [list(r.asset_selection) if r.asset_selection else None for r in tick.run_requests or ()]
    return requested, tick.cursor or cursor


def scheduled(name: str) -> list[list[dg.AssetKey] | None]:
    tick = defs.resolve_schedule_def(name).evaluate_tick(dg.build_schedule_context())
    return [list(r.asset_selection) if r.asset_selection else None for r in tick.run_requests or ()]


def deliver(city: City) -> None:
    """The last file of household changes once more, under a later name and with fewer lines."""
    last = city.landed("public_security", "hjbd_*.csv")
    shutil.copy(last, last.with_name("hjbd_20990101.csv"))
    last.with_name("hjbd_20990101.csv").write_bytes(b"\n".join(last.read_bytes().splitlines()[:3]) + b"\n")


def test_a_quiet_night_requests_no_run(own_city: City) -> None:
    assert scheduled("nightly_refresh") == []
    assert scheduled("monthly_macro") == []
    assert landing(None)[0] == []


def test_a_delivery_requests_the_tables_that_it_makes_stale_once(own_city: City) -> None:
    _, cursor = landing(None)
    deliver(own_city)
    [requested], cursor = landing(cursor)
    assert requested
    assert HOUSEHOLDS in requested
    assert MACRO not in requested
    assert landing(cursor) == ([], cursor)
    assert scheduled("nightly_refresh") == [requested]
    assert scheduled("monthly_macro") == []


def test_while_a_run_has_the_warehouse_a_sensor_waits_and_the_night_requests_all_tables(own_city: City) -> None:
    _, cursor = landing(None)
    deliver(own_city)
    with open_warehouse(own_city.settings):
        assert landing(cursor) == ([], cursor)
        assert scheduled("nightly_refresh") == [None]
    [requested], _ = landing(cursor)
    assert requested
    assert HOUSEHOLDS in requested


def test_a_file_that_is_still_arriving_requests_nothing(own_city: City) -> None:
    _, cursor = landing(None)
    own_city.patch.setenv("SUINING_QUIET_SECONDS", "3600")
    City(own_city.settings.data, own_city.patch)
    before = landing(cursor)[1]
    deliver(own_city)
    assert landing(before) == ([], before)
