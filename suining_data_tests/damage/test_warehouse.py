"""A damaged warehouse: one line with what to run, and then the next refresh publishes what an undisturbed one does."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data_tests.damage.conftest import Undisturbed
from suining_data_tests.damage.harm import ALL, empty, garbage, half, middle, short
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.undo.conftest import DELTA, Desk

Harm = Callable[[Path], None]


def move_away(desk: Desk) -> None:
    """What the line says."""
    folder = desk.settings.warehouse.parent
    assert f"mv {folder} {folder}.damaged" in desk.output
    folder.rename(f"{folder}.damaged")


@pytest.mark.parametrize("harm", [*ALL, short])
def test_a_refresh_says_what_to_run_and_then_publishes_what_an_undisturbed_one_does(
    desk: Desk, as_undisturbed: Undisturbed, harm: Harm
) -> None:
    before = desk.published("select count(*) from governance.batch")
    harm(desk.settings.warehouse)
    assert desk.run("refresh") == 1
    assert desk.output.count("已损坏") == 1
    assert desk.published("select count(*) from governance.batch") == before
    move_away(desk)
    desk.refresh()
    assert as_undisturbed(desk)


@pytest.mark.parametrize(
    "command",
    [
        ("refresh",),
        ("backup", "{data}.backup"),
        ("withdraw", "ry_1.csv", "--by", "王", "--reason", "错"),
        ("retain",),
    ],
)
def test_each_command_ends_with_one_line(desk: Desk, command: tuple[str, ...]) -> None:
    half(desk.settings.warehouse)
    ended = suining(desk.settings.data, *(part.format(data=desk.settings.data) for part in command))
    assert ended.returncode == 1
    [line] = ended.stderr.strip().splitlines()
    assert line.startswith(f"{desk.settings.warehouse} 已损坏")
    assert not (desk.settings.data.parent / f"{desk.settings.data.name}.backup").exists()


def test_verify_names_it_among_what_differs(desk: Desk) -> None:
    half(desk.settings.warehouse)
    ended = suining(desk.settings.data, "verify")
    assert ended.returncode == 1
    assert str(desk.settings.warehouse) in ended.stdout


def test_those_who_read_what_is_published_notice_nothing(desk: Desk) -> None:
    empty(desk.settings.warehouse)
    assert desk.run("status") == 0
    assert desk.run("query", "from governance.batch") == 0


def test_a_torn_log_of_the_warehouse_is_told_as_well(desk: Desk, as_undisturbed: Undisturbed) -> None:
    killed = f"""
import duckdb, os
con = duckdb.connect({str(desk.settings.warehouse)!r})
con.execute("set checkpoint_threshold = '1GB'")
con.execute("update governance.batch set file_bytes = file_bytes; create table governance.left_over as from range(90000)")
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", killed], check=True)
    log = desk.settings.warehouse.with_name("suining.duckdb.wal")
    garbage(log, log.stat().st_size // 2, 100)
    assert desk.run("refresh") == 1
    move_away(desk)
    desk.refresh()
    assert as_undisturbed(desk)


def test_a_damage_that_no_table_of_the_run_meets_changes_nothing(desk: Desk, as_undisturbed: Undisturbed) -> None:
    """Every block has a checksum, so a table that is read is right."""
    garbage(desk.settings.warehouse, desk.settings.warehouse.stat().st_size - 20_000, 100)
    if desk.run("refresh") == 1:
        move_away(desk)
        desk.refresh()
    assert as_undisturbed(desk)


def test_the_ledger_survives_with_what_a_rebuild_cannot_know(desk: Desk) -> None:
    """A replaced content, a withdrawn delivery, and a file that is not in landing/ any more, whose rows are in raw/."""
    desk.deliver("ry_1.csv", 33)
    desk.refresh()
    desk.withdraw("public_security/dj_2.csv")
    (desk.settings.landing / "public_security" / "ry_2.csv").unlink()
    desk.refresh()
    before = desk.statuses(DELTA.id), desk.statuses(), first_seen(desk)
    assert ("ry_1.csv", 30) in before[0]
    middle(desk.settings.warehouse)
    shutil.move(desk.settings.warehouse.parent, desk.settings.data / "warehouse.damaged")
    desk.refresh()
    assert (desk.statuses(DELTA.id), desk.statuses(), first_seen(desk)) == before
    assert desk.staged(DELTA.id) == 33 + 12


def first_seen(desk: Desk) -> list[tuple[object, ...]]:
    return desk.published("select batch_id, first_seen_at from governance.batch order by all")
