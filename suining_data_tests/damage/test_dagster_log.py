"""Dagster's log in SQLite files: damaged, it is reported in one line, and without it a refresh does what it would have done."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from suining_data.commands.errors import message_for_user
from suining_data.damage import DamagedLog
from suining_data.orchestration import refresh
from suining_data.orchestration.storage import kept_engine
from suining_data_tests.damage.conftest import Undisturbed
from suining_data_tests.damage.harm import empty, half, header, middle
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.undo.conftest import Desk

EVENTS, RUNS, SCHEDULES = "history/event_log.db", "history/runs.db", "schedules/schedules.db"


def damage(desk: Desk, name: str, harm: Callable[[Path], None]) -> None:
    """The file is damaged, with all of it in it and nothing in its log."""
    kept_engine.cache_clear()
    file = desk.settings.dagster_home / name
    with closing(sqlite3.connect(file)) as con:
        con.execute("pragma wal_checkpoint(truncate)")
    harm(file)


@pytest.mark.parametrize(
    ("name", "harm"), [(EVENTS, half), (EVENTS, empty), (EVENTS, middle), (RUNS, header), (SCHEDULES, half)]
)
def test_a_damaged_log_is_told_and_without_it_a_refresh_goes_on(
    desk: Desk, as_undisturbed: Undisturbed, name: str, harm: Callable[[Path], None]
) -> None:
    damage(desk, name, harm)
    assert desk.run("refresh") == 1
    home = desk.settings.dagster_home
    assert desk.output.count("已损坏") == 1
    assert f"mv {home} {home}.damaged" in desk.output
    kept_engine.cache_clear()
    home.rename(f"{home}.damaged")
    desk.refresh()
    assert as_undisturbed(desk)


@pytest.mark.parametrize("arguments", [("--prepare",), ("--port", "1")])
def test_the_interface_says_it_before_it_starts(desk: Desk, arguments: tuple[str, ...]) -> None:
    damage(desk, RUNS, half)
    ended = suining(desk.settings.data, "ui", *arguments)
    assert ended.returncode == 1
    assert ended.stdout == ""
    [line] = ended.stderr.strip().splitlines()
    assert "运行日志已损坏" in line


def test_those_who_do_not_need_the_log_go_on(desk: Desk) -> None:
    damage(desk, EVENTS, half)
    assert desk.run("status") == 0
    assert desk.run("refresh") == 0, "nothing is stale, so nothing is logged"


def test_a_log_that_is_damaged_while_a_run_writes_it_ends_the_run_with_the_line(
    desk: Desk, as_undisturbed: Undisturbed, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = refresh.check_log

    def check_then_damage(settings: object) -> None:
        check(desk.settings)
        damage(desk, EVENTS, header)

    with monkeypatch.context() as patch:
        patch.setattr(refresh, "check_log", check_then_damage)
        with pytest.raises(DamagedLog) as raised:
            desk.run("refresh")
    assert "运行日志已损坏" in (message_for_user(raised.value) or "")
    kept_engine.cache_clear()
    desk.settings.dagster_home.rename(f"{desk.settings.dagster_home}.damaged")
    desk.refresh()
    assert as_undisturbed(desk)
