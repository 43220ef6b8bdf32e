"""Which batches count when deliveries are withdrawn, lie there, are corrected, and when that is undone."""

import shutil
from dataclasses import replace

import pytest

from suining_data.ingestion import (
    Delivery,
    deliveries_meant,
    end_withdrawal,
    keep_redacted,
    record_withdrawal,
    recorded_batches,
)
from suining_data_tests.ingestion.conftest import Desk
from suining_data_tests.ingestion.test_intake import DELTA, FULL, seen, table
from suining_data_tests.ingestion.test_pages import PAGED, three_pages


def withdraw(desk: Desk, name: str) -> None:
    record_withdrawal(desk.con, meant(desk, name), "王主任", "文件交错")


def undo(desk: Desk, name: str) -> None:
    end_withdrawal(desk.con, meant(desk, name, withdrawn=True), "王主任", "查实无误")


def meant(desk: Desk, name: str, *, withdrawn: bool = False) -> Delivery:
    [delivery] = deliveries_meant(desk.con, f"{desk.unit.id}/{name}", withdrawn=withdrawn)
    return delivery


@pytest.mark.parametrize(("resource", "left"), [(FULL, ["1"]), (DELTA, ["1", "3"])])
def test_a_full_delivery_gives_way_to_the_newest_left_and_of_a_delta_only_its_rows_go(
    desk: Desk, resource, left
) -> None:
    desk.deliver("1.csv", table(1))
    desk.deliver("2.csv", table(2))
    if resource is DELTA:
        desk.deliver("3.csv", table(3))
    desk.refresh(resource)
    withdraw(desk, "2.csv")
    assert seen(desk, resource) == left
    assert seen(desk, resource) == left, "the file still lies there"
    undo(desk, "2.csv")
    assert seen(desk, resource) == (["2"] if resource is FULL else ["1", "2", "3"])


def test_the_content_stays_withdrawn_under_another_name_and_another_content_counts(desk: Desk) -> None:
    desk.deliver("1.csv", table(1))
    desk.refresh(FULL)
    withdraw(desk, "1.csv")
    desk.deliver("2.csv", table(1))
    assert seen(desk, FULL) == []
    desk.deliver("1.csv", table(3))
    assert seen(desk, FULL) == ["3"]
    assert desk.statuses() == {"2.csv:1": "withdrawn", "1.csv:1": "in_force"}


@pytest.mark.parametrize("resource", [FULL, DELTA])
def test_what_a_withdrawn_correction_replaced_counts_until_that_is_undone(desk: Desk, resource) -> None:
    for value in (1, 2, 3):
        desk.deliver("1.csv", table(value))
        desk.refresh(resource)
    withdraw(desk, "1.csv")
    assert seen(desk, resource) == ["2"]
    assert meant(desk, "1.csv").withdrawn_at, "the name means what was withdrawn last, and not what came back"
    undo(desk, "1.csv")
    assert seen(desk, resource) == ["3"]
    withdraw(desk, "1.csv")
    desk.refresh(resource)
    (desk.settings.landing / desk.unit.id / "1.csv").unlink()
    assert seen(desk, resource) == ["2"]
    undo(desk, "1.csv")
    assert seen(desk, resource) == ["3"], "raw/ still has its rows"
    withdraw(desk, "1.csv")
    desk.deliver("1.csv", table(4))
    assert seen(desk, resource) == ["4"]
    assert meant(desk, "1.csv").withdrawn_at is None


def test_a_replaced_delivery_that_is_withdrawn_stays_away_when_it_is_delivered_again(desk: Desk) -> None:
    desk.deliver("1.csv", table(1))
    desk.refresh(DELTA)
    [replaced] = deliveries_meant(desk.con, meant(desk, "1.csv").batch_id)
    desk.deliver("1.csv", table(2))
    desk.refresh(DELTA)
    [replaced] = deliveries_meant(desk.con, replaced.batch_id)
    assert replaced.status == "replaced"
    record_withdrawal(desk.con, replaced, "王主任", "文件交错")
    assert seen(desk) == ["2"]
    desk.deliver("1.csv", table(1))
    assert seen(desk) == ["2"]
    end_withdrawal(desk.con, replaced, "王主任", "查实无误")
    assert seen(desk) == ["1"]


def test_what_was_withdrawn_is_no_measure_for_the_next_delivery(desk: Desk) -> None:
    desk.deliver("1.csv", table(*range(40)))
    desk.refresh(FULL)
    desk.deliver("2.csv", table(*range(79)))
    desk.refresh(FULL)
    withdraw(desk, "2.csv")
    desk.deliver("3.csv", table(*range(41)))  # half of the withdrawn one
    assert len(seen(desk, FULL)) == 41


def test_a_lost_ledger_is_built_again_with_the_same_batches(desk: Desk) -> None:
    for name, rows in (("1.csv", 40), ("2.csv", 79), ("3.csv", 41)):  # 3.csv came when 2.csv was withdrawn
        desk.deliver(name, table(*range(rows)))
        desk.refresh(FULL)
        if rows == 79:
            withdraw(desk, name)
    statuses = desk.statuses()
    assert statuses == {"1.csv:40": "superseded", "2.csv:79": "withdrawn", "3.csv:41": "in_force"}
    desk.con.execute("delete from governance.batch")
    shutil.rmtree(desk.settings.raw)
    assert len(seen(desk, FULL)) == 41
    assert desk.statuses() == statuses


def test_a_withdrawn_batch_whose_rows_and_file_are_lost_is_told_when_it_shall_count_again(desk: Desk) -> None:
    desk.deliver("1.csv", table(1)).unlink()
    desk.deliver("1.csv", table(1))
    desk.refresh(FULL)
    withdraw(desk, "1.csv")
    (desk.settings.landing / desk.unit.id / "1.csv").unlink()
    shutil.rmtree(desk.settings.raw)
    assert (seen(desk, FULL), desk.statuses()) == ([], {"1.csv:1": "withdrawn"})
    undo(desk, "1.csv")
    assert (seen(desk, FULL), desk.statuses()) == ([], {"1.csv:1": "refused"})
    desk.deliver("1.csv", table(1))
    assert seen(desk, FULL) == ["1"]


def test_a_withdrawn_batch_of_which_a_person_was_forgotten_stays_withdrawn_and_may_count_again(desk: Desk) -> None:
    file = desk.deliver("1.csv", table(1, 2))
    desk.refresh(FULL)
    withdraw(desk, "1.csv")
    desk.refresh(FULL)
    [batch] = recorded_batches(desk.con, FULL.id).values()
    keep_redacted(desk.settings, replace(batch, redactions=1), ())
    desk.refresh(FULL)
    assert not file.exists()
    desk.con.execute("delete from governance.batch")
    shutil.rmtree(desk.settings.raw)
    assert (seen(desk, FULL), desk.statuses()) == ([], {"1.csv:2": "withdrawn"})
    undo(desk, "1.csv")
    assert (seen(desk, FULL), desk.statuses()) == (["1", "2"], {"1.csv:2": "in_force"})


def test_a_delivery_is_named_by_its_batch_its_file_or_one_of_its_pages(desk: Desk) -> None:
    three_pages(desk)
    desk.refresh(PAGED)
    named = meant(desk, "sb_20190831.json")
    assert meant(desk, "sb_20190831_p002.json") == named
    assert deliveries_meant(desk.con, named.batch_id) == [named]
    assert deliveries_meant(desk.con, f"data/landing/{desk.unit.id}/sb_20190831.json") == [named]
    assert deliveries_meant(desk.con, "health/sb_20190831.json") == deliveries_meant(desk.con, "") == []
