"""The accounts follow every delivery, also one that changes no staged row."""

import re
from dataclasses import replace

import duckdb

from suining_data.catalog import Catalog
from suining_data.orchestration.pipeline import steps_of
from suining_data.settings import Settings
from suining_data_tests.end_to_end.refusals.conftest import UNIT
from suining_data_tests.end_to_end.refusals.deliveries import content, people, residents
from suining_data_tests.orchestration.tables import run


def deliver(data: Settings, name: str, rows: int) -> None:
    file = data.landing / UNIT.id / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content("csv", people(rows)))


def refresh(mode: str) -> None:
    catalog = Catalog((UNIT.model_copy(update={"resources": [residents(mode=mode)]}),))
    steps = [replace(step, suite=None) for step in steps_of(catalog, []) if step.group in ("raw", "staged")]
    assert run(*steps).success


def accounted(data: Settings) -> list[tuple[object, ...]]:
    """File, raw and superseded rows of every batch in the accounts."""
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        return con.execute("""
            select file_name, raw, superseded from governance.row_account join governance.batch using (batch_id)
            order by file_name
        """).fetchall()


def test_an_older_full_delivery_that_comes_late_is_accounted_for(data: Settings) -> None:
    deliver(data, "ry_20190831.csv", 20)
    refresh("full")
    deliver(data, "ry_20190731.csv", 19)
    refresh("full")
    assert accounted(data) == [("ry_20190731.csv", 19, 19), ("ry_20190831.csv", 20, 0)]


def test_what_was_put_aside_is_found_in_the_file_by_its_new_name(data: Settings) -> None:
    deliver(data, "ry_20190831.csv", 20)
    file = data.landing / UNIT.id / "ry_20190831.csv"
    file.write_text(file.read_text(encoding="utf-8") + "510903197001010000,王甲,1970-01-01,\n", encoding="utf-8")
    refresh("delta")
    file.rename(file.with_name("ry_20190901.csv"))
    refresh("delta")
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        named = con.execute("select distinct file_name from governance.quarantine").fetchall()
    assert named == [("ry_20190901.csv",)]


def test_a_silent_revision_warns_and_does_not_stop_the_table(data: Settings) -> None:
    deliver(data, "ry_20190831.csv", 20)
    refresh("full")
    deliver(data, "ry_20190930.csv", 20)
    file = data.landing / UNIT.id / "ry_20190930.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    day = re.search("[12][0-9]{3}-[01][0-9]-[0-3][0-9]", lines[5])
    assert day
    file.write_text("".join([*lines[:5], lines[5].replace(day[0], "1951-02-03"), *lines[6:]]), encoding="utf-8")
    refresh("full")
    with duckdb.connect(str(data.warehouse), read_only=True) as con:
        checks = con.execute(
            "select has_passed, severity, is_blocking, description from governance.check_result where check_name = 'past_kept'"
        ).fetchall()
        revised = con.execute(
            "select former_file_name, file_name, line_number from governance.silent_revision"
        ).fetchall()
    assert [check[:3] for check in checks] == [(False, "WARN", False)]
    assert "ry_20190930.csv" in checks[0][3]
    assert "1951" not in checks[0][3], "no value in the log"
    assert revised == [("ry_20190831.csv", "ry_20190930.csv", 6)]
