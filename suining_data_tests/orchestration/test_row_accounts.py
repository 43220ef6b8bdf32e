"""The accounts follow every delivery, also one that changes no staged row."""

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
