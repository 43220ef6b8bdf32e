"""Which files of landing/ are read now: complete ones, under names that can be stored, and nothing but files."""

import os
import time
from pathlib import Path

import pytest

from suining_data.settings import Settings
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

ROWS = "xm,gmsfhm\n甲,1\n乙,2\n"
THING = resource_of(["xm", "gmsfhm"], pattern="ry_*.csv")


@pytest.fixture
def patient(desk: Desk) -> Desk:
    """A desk that waits until a file has been quiet for a minute."""
    desk.settings = Settings(data=desk.settings.data, quiet_seconds=60)
    return desk


def aged(file: Path, seconds: float) -> Path:
    at = time.time() - seconds
    os.utime(file, (at, at))
    return file


def test_a_young_file_is_arriving_and_an_old_one_is_read(patient: Desk) -> None:
    file = patient.deliver("ry_1.csv", ROWS)
    result = patient.refresh(THING)
    [notice] = result.arriving
    assert (result.files_read, result.raw_rows, result.refusals, result.waiting) == (0, 0, (), ())
    assert notice.zh.startswith("ry_1.csv: 正在到达")
    assert "SUINING_QUIET_SECONDS" in notice.en
    aged(file, 61)
    result = patient.refresh(THING)
    assert (result.raw_rows, result.arriving) == (2, ())


def test_an_upload_that_stalls_at_a_line_end_does_not_replace_the_good_delivery(patient: Desk) -> None:
    full = resource_of(["xm", "gmsfhm"], pattern="ry_*.csv", mode="full")
    aged(patient.deliver("ry_1.csv", ROWS), 3600)
    assert patient.refresh(full).raw_rows == 2
    stalled = aged(patient.deliver("ry_2.csv", ROWS.rpartition("乙")[0]), 30)
    result = patient.refresh(full)
    assert [item.batch.file_name for item in result.current] == ["ry_1.csv"]
    assert len(result.arriving) == 1
    stalled.write_text(ROWS + "丙,3\n", encoding="utf-8")
    aged(stalled, 61)
    assert patient.refresh(full).raw_rows == 3


def test_a_file_with_ok_beside_it_is_complete_at_once(patient: Desk) -> None:
    patient.deliver("ry_1.csv", ROWS)
    patient.deliver("ry_1.csv.ok", "")
    result = patient.refresh(THING)
    assert (result.raw_rows, result.arriving) == (2, ())


def test_a_wrong_clock_of_the_sender_does_not_delay_a_file_for_years(desk: Desk) -> None:
    desk.settings = Settings(data=desk.settings.data, quiet_seconds=0.3)
    aged(desk.deliver("ry_1.csv", ROWS), -365 * 86400)
    assert len(desk.refresh(THING).arriving) == 1
    time.sleep(0.4)
    assert desk.refresh(THING).raw_rows == 2


def test_all_pages_of_an_answer_must_be_quiet(patient: Desk) -> None:
    pages = resource_of(
        ["xm"],
        format="json",
        pattern="ry_*.json",
        records="data",
        pages={"number": "page", "count": "pages", "total": "total"},
    )
    for number in (1, 2):
        text = f'{{"page": {number}, "pages": 2, "total": 2, "data": [{{"xm": "甲{number}"}}]}}'
        aged(patient.deliver(f"ry_1_p{number}.json", text), 90 if number == 1 else 5)
    assert len(patient.refresh(pages).arriving) == 1
    aged(patient.settings.landing / patient.unit.id / "ry_1_p2.json", 90)
    assert patient.refresh(pages).raw_rows == 2


def test_a_name_that_is_not_utf_8_is_read_and_stored_escaped(desk: Desk) -> None:
    desk.deliver("ry_1.csv", ROWS)
    named = os.fsencode(desk.settings.landing / desk.unit.id) + b"/ry_\xcd\xf5.csv"
    Path(os.fsdecode(named)).write_text("xm,gmsfhm\n丙,3\n", encoding="utf-8")
    result = desk.refresh(THING)
    assert [item.batch.file_name for item in result.current] == ["ry_1.csv", r"ry_\xcd\xf5.csv"]
    assert balances(result)
    assert result.raw_rows == 3
    Path(os.fsdecode(named)).write_bytes(b"")
    [notice] = desk.refresh(THING).refusals
    assert notice.zh.startswith(r"ry_\xcd\xf5.csv ")
    notice.en.encode()


@pytest.mark.parametrize("format", ["xlsx", "dbf", "xml", "json", "parquet"])
def test_a_name_that_is_not_utf_8_disturbs_no_format(desk: Desk, format: str) -> None:
    thing = resource_of(["xm"], format=format, pattern="ry_*", **({"records": "RY"} if format == "xml" else {}))
    named = os.fsencode(desk.settings.landing / desk.unit.id)
    desk.deliver("ry_1.csv", "")
    Path(os.fsdecode(named + b"/ry_\xcd\xf5")).write_bytes(b"no file of this format")
    result = desk.refresh(thing)
    assert len(result.refusals) == 2
    assert not any("读取时出错" in notice.zh for notice in result.refusals), result.refusals


def test_pages_under_names_that_are_not_utf_8(desk: Desk) -> None:
    delivery = {"records": "data", "pages": {"number": "page", "count": "pages", "total": "total"}}
    pages = resource_of(["xm"], format="json", pattern="ry_*.json", **delivery)
    folder = os.fsencode(desk.deliver("x", "").parent)
    for number in (1, 2):
        text = f'{{"page": {number}, "pages": 2, "total": 2, "data": [{{"xm": "甲{number}"}}]}}'
        Path(os.fsdecode(folder + b"/ry_\xcd\xf5_p%d.json" % number)).write_text(text, encoding="utf-8")
    assert desk.refresh(pages).raw_rows == 2
    names = desk.con.execute("select file_name from governance.batch_file order by 1").fetchall()
    assert names == [(r"ry_\xcd\xf5_p1.json",), (r"ry_\xcd\xf5_p2.json",)]


def test_links_and_pipes_are_not_read(desk: Desk, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(ROWS, encoding="utf-8")
    folder = desk.deliver("ry_1.csv", ROWS).parent
    (folder / "ry_2.csv").symlink_to(secret)
    (folder / "ry_3.csv").symlink_to(folder / "nowhere.csv")
    os.mkfifo(folder / "ry_4.csv")
    result = desk.refresh(THING)
    assert (result.files_seen, result.raw_rows) == (1, 2)
