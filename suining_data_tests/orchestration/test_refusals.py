"""Which refused deliveries still stand, and what is said about them."""

import io
from collections.abc import Iterator

import duckdb
import pytest

from suining_data.display import PlainConsole, visible_lines
from suining_data.ingestion import create_ledger
from suining_data.orchestration.refusals import arriving_files, print_arriving, print_refusals, standing_refusals
from suining_data.orchestration.step import Check, WriteResult
from suining_data.orchestration.validation import _own_result


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as con:
        create_ledger(con)
        con.execute(
            "create table governance.check_result (table_name varchar, check_name varchar, has_passed boolean, "
            "severity varchar, description varchar)"
        )
        yield con


def refuse(con: duckdb.DuckDBPyConnection, file: str, zh: str, en: str) -> None:
    con.execute(
        "insert into governance.batch (resource_id, batch_id, unit_id, file_name, content_sha256, file_bytes, status, "
        "refusal_zh, refusal_en, run_id, declaration) values ('health__births', ?, 'health', ?, '', 1, 'refused', ?, ?, '', '')",
        [file, file, zh, en],
    )


def check(con: duckdb.DuckDBPyConnection, *sentences: str, has_passed: bool = False) -> None:
    con.execute(
        "insert into governance.check_result values ('raw.health__births', 'batches_accepted', ?, 'ERROR', ?)",
        [has_passed, "\n".join(map(visible_lines, sentences)) or None],
    )


def test_only_files_that_the_check_names_stand(con: duckdb.DuckDBPyConnection) -> None:
    refuse(con, "a.csv", "a.csv 全文件: 坏\x1b[2J", "a.csv whole file: bad\x1b[2J")
    refuse(con, "b.csv", "b.csv 全文件: 已移走", "b.csv whole file: taken away")
    check(
        con, "a.csv 全文件: 坏\x1b[2J\na.csv whole file: bad\x1b[2J",
        "c.csv 全文件: 没有读取权限\nc.csv whole file: it cannot be opened",
    )  # fmt: skip
    refused, waiting = standing_refusals(con)
    assert (refused.unit_id, refused.file_name, refused.batch_id) == ("health", "a.csv", "a.csv")
    assert (waiting.resource_id, waiting.batch_id) == ("health__births", None)
    assert (waiting.message_zh, waiting.message_en) == (
        "c.csv 全文件: 没有读取权限",
        "c.csv whole file: it cannot be opened",
    )
    output = io.StringIO()
    print_refusals([refused, waiting], PlainConsole(file=output, width=40))
    assert "✗ 2 份来件" in output.getvalue()
    assert "health: a.csv 全文件: 坏\\x1b[2J" in output.getvalue()
    assert "\x1b" not in output.getvalue()


def test_a_young_file_is_shown_and_is_no_refusal(con: duckdb.DuckDBPyConnection) -> None:
    sentence = "a.csv: 正在到达，5 秒前还有写入\na.csv: arriving; it was written to 5 s ago"
    con.execute(
        "insert into governance.check_result values ('raw.health__births', 'files_complete', false, 'WARN', ?)",
        [sentence],
    )
    [young] = arriving_files(con)
    assert (young.resource_id, young.batch_id) == ("health__births", None)
    assert standing_refusals(con) == []
    output = io.StringIO()
    print_arriving([young], PlainConsole(file=output))
    assert output.getvalue() == "… a.csv: 正在到达，5 秒前还有写入\n  a.csv: arriving; it was written to 5 s ago\n"


def test_nothing_stands_when_the_check_has_passed(con: duckdb.DuckDBPyConnection) -> None:
    refuse(con, "a.csv", "a.csv 全文件: 坏", "a.csv whole file: bad")
    check(con, has_passed=True)
    assert standing_refusals(con) == []
    output = io.StringIO()
    print_refusals([], PlainConsole(file=output))
    assert output.getvalue() == ""


def test_the_check_in_dagster_has_no_control_characters() -> None:
    result = _own_result(Check("c", "d"), WriteResult(0, failures={"c": ("a\x1b[2J\nb\u202e",)}))
    assert result.description == "a\\x1b[2J\nb\\u202e"
