"""`suining withdraw`: rows leave and come back, the accounts balance, and what was decided is recorded, shown and kept."""

import shutil

import pytest

from suining_data_tests.undo.conftest import DELTA, FULL, WHO, Desk


def withdrawals(desk: Desk) -> list[tuple[object, ...]]:
    return desk.published(
        "select file_name, raw_rows, withdrawn_by, reason, undone_by from governance.withdrawal order by withdrawn_at"
    )


def problems(desk: Desk) -> list[tuple[object, ...]]:
    return desk.published("select kind, file_name from governance.delivery_problem")


def test_a_full_delivery_is_withdrawn_twice_and_counts_again(desk: Desk) -> None:
    assert desk.staged(FULL.id) == 42
    desk.withdraw("public_security/dj_2.csv")
    assert "在用 1 批，最新 dj_1.csv" in desk.output
    assert desk.statuses() == {("dj_1.csv", 40): "in_force", ("dj_2.csv", 42): "withdrawn"}
    assert desk.staged(FULL.id) == 40
    assert desk.run("status") == 0
    assert "已撤回 withdrawn public_security/dj_2.csv" in desk.output
    (desk.settings.landing / "public_security" / "dj_2.csv").touch()
    desk.withdraw("public_security/dj_2.csv")  # the file is looked at again
    assert "不再记录" in desk.output
    assert desk.staged(FULL.id) == 40
    assert withdrawals(desk) == [("dj_2.csv", 42, "王主任", "文件交错", None)]
    desk.withdraw(desk.batch("dj_2.csv"), "--undo")
    assert desk.statuses() == {("dj_1.csv", 40): "superseded", ("dj_2.csv", 42): "in_force"}
    assert desk.staged(FULL.id) == 42
    assert withdrawals(desk) == [("dj_2.csv", 42, "王主任", "文件交错", "王主任")]


def test_the_rows_that_a_withdrawn_delta_superseded_are_there_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.deliver("ry_2.csv", 10)  # the first ten of ry_1.csv
    desk.refresh()
    superseded = f"select superseded from governance.row_account where batch_id = '{desk.batch('ry_1.csv')}'"
    assert desk.published(superseded) == [(10,)]
    with monkeypatch.context() as patch:
        patch.setattr("suining_data.undo.withdrawing.run_refresh", lambda *_: 1 / 0)  # it breaks off
        with pytest.raises(ZeroDivisionError):
            desk.run("withdraw", "public_security/ry_2.csv", *WHO)
    desk.refresh()
    assert desk.published(superseded) == [(0,)]
    assert desk.statuses(DELTA.id) == {
        ("ry_1.csv", 30): "in_force",
        ("ry_2.csv", 12): "in_force",
        ("ry_2.csv", 10): "withdrawn",
    }
    assert (desk.staged(DELTA.id), desk.staged(FULL.id)) == (42, 42)
    assert problems(desk) == [("vanished", "public_security/ry_2.csv")], "the file of what came back was written over"
    assert desk.run("verify") == 0, desk.output


def test_it_holds_when_the_warehouse_is_lost(desk: Desk) -> None:
    desk.withdraw("public_security/dj_2.csv")
    desk.withdraw("public_security/ry_1.csv")
    before = everything(desk)
    for lost in ("warehouse", "raw", "published", "dagster"):
        shutil.rmtree(desk.settings.data / lost)
    desk.refresh()
    assert everything(desk) == before
    assert (desk.staged(FULL.id), desk.staged(DELTA.id)) == (40, 12)


def everything(desk: Desk) -> list[list[tuple[object, ...]]]:
    tables = ("governance.batch", "governance.row_account", "governance.quarantine", "governance.withdrawal")
    columns = "columns(lambda name: name not in ('first_seen_at', 'run_id'))"
    return [desk.published(f"select {columns} from {table} order by all") for table in tables]


def test_what_cannot_be_withdrawn_is_said_in_one_line(desk: Desk) -> None:
    refused = desk.deliver("dj_3.csv", 3)
    assert desk.run("refresh") == 3
    for name, said in (
        ("0123456789abcdef", "没有这个来件"),
        ("health/dj_2.csv", "没有这个来件"),
        ("public_security/dj_3.csv", "未被采用"),
        (desk.batch("dj_2.csv"), "没有这个已撤回的来件"),
    ):
        options = ("--undo",) if "已撤回" in said else ()
        assert desk.run("withdraw", name, *WHO, *options) == 1
        assert said in desk.output
        assert len(desk.output.strip().splitlines()) == 1
    assert desk.run("withdraw", "public_security/dj_2.csv", "--by", " ", "--reason", "x") == 1
    assert "--by" in desk.output
    refused.unlink()
    desk.refresh()
    assert desk.staged(FULL.id) == 42
    assert withdrawals(desk) == []
