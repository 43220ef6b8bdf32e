"""Raw files that were changed after they were written: what reads them says so, and does not take their rows."""

from pathlib import Path

import pytest

from suining_data.damage import DamagedFile
from suining_data.ingestion import check_raw_files, seal_batches
from suining_data_tests.ingestion.conftest import Desk, resource_of

THING = resource_of(["a", "b"], format="csv", encoding="utf-8", pattern="x_*.csv", mode="delta")


def one_batch(desk: Desk) -> tuple[str, Path]:
    """Id and raw file of a batch of one row."""
    desk.deliver("x_1.csv", "a,b\n1,2\n")
    [item] = desk.refresh(THING).current
    return item.batch.batch_id, item.raw


def overwrite(desk: Desk, raw: Path, value: str = "9") -> None:
    """Another valid Parquet file with the same columns."""
    other = raw.with_name("other")
    desk.con.execute(f"copy (select * replace ('{value}' as b) from '{raw}') to '{other}' (format parquet)")
    other.replace(raw)


def test_a_raw_file_is_the_one_that_the_ledger_knows(desk: Desk) -> None:
    batch_id, raw = one_batch(desk)
    check_raw_files(desk.con, desk.settings, THING.id, [batch_id])
    overwrite(desk, raw)
    with pytest.raises(DamagedFile, match=f"mv {raw}"):
        check_raw_files(desk.con, desk.settings, THING.id, [batch_id])


def test_what_was_moved_away_is_read_again_and_has_its_new_digest(desk: Desk) -> None:
    batch_id, raw = one_batch(desk)
    overwrite(desk, raw)
    raw.rename(raw.with_suffix(".damaged"))
    result = desk.refresh(THING)
    assert [row["b"] for row in desk.rows(result)] == ["2"]
    check_raw_files(desk.con, desk.settings, THING.id, [batch_id])


def test_a_batch_of_an_earlier_version_is_sealed_as_it_is(desk: Desk) -> None:
    batch_id, raw = one_batch(desk)
    desk.con.execute("update governance.batch set raw_sha256 = null, rejected_sha256 = null")
    overwrite(desk, raw)
    seal_batches(desk.con, desk.settings)
    check_raw_files(desk.con, desk.settings, THING.id, [batch_id])
    overwrite(desk, raw, "8")
    seal_batches(desk.con, desk.settings)
    with pytest.raises(DamagedFile):
        check_raw_files(desk.con, desk.settings, THING.id, [batch_id])


def test_killed_between_the_files_and_the_ledger_the_file_is_read_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, raw = one_batch(desk)
    raw.unlink()
    with monkeypatch.context() as patch:
        patch.setattr("suining_data.ingestion.intake.write_ledger", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            desk.refresh(THING)
    overwrite(desk, raw)  # the bytes that were written before the kill need not be those of the ledger
    assert desk.refresh(THING).files_read == 1
    check_raw_files(desk.con, desk.settings, THING.id, [batch_id])
