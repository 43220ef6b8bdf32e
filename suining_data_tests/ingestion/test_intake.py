"""The ledger: what counts after files come, come again, are corrected, broken or taken away."""

import shutil

import pytest

from suining_data.catalog import Resource
from suining_data.ingestion import Notice, intake, read_again
from suining_data.ingestion.ledger import Batch, Status
from suining_data.ingestion.plausibility import refuse_if_ids_collide
from suining_data.ingestion.reading import Refused
from suining_data.packed_keys import MOST_LINES
from suining_data.settings import Settings
from suining_data.standardization import standardize
from suining_data_tests.ingestion.conftest import Desk, resource_of

DELTA = resource_of(["a"], mode="delta")
FULL = resource_of(["a"], mode="full")


def table(*values: object) -> str:
    return "a\n" + "".join(f"{value}\n" for value in values)


def seen(desk: Desk, resource=DELTA, **options) -> list[str]:
    return [row["a"] for row in desk.rows(desk.refresh(resource, **options))]


def test_a_file_delivered_twice_is_one_batch_and_is_not_read_again(desk: Desk):
    desk.deliver("1.csv", table(1, 2))
    assert desk.refresh(DELTA).files_read == 1
    desk.deliver("1_copy.csv", table(1, 2))
    result = desk.refresh(DELTA)
    assert (result.files_seen, result.files_read, len(result.current)) == (2, 0, 1)
    assert result.current[0].batch.file_name == "1.csv"


def test_deltas_add_up_in_the_order_of_their_names(desk: Desk):
    desk.deliver("2.csv", table(2))
    desk.deliver("1.csv", table(1))
    assert seen(desk) == ["1", "2"]


def test_of_full_deliveries_the_newest_name_counts_and_a_state_sent_again_is_the_newest(desk: Desk):
    desk.deliver("1.csv", table(1))
    desk.deliver("2.csv", table(2))
    assert seen(desk, FULL) == ["2"]
    assert desk.statuses() == {"1.csv:1": "superseded", "2.csv:1": "in_force"}
    desk.deliver("3.csv", table(1))
    assert seen(desk, FULL) == ["1"]


@pytest.mark.parametrize("resource", [DELTA, FULL])
def test_a_corrected_file_replaces_its_predecessor_and_may_be_taken_back(desk: Desk, resource):
    desk.deliver("1.csv", table(1, 2))
    desk.refresh(resource)
    desk.deliver("1.csv", table(1, 2, 3))
    assert seen(desk, resource) == ["1", "2", "3"]
    assert desk.statuses() == {"1.csv:2": "replaced", "1.csv:3": "in_force"}
    desk.deliver("1.csv", table(1, 2))
    assert seen(desk, resource) == ["1", "2"]
    assert desk.statuses() == {"1.csv:2": "in_force", "1.csv:3": "replaced"}


def test_a_refused_correction_leaves_the_good_batch_in_force_until_a_good_one_comes(desk: Desk):
    desk.deliver("1.csv", table(1))
    desk.refresh(DELTA)
    desk.deliver("1.csv", "b\n2\n")
    result = desk.refresh(DELTA)
    assert [row["a"] for row in desk.rows(result)] == ["1"]
    assert len(result.refusals) == 1
    assert len(desk.refresh(DELTA).refusals) == 1, "still said while the file lies there"
    desk.deliver("1.csv", table(3))
    result = desk.refresh(DELTA)
    assert [row["a"] for row in desk.rows(result)] == ["3"]
    assert result.refusals == ()


def test_a_file_taken_out_of_landing_keeps_its_batch(desk: Desk):
    path = desk.deliver("1.csv", table(1))
    desk.refresh(DELTA)
    path.unlink()
    assert seen(desk) == ["1"]


def test_a_full_delivery_that_shrinks_by_more_than_30_percent_is_refused_until_accepted(desk: Desk):
    desk.deliver("1.csv", table(*range(100)))
    desk.refresh(FULL)
    desk.deliver("2.csv", table(*range(70)))
    assert len(seen(desk, FULL)) == 70, "30 % is not more than 30 %"
    desk.deliver("3.csv", table(*range(48)))
    result = desk.refresh(FULL)
    assert result.raw_rows == 70
    assert result.refusals[0].zh.startswith("3.csv 全文件: 只有 48 行，比上一批 2.csv 的 70 行少 31%（超过 30%）。")
    batch_id = result.refusals[0].en.split("--accept ")[1].rstrip(".")
    assert desk.refresh(FULL, accepted=[batch_id]).raw_rows == 48
    assert desk.refresh(FULL).raw_rows == 48


def test_a_delta_may_be_short_or_empty_and_a_full_delivery_may_not(desk: Desk):
    desk.deliver("1.csv", table(*range(100)))
    desk.deliver("2.csv", table())
    assert len(desk.refresh(DELTA).current) == 2
    assert "没有一行数据" in desk.refresh(FULL).refusals[0].zh


def test_a_mended_catalogue_reads_the_refused_file_again(desk: Desk):
    desk.deliver("1.csv", "aa\n1\n")
    assert desk.refresh(DELTA).current == ()
    assert desk.refresh(DELTA).files_read == 0
    assert desk.refresh(resource_of(["aa"])).raw_rows == 1


