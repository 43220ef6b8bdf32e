"""A clerk opens the workbook, chooses, hands it back; what is wrong is said by row, and nothing is taken by halves."""

import re
import shutil
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from suining_data.review import (
    append,
    decidable_pairs,
    not_yet_recorded,
    open_pairs,
    read_decisions,
    read_rows,
    write_workbook,
)
from suining_data.settings import PROJECT
from suining_data_tests.linkage.test_deterministic_linkage import NUMBER
from suining_data_tests.review.conftest import Waiting, fill_in


@pytest.fixture
def file(waiting: Waiting, tmp_path: Path) -> Path:
    """Three open pairs, written."""
    for line in range(3):
        waiting.unsure(household_number=f"00{line}")
    waiting.link()
    file = tmp_path / "queue.xlsx"
    write_workbook(file, open_pairs(waiting.con, waiting.catalog), date(2019, 10, 1))
    return file


def take(waiting: Waiting, file: Path) -> list[str]:
    """Take the decisions as `suining review import` does; what is wrong."""
    rows, _ = read_rows(file)
    pairs = decidable_pairs(waiting.con, [row.pair_id for row in rows])
    decisions, problems = read_decisions(rows, pairs)
    if not problems:
        append(waiting.con, not_yet_recorded(waiting.con, decisions), pairs)
    return problems


def test_the_workbook_has_both_sides_the_evidence_and_columns_to_fill_in(waiting: Waiting, file: Path) -> None:
    with CalamineWorkbook.from_path(file) as book:
        assert book.sheet_names == ["说明", "人员"]
        header, *rows = book.get_sheet_by_name("人员").to_python()
    row = dict(zip(header, rows[0], strict=True))
    assert sorted(str(each[0]) for each in rows) == sorted(waiting.pair_ids())
    assert [row[title] for title in ("判定", "判定人", "理由")] == ["", "", ""]
    assert (row["姓名·甲"], row["姓名·乙"], row["性别·甲"], row["性别·乙"]) == ("王小明", "王小明", "女", "男")
    assert (row["号码·甲"], row["号码·乙"]) == ("", NUMBER)
    assert row["关联事项·甲"] in {"户号 000", "户号 001", "户号 002"}
    assert re.search(r"性别不同（-\d+\.\d）", str(row["依据"]))
    assert row["文件·甲"] == "czhjrk_20190831.csv"


def test_every_cell_is_text_and_the_decision_is_chosen_from_a_list(waiting: Waiting, tmp_path: Path) -> None:
    waiting.unsure(registered_address="=1+1", household_number="+86")
    waiting.link()
    file = tmp_path / "queue.xlsx"
    write_workbook(file, open_pairs(waiting.con, waiting.catalog), date(2019, 10, 1))
    with zipfile.ZipFile(file) as parts:
        xml = parts.read("xl/worksheets/sheet2.xml").decode()
    assert "<f>" not in xml
    assert 't="n"' not in xml
    assert "相同,不同,不确定" in xml


def test_decisions_are_taken_once_and_blank_rows_skipped(waiting: Waiting, file: Path) -> None:
    first, second, _ = waiting.pair_ids()
    fill_in(file, {first: ("相同", "张某", "电话核实"), second: ("不确定", " 李某 ", "")})
    assert read_rows(file)[1] == 1
    for _ in range(2):
        assert take(waiting, file) == []
        assert sorted(waiting.decisions(), key=str) == [
            (NUMBER, "same", "张某", "电话核实"),
            (NUMBER, "unsure", "李某", None),
        ]
    waiting.link()
    assert first not in waiting.pair_ids()
    assert take(waiting, file) == [], "the pair is decided, no longer open, but can be decided again"
    assert len(waiting.decisions()) == 2


def test_what_is_wrong_is_said_by_sheet_and_row_and_nothing_is_taken(waiting: Waiting, file: Path) -> None:
    first, second, third = waiting.pair_ids()
    fill_in(file, {first: ("相同", "张某", ""), second: ("也许", "张某", ""), third: ("不同", "", "")})
    problems = take(waiting, file)
    assert len(problems) == 2
    assert any("“人员”第" in each and "也许" in each and "相同、不同、不确定" in each for each in problems)
    assert any("缺少判定人" in each for each in problems)
    assert waiting.decisions() == []


def test_a_pair_that_is_not_open_is_named(waiting: Waiting, file: Path) -> None:
    pairs = waiting.pair_ids()
    fill_in(file, dict.fromkeys(pairs, ("相同", "张某", "")))
    waiting.con.execute("delete from linked.review where pair_id = ?", [pairs[1]])
    [problem] = take(waiting, file)
    assert pairs[1] in problem
    assert "清空判定" in problem
    assert waiting.decisions() == []


def test_two_decisions_on_one_pair_in_one_workbook_are_refused(waiting: Waiting, file: Path, tmp_path: Path) -> None:
    [first, *_] = waiting.pair_ids()
    fill_in(file, {first: ("相同", "张某", "")})
    rows, _ = read_rows(file)
    other = tmp_path / "other.xlsx"
    write_workbook(other, open_pairs(waiting.con, waiting.catalog), date(2019, 10, 1))
    fill_in(other, {first: ("不同", "李某", "")})
    pairs = decidable_pairs(waiting.con, [first])
    decisions, problems = read_decisions([*rows, *rows], pairs)
    assert (len(decisions), problems) == (1, [])
    _, [problem] = read_decisions([*rows, *read_rows(other)[0]], pairs)
    assert "判定却不同" in problem


@pytest.mark.parametrize("content", [b"", b"not a workbook"])
def test_a_file_that_is_no_workbook_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "queue.xlsx"
    file.write_bytes(content)
    with pytest.raises(ValueError, match="不是能读的工作簿"):
        read_rows(file)
    with pytest.raises(ValueError, match="不是能读的工作簿"):
        read_rows(tmp_path / "nowhere.xlsx")


def test_a_hostile_workbook_is_refused_and_ends_nothing(tmp_path: Path) -> None:
    """A cell far away makes the library ask for half a terabyte, which ends the process that reads it."""
    hostile = tmp_path / "decisions.xlsx"
    shutil.copy(PROJECT / "suining_data_tests/cases/hostile/far_case.xlsx", hostile)
    with pytest.raises(ValueError, match="not a readable workbook"):
        read_rows(hostile)
