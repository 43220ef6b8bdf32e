"""Damaged published files: nothing of them is carried into the next snapshot, and a refresh writes them anew."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data_tests.damage.conftest import Undisturbed, said
from suining_data_tests.damage.harm import BLOCK, HEADERS, garbage, half, middle
from suining_data_tests.end_to_end.published import is_whole
from suining_data_tests.undo.conftest import Desk

TABLES = ("governance.batch", "governance.dictionary", "governance.row_account", "governance.check_result")
FILES = ("suining.duckdb", "manifest.json", "parquet/governance/batch.parquet")


def lost(file: Path) -> None:
    file.unlink()


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", [half, lost])
def test_a_refresh_without_any_delivery_writes_what_is_damaged_anew(
    desk: Desk, name: str, harm: Callable[[Path], None]
) -> None:
    before = said(desk.settings.published)
    harm((desk.settings.published / name).resolve())
    desk.refresh()
    assert is_whole(desk.settings.published)
    assert said(desk.settings.published) == before
    assert desk.run("refresh") == 0
    assert "没有变化" in desk.output


@pytest.mark.parametrize("name", FILES)
def test_nothing_damaged_is_carried_into_the_next_snapshot(desk: Desk, as_undisturbed: Undisturbed, name: str) -> None:
    middle((desk.settings.published / name).resolve())
    desk.refresh()
    assert as_undisturbed(desk)


def test_the_link_to_the_snapshot_is_made_again(desk: Desk) -> None:
    before = said(desk.settings.published)
    (desk.settings.published / "current").unlink()
    desk.refresh()
    assert said(desk.settings.published) == before


def test_those_who_read_are_told_and_what_they_are_told_helps(desk: Desk) -> None:
    """Also where the damage has left the date of the file as it was."""
    before, file = said(desk.settings.published), (desk.settings.published / "suining.duckdb").resolve()
    date = file.stat().st_mtime_ns
    half(file)
    os.utime(file, ns=(date, date))
    for command in (("status",), ("accounts",)):
        assert desk.run(*command) == 1
        [line] = desk.output.strip().splitlines()
        assert f"touch {desk.settings.published / 'suining.duckdb'}，再运行 suining refresh" in line
    (desk.settings.published / "suining.duckdb").touch()
    desk.refresh()
    assert said(desk.settings.published) == before


def test_a_table_that_is_damaged_is_told_when_it_is_read(desk: Desk) -> None:
    """Every block has a checksum, so a query gives the right rows or says that the file is damaged."""
    before = {table: desk.published(f"from {table} order by all") for table in TABLES}
    file = (desk.settings.published / "suining.duckdb").resolve()
    garbage(file, HEADERS + 2 * BLOCK, file.stat().st_size // 4)
    for table, rows in before.items():
        if desk.run("query", f"from {table}") == 1:
            assert "已损坏" in desk.output
        else:
            assert desk.published(f"from {table} order by all") == rows


def test_a_damaged_copy_of_the_registry_is_written_anew(desk: Desk) -> None:
    half(desk.settings.registry_backup)
    desk.refresh()
    desk.settings.warehouse.parent.rename(desk.settings.data / "warehouse.damaged")
    before = said(desk.settings.published)
    desk.refresh()
    assert said(desk.settings.published) == before


def test_without_warehouse_and_copy_somebody_has_to_decide(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Golden ids must not begin anew silently; the backup brings them back."""
    backup = tmp_path_factory.mktemp("kept") / "backup"
    assert desk.run("backup", str(backup)) == 0
    before = said(desk.settings.published)
    middle(desk.settings.registry_backup)
    desk.settings.warehouse.parent.rename(desk.settings.data / "warehouse.damaged")
    for _ in range(2):
        assert desk.run("refresh") == 1
        assert "suining restore" in desk.output
    assert desk.run("restore", str(backup), "--force") == 0
    desk.refresh()
    assert said(desk.settings.published) == before


@pytest.mark.parametrize("harm", [half, middle])
@pytest.mark.parametrize("kind", [".parquet", ".rejected.parquet"])
def test_a_damaged_raw_file_is_named_and_its_delivery_read_again(
    desk: Desk, as_undisturbed: Undisturbed, harm: Callable[[Path], None], kind: str
) -> None:
    file = desk.settings.raw / "public_security__residents" / f"{desk.batch('ry_1.csv')}{kind}"
    harm(file)
    if desk.run("refresh") == 1:
        assert f"mv {file} {file}.damaged" in desk.output
        file.rename(f"{file}.damaged")
        desk.refresh()
    assert as_undisturbed(desk)
