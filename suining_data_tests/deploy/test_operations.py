"""docs/operations.md names everything that runs by itself, at the time at which it runs."""

import re

import dagster as dg

from suining_data.definitions import defs
from suining_data.orchestration.automation import EXCHANGE_SECONDS
from suining_data.settings import PROJECT

TABLE = (PROJECT / "docs" / "operations.md").read_text(encoding="utf-8").partition("## What runs by itself")[2]
ROWS = {
    name: when
    for names, when in re.findall(r"^\| (`[^|]+`) \| ([^|]+) \|", TABLE.partition("\n## ")[0], re.MULTILINE)
    for name in re.findall(r"`(\w+)`", names)
}


def clock(cron: str) -> str:
    minute, hour, *_ = cron.split()
    return f"{int(hour):02}:{int(minute):02}"


def seconds(every: str) -> int:
    """`every 10 minutes` in seconds."""
    number, unit = re.fullmatch(r"every (\d* ?)(minute|hour)s?", every).groups()  # type: ignore[union-attr]
    return int(number or 1) * {"minute": 60, "hour": 3600}[unit]


def test_the_table_has_every_schedule_and_sensor() -> None:
    running = {each.name for each in [*(defs.schedules or ()), *(defs.sensors or ())]}
    assert set(ROWS) == running | {"exchange"}  # which is there if the catalogue has a table of the exchange database


def test_the_times_are_those_of_the_schedules() -> None:
    schedules = [each for each in defs.schedules or () if isinstance(each, dg.ScheduleDefinition)]
    assert schedules
    assert {each.name: ROWS[each.name][-5:] for each in schedules} == {
        each.name: clock(str(each.cron_schedule)) for each in schedules
    }


def test_the_times_are_those_of_the_sensors() -> None:
    sensors = list(defs.sensors or ())
    assert sensors
    intervals = {each.name: each.minimum_interval_seconds for each in sensors} | {"exchange": EXCHANGE_SECONDS}
    assert {name: seconds(ROWS[name]) for name in intervals} == intervals
