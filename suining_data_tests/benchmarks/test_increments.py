"""What the bench delivers later is taken from the sample's own rows, and nothing is lost or there twice."""

import os
from pathlib import Path

import pytest

from suining_data.catalog import Format, load_catalog
from suining_data.ingestion import landing_files
from suining_data.settings import Settings
from suining_data_tests.benchmarks.increments import corrected_rows, daily_increments, keep_back_night

SENT_AT = 1_567_315_800.0
CHANGES = "public_security__household_changes"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two months of every daily increment, 250 rows a month."""
    settings = Settings(data=tmp_path)
    catalog = load_catalog()
    for resource in daily_increments():
        folder = settings.landing / catalog.unit_of(resource.id).id
        folder.mkdir(parents=True, exist_ok=True)
        fields = [field.source for field in resource.fields]
        is_csv = resource.delivery.format is Format.CSV
        for month in ("201907", "201908"):
            rows = [[f"{month} {n} {field}" for field in fields] for n in range(250)]
            lines = [fields, *rows] if is_csv else rows
            text = "".join(resource.delivery.delimiter.join(line) + "\n" for line in lines)
            file = folder / resource.delivery.pattern.replace("*", month)
            file.write_text(text + ('"a value\nof two lines"\n' if is_csv else ""), encoding="utf-8")
            os.utime(file, (SENT_AT, SENT_AT))
    return settings


def lines_of(settings: Settings, resource_id: str) -> list[list[str]]:
    catalog = load_catalog()
    resource = catalog.resource(resource_id)
    return [
        file.read_text(encoding="utf-8").splitlines()
        for file in landing_files(settings, catalog.unit_of(resource_id), resource)
    ]


def test_a_hundredth_of_the_rows_is_kept_back_and_delivered_in_the_night(settings: Settings) -> None:
    before = lines_of(settings, CHANGES)
    night = keep_back_night(settings)
    assert [increment.rows for increment in night] == [5] * len(daily_increments())
    july, august = lines_of(settings, CHANGES)
    assert (july, len(august)) == (before[0], len(before[1]) - 5)
    for increment in night:
        increment.deliver()
    *_, rest, added = lines_of(settings, CHANGES)
    assert rest == august, "the files of the night are the last ones"
    assert added[0] == rest[0], "the header"
    assert sorted(rest + added[1:]) == sorted(before[1])
    files = [path for path in settings.landing.rglob("*") if path.is_file()]
    assert {file.stat().st_mtime for file in files} == {SENT_AT}, "no refresh waits for them"


def test_three_rows_are_delivered_again_with_the_address_of_another(settings: Settings) -> None:
    (place,) = (
        n for n, field in enumerate(load_catalog().resource(CHANGES).fields) if field.name == "registered_address"
    )
    increment = corrected_rows(settings)
    increment.deliver()
    *_, august, corrected = lines_of(settings, CHANGES)
    assert (increment.rows, len(corrected)) == (3, 4)
    before, after = ([line.split(",") for line in lines[1:4]] for lines in (august, corrected))
    for n, (old, new) in enumerate(zip(before, after, strict=True)):
        assert new == [*old[:place], before[(n + 1) % 3][place], *old[place + 1 :]]
