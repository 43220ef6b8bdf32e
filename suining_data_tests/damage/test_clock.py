"""The machine's clock goes back between two refreshes: what is recorded keeps its order, and the newest snapshot stays.

The first night runs as a process whose clock is ahead (libfaketime); the next ones run with the real clock.
"""

import os
import subprocess
import sys
import time
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from suining_data import clock
from suining_data.ingestion.arrival import complete
from suining_data.publication import kept_snapshots
from suining_data.settings import settings
from suining_data_tests.end_to_end.published import is_whole
from suining_data_tests.undo.conftest import DELTA, FULL, WHO, Desk

BACK = (timedelta(hours=2), timedelta(days=2))


def ahead(desk: Desk, by: timedelta, *arguments: str) -> None:
    """A command whose clock is ahead."""
    package = find_spec("libfaketime")
    assert package
    assert package.origin
    library = Path(package.origin).parent / "vendor" / "libfaketime" / "src" / "libfaketime.so.1"
    environment = {
        **os.environ,
        "LD_PRELOAD": str(library),
        "FAKETIME": f"+{int(by.total_seconds())}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_FORCE_MONOTONIC_FIX": "0",
        "NO_FAKE_STAT": "1",
        "SUINING_DATA": str(desk.settings.data),
    }
    command = [sys.executable, "-m", "suining_data_tests.damage.desk_command", *arguments]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr


def snapshots(desk: Desk) -> list[str]:
    return [each.run_id for each in kept_snapshots(desk.settings)]


@pytest.mark.slow
@pytest.mark.parametrize("by", BACK)
def test_after_the_clock_went_back_everything_is_as_it_would_have_been(
    desk: Desk, by: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver("ry_2.csv", 13, first=100)
    ahead(desk, by, "refresh")
    [(latest,)] = desk.published("select max(first_seen_at) from governance.batch")
    [before, *_] = snapshots(desk)
    desk.deliver("ry_2.csv", 14, first=100)  # corrected again, now with the real clock
    monkeypatch.setenv("SUINING_SNAPSHOTS_KEPT", "2")
    settings.cache_clear()
    desk.settings = settings()
    desk.refresh()
    assert snapshots(desk)[1:] == [before], "the newest snapshots are kept, and the last one is the newest"
    assert is_whole(desk.settings.published)
    came = desk.published("select raw_rows from governance.batch where file_name = 'ry_2.csv' order by first_seen_at")
    assert came == [(12,), (13,), (14,)]
    assert desk.published("select max(first_seen_at) from governance.batch") > [(latest,)]
    desk.withdraw("public_security/ry_2.csv")
    assert desk.statuses(DELTA.id)[("ry_2.csv", 13)] == "in_force", "what it replaced, and not what came first"
    assert desk.run("withdraw", "public_security/ry_2.csv", *WHO, "--undo") == 0
    assert desk.statuses(DELTA.id)[("ry_2.csv", 14)] == "in_force"
    assert desk.published("select withdrawn_at < undone_at from governance.withdrawal") == [(True,)]
    assert desk.published("select count(*) from governance.check_history where recorded_to < recorded_from") == [(0,)]
    desk.deliver("dj_3.csv", 43)
    desk.refresh()
    assert desk.staged(FULL.id) == 43
    latest_score = f"""
        select denominator from governance.quality_score where resource_id = '{FULL.id}' and dimension = 'accessibility'
        order by scored_on desc limit 1"""
    assert desk.published(latest_score) == [(43,)], "the score of the last refresh is the last score"
    assert desk.run("refresh") == 0
    assert "没有变化" in desk.output


def test_what_is_recorded_is_after_all_that_was_recorded() -> None:
    con = duckdb.connect()
    clock.set_not_before(con)
    assert abs((clock.now(con) - clock.now(con)).total_seconds()) < 60
    con.execute(
        "create schema registry; create table registry.withdrawal (withdrawn_at timestamp, undone_at timestamp)"
    )
    con.execute(
        "insert into registry.withdrawal values ('2999-01-01', null), ('2000-01-01', '2999-01-02 03:04:05.000007')"
    )
    clock.set_not_before(con)
    assert str(clock.now(con)) == "2999-01-02 03:04:05.000008"
    assert str(clock.now(clock.cursor(con))) == "2999-01-02 03:04:05.000008"


def test_a_day_on_which_something_is_due_is_nothing_that_was_recorded() -> None:
    con = duckdb.connect()
    con.execute("create schema registry; create table registry.ticket (opened_at timestamp, due_on date)")
    con.execute("insert into registry.ticket values ('2000-01-01', '2999-01-01')")
    clock.set_not_before(con)
    assert clock.now(con).year < 2999


def test_a_file_from_before_the_clock_was_set_back_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(b"a")
    os.utime(file, (time.time() + 86_400,) * 2)  # by a sender whose clock is ahead: not yet quiet
    assert complete({"a.csv": [file]}, 60) == {}
    real = time.time()
    monkeypatch.setattr("suining_data.ingestion.arrival.time.time", lambda: real - 1800)
    assert complete({"a.csv": [file]}, 60) == {}, "so much the clock of a file server may be ahead"
    monkeypatch.setattr("suining_data.ingestion.arrival.time.time", lambda: real - 7200)
    assert complete({"a.csv": [file]}, 60).keys() == {"a.csv"}
