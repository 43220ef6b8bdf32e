"""A batch out of which rows were taken: its file in landing/ is replaced by the other rows, and the batch stays what it was."""

from pathlib import Path

from suining_data.ingestion import create_ledger, take_out
from suining_data.ingestion.ledger import recorded_batches
from suining_data_tests.ingestion.conftest import Desk, resource_of

RESOURCE = resource_of(["a", "b"])
LINES = "temp.found"
NO_TEXTS = "select 0 where false"


def without(desk: Desk, *texts: str):
    """Takes the rows with one of these texts in column a out, and empties column b of rows that have it there."""

    def redact(raw: Path, rejected: Path) -> bool:
        listed = ", ".join(f"'{text}'" for text in texts)
        desk.con.execute(f"""
            create or replace temp table found as
            select _line as line, a in ({listed}) as is_whole, case when b in ({listed}) then ['b'] else [] end::varchar[] as sources
            from '{raw}' where a in ({listed}) or b in ({listed})
        """)
        if not desk.con.execute("from found").fetchall():
            return False
        take_out(desk.con, raw, rejected, LINES, NO_TEXTS)
        return True

    return redact


def test_the_file_goes_and_its_other_rows_stay_under_the_same_batch_and_lines(desk: Desk) -> None:
    file = desk.deliver("1.csv", "a,b\n1,x\n2,y\n3,2\n")
    file.with_name("1.csv.ok").touch()
    result = desk.refresh(RESOURCE, redact=without(desk, "2"))
    assert desk.rows(result) == [{"a": "1", "b": "x", "_line": 2}, {"a": "3", "b": None, "_line": 4}]
    assert desk.rejected(result) == [(3, "FORGOTTEN")]
    [batch] = recorded_batches(desk.con, RESOURCE.id).values()
    assert (batch.lines_total, batch.header_lines, batch.raw_rows, batch.rejected_rows) == (4, 1, 2, 1)
    assert [path.name for path in file.parent.iterdir()] == [".redacted"]
    assert all(b"y" not in path.read_bytes() for path in file.parent.rglob("*.parquet"))
    again = desk.refresh(RESOURCE, redact=without(desk, "2"))
    assert desk.rows(again) == desk.rows(result)


def test_the_same_file_that_comes_again_goes_again(desk: Desk) -> None:
    content = "a,b\n1,x\n2,y\n"
    desk.deliver("1.csv", content)
    first = desk.refresh(RESOURCE, redact=without(desk, "2"))
    file = desk.deliver("1.csv", content)
    again = desk.refresh(RESOURCE, redact=without(desk, "2"))
    assert not file.exists()
    assert (again.files_read, desk.rows(again)) == (0, desk.rows(first))


def test_a_corrected_file_replaces_a_batch_that_lost_its_own(desk: Desk) -> None:
    desk.deliver("1.csv", "a,b\n1,x\n2,y\n")
    desk.refresh(RESOURCE, redact=without(desk, "2"))
    desk.deliver("1.csv", "a,b\n1,z\n")
    assert [row["b"] for row in desk.rows(desk.refresh(RESOURCE, redact=without(desk, "2")))] == ["z"]
    assert desk.statuses() == {"1.csv:1": "in_force"} or set(desk.statuses().values()) == {"replaced", "in_force"}


def test_with_raw_and_ledger_lost_the_batch_comes_back_from_landing(desk: Desk) -> None:
    desk.deliver("1.csv", "a,b\n1,x\n2,y\n")
    first = desk.refresh(RESOURCE, redact=without(desk, "2"))
    rows, before = desk.rows(first), recorded_batches(desk.con, RESOURCE.id)
    desk.con.execute("drop schema governance cascade")
    create_ledger(desk.con)
    for item in first.current:
        item.raw.unlink()
        item.rejected.unlink()
    again = desk.refresh(RESOURCE)
    assert desk.rows(again) == rows
    assert recorded_batches(desk.con, RESOURCE.id) == before


def test_taking_out_again_after_it_broke_off_counts_a_row_once(desk: Desk) -> None:
    desk.deliver("1.csv", "a,b\n1,x\n2,y\n")
    result = desk.refresh(RESOURCE)
    [item] = result.current
    raw_before = item.raw.read_bytes()
    redact = without(desk, "2")
    redact(item.raw, item.rejected)
    item.raw.write_bytes(raw_before)  # a crash between the two files
    redact(item.raw, item.rejected)
    assert [row["a"] for row in desk.rows(result)] == ["1"]
    assert desk.rejected(result) == [(3, "FORGOTTEN")]