def test_raw_is_rebuilt_from_landing_and_what_cannot_be_is_said(desk: Desk):
    path = desk.deliver("1.csv", table(1))
    desk.refresh(DELTA)
    shutil.rmtree(desk.settings.raw)
    assert seen(desk) == ["1"]
    shutil.rmtree(desk.settings.raw)
    path.unlink()
    assert desk.refresh(DELTA).current == ()
    desk.deliver("1.csv", table(1))
    assert seen(desk) == ["1"]


def test_files_are_read_again_when_somebody_asks_for_it_also_over_torn_ones_in_raw(desk: Desk):
    desk.deliver("1.csv", table(1))
    [torn] = desk.refresh(DELTA).current
    torn.raw.write_bytes(torn.raw.read_bytes()[:40])
    torn.rejected.write_bytes(b"")
    read_again(desk.con, DELTA.id)
    assert desk.refresh(DELTA).files_read == 1
    assert seen(desk) == ["1"]
    assert desk.refresh(DELTA).files_read == 0


def test_a_crash_while_reading_leaves_no_batch_and_no_half_file(desk: Desk, monkeypatch):
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    desk.deliver("1.csv", table(1))
    with monkeypatch.context() as patch:
        patch.setattr(intake, "write_ledger", crash)
        with pytest.raises(KeyboardInterrupt):
            desk.refresh(DELTA)
    assert desk.con.execute("select count(*) from governance.batch").fetchone() == (0,)
    assert seen(desk) == ["1"]
    assert [p.name for p in (desk.settings.raw / DELTA.id).iterdir() if p.name.startswith(".")] == []


def test_only_files_that_match_the_pattern_are_taken(desk: Desk):
    desk.deliver("hjbd_1.csv", table(1))
    desk.deliver("other.csv", table(2))
    assert seen(desk, resource_of(["a"], pattern="hjbd_*.csv")) == ["1"]


def test_a_resource_without_files_is_empty_and_no_error(desk: Desk, tmp_path):
    desk.settings = Settings(data=tmp_path / "nothing")
    result = desk.refresh(DELTA)
    assert (result.files_seen, result.current, result.refusals) == (0, (), ())


def test_a_batch_whose_record_ids_are_those_of_another_one_is_refused_before_rows_mix(desk: Desk):
    # the digests of these two files agree in the 37 bits that a record id has for a batch
    desk.deliver("1.csv", table(389168))
    desk.deliver("2.csv", table(409523))
    result = desk.refresh(DELTA)
    assert [row["a"] for row in desk.rows(result)] == ["389168"]
    [refusal] = result.refusals
    assert refusal.en.startswith("2.csv whole file: its rows would get the record ids of batch")
    desk.deliver("2.csv", table(409523) + "\n")
    assert seen(desk) == ["389168", "409523"]


def test_a_batch_of_more_lines_than_record_ids_can_count_is_refused():
    batch = Batch("r", "b", "u", "1.csv", "", 1, Status.CURRENT, "run", "")
    refuse_if_ids_collide(batch, MOST_LINES, [])
    with pytest.raises(Refused, match=f"has {MOST_LINES + 1} lines"):
        refuse_if_ids_collide(batch, MOST_LINES + 1, [])


def test_a_column_that_is_declared_later_does_not_take_the_rows_away(desk: Desk) -> None:
    """The file that was good stays current, whether it is still in landing/ or not; the new column is empty."""
    desk.deliver("ry_1.csv", "xm,gmsfhm\n甲,1\n乙,2\n")
    before, after = resource_of(["xm", "gmsfhm"]), resource_of(["xm", "gmsfhm", "zz"])
    assert desk.refresh(before).raw_rows == 2
    for _ in range(2):
        result = desk.refresh(after)
        assert (result.raw_rows, result.refusals) == (2, ())
        [warning] = result.warnings
        assert "ry_1.csv: 没有后来登记的列 zz" in warning.zh
        (desk.settings.landing / desk.unit.id / "ry_1.csv").unlink(missing_ok=True)
    desk.con.execute("create schema staged")
    account = standardize(desk.con, desk.settings, desk.unit, after)
    assert (account.staged, account.quarantined, account.unbalanced) == (2, 0, [])
    [refusal] = refused_when_delivered(desk, after, "ry_2.csv", "xm,gmsfhm\n丙,3\n")
    assert "缺少列 zz" in refusal.zh, "a new file must have the column"


def refused_when_delivered(desk: Desk, resource: Resource, name: str, content: str) -> tuple[Notice, ...]:
    desk.deliver(name, content)
    return desk.refresh(resource).refusals


def test_a_replaced_file_stays_replaced_when_its_declaration_changes(desk: Desk) -> None:
    desk.deliver("ry_1.csv", "xm,gmsfhm\n甲,1\n")
    desk.refresh(resource_of(["xm", "gmsfhm"]))
    desk.deliver("ry_1.csv", "xm,gmsfhm,zz\n甲,1,东\n")
    desk.refresh(resource_of(["xm", "gmsfhm"]))
    desk.refresh(resource_of(["xm", "gmsfhm", "zz"]))
    statuses = desk.con.execute("select status from governance.batch order by first_seen_at, status").fetchall()
    assert sorted(statuses) == [("in_force",), ("replaced",)]
