"""The way back: a department reads what was put aside, corrects its file and delivers it under the same name."""

from pathlib import Path

from python_calamine import CalamineWorkbook

from suining_data_tests.end_to_end import published
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.nights import CHANGES, MISTAKEN_NUMBER, PUT_ASIDE, RENAMED, put_aside_lines


def put_aside(city: City) -> object:
    return city.value(
        f"select count(*) from governance.quarantine where resource_id = '{CHANGES}' and file_name = '{PUT_ASIDE}'"
    )


def account(city: City, file: str) -> list[tuple[object, ...]]:
    return city.query(f"""
        select status, lines_total, rejected, raw, staged, quarantined, superseded
        from governance.row_account join (select batch_id, resource_id, file_name, status from governance.batch)
            using (resource_id, batch_id)
        where file_name = '{file}' order by status
    """)


def sheet(folder: Path, name: str) -> str:
    """All cells of a sheet of the workbook for the department."""
    [workbook] = folder.glob("市公安局_*.xlsx")
    return str(CalamineWorkbook.from_path(workbook).get_sheet_by_name(name).to_python())


def test_the_workbook_tells_the_department_which_lines_were_put_aside(changed_city: City, tmp_path: Path) -> None:
    assert account(changed_city, PUT_ASIDE) == [("in_force", 25, 2, 22, 22, 0, 0)]
    assert put_aside(changed_city) == 4
    told = put_aside_lines(changed_city.settings, tmp_path / "out")
    assert [row["行号"] for row in told] == [6, 11, 15, 16]
    assert [row["收到的内容"] for row in told] == ["", "", *[MISTAKEN_NUMBER.decode()] * 2]


def test_a_corrected_file_brings_the_rows_in_that_were_put_aside(corrected_city: City) -> None:
    assert put_aside(corrected_city) == 0
    assert account(corrected_city, PUT_ASIDE) == [
        ("in_force", 25, 0, 24, 24, 0, 0),
        ("replaced", 25, 2, 22, 0, 0, 22),
    ]
    assert published.balances(corrected_city.settings.published)
    batches = corrected_city.warehouse(f"""
        select count(*), count(resident_id) from staged.{CHANGES}
        where batch_id in (select batch_id from governance.batch where file_name = '{PUT_ASIDE}' and status = 'in_force')
    """)
    assert batches == [(24, 24)]


def test_a_refused_file_that_comes_back_corrected_is_taken_in(
    broken_city: City, corrected_city: City, tmp_path: Path
) -> None:
    suining(broken_city.settings.data, "quarantine", "--export", str(tmp_path / "before"))
    assert f"未采用：{RENAMED} 第 1 行" in sheet(tmp_path / "before", "说明")
    assert account(corrected_city, RENAMED) == [("in_force", 4, 0, 3, 3, 0, 0)]
    after = suining(corrected_city.settings.data, "quarantine", "--export", str(tmp_path / "after"))
    assert after.returncode == 0
    assert RENAMED not in sheet(tmp_path / "after", "明细")
    assert f"未采用：{RENAMED}" not in sheet(tmp_path / "after", "说明")
