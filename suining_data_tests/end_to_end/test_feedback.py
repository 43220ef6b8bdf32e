"""The way back: a department reads what was put aside, corrects its file and delivers it under the same name."""

from pathlib import Path

from python_calamine import CalamineWorkbook

from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_broken_deliveries import balances
from suining_data_tests.end_to_end.test_cli import suining

CHANGES = "public_security__household_changes"
NAME = "hjbd_201909.csv"


def put_aside(city: City) -> object:
    return city.value(
        f"select count(*) from governance.quarantine where resource_id = '{CHANGES}' and file_name = '{NAME}'"
    )


def account(city: City) -> list[tuple[object, ...]]:
    return city.query(f"""
        select status, lines_total, rejected, raw, staged, quarantined, superseded
        from governance.row_account join (select batch_id, resource_id, file_name, status from governance.batch)
            using (resource_id, batch_id)
        where file_name = '{NAME}' order by status
    """)


def workbook_rows(folder: Path) -> list[dict[str, object]]:
    [file] = folder.glob("市公安局_*.xlsx")
    header, *rows = CalamineWorkbook.from_path(file).get_sheet_by_name("明细").to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in rows]


def good_lines(file: Path, count: int) -> tuple[bytes, list[bytes]]:
    """The header and so many made-up persons' moves with different names, so that no row supersedes another."""
    header, first, *_ = file.read_bytes().split(b"\n")
    cells = first.split(b",")
    place = header.split(b",").index(b"xm")
    names = ["王" + name for name in "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉"][:count]
    return header, [b",".join([*cells[:place], name.encode("gb18030"), *cells[place + 1 :]]) for name in names]


def test_a_corrected_file_brings_the_rows_in_that_were_put_aside(own_city: City, tmp_path: Path) -> None:
    delivered = own_city.landed("public_security", "hjbd_*.csv")
    header, good = good_lines(delivered, 24)
    id_place = header.split(b",").index(b"gmsfhm")
    damaged = list(good)
    damaged[4] = b",".join(good[4].split(b",")[:3])  # line 6: too few columns
    damaged[9] = good[9].replace(b",", b",\xff\xff", 1)  # line 11: not GB18030
    for line in (13, 14):  # lines 15, 16: an id as a spreadsheet shows it
        cells = good[line].split(b",")
        damaged[line] = b",".join([*cells[:id_place], b"5.10902E+17", *cells[id_place + 1 :]])
    file = delivered.with_name(NAME)
    file.write_bytes(b"\n".join([header, *damaged]) + b"\n")
    own_city.refresh()
    assert account(own_city) == [("in_force", 25, 2, 22, 22, 0, 0)]
    assert put_aside(own_city) == 4

    out = tmp_path / "out"
    done = suining(own_city.settings.data, "quarantine", "--export", str(out))
    assert done.returncode == 0, done.stderr
    told = [row for row in workbook_rows(out) if row["文件"] == NAME]
    assert [row["行号"] for row in told] == [6, 11, 15, 16]
    assert [row["收到的内容"] for row in told] == ["", "", "5.10902E+17", "5.10902E+17"]

    lines = file.read_bytes().split(b"\n")
    for row in told:  # as somebody would, line by line
        number = int(str(row["行号"]).removesuffix(".0"))
        lines[number - 1] = good[number - 2]
    file.write_bytes(b"\n".join(lines))
    own_city.refresh()
    assert put_aside(own_city) == 0
    assert account(own_city) == [("in_force", 25, 0, 24, 24, 0, 0), ("replaced", 25, 2, 22, 0, 0, 22)]
    assert balances(own_city)
    batches = own_city.warehouse(f"""
        select count(*), count(resident_id) from staged.{CHANGES}
        where batch_id in (select batch_id from governance.batch where file_name = '{NAME}' and status = 'in_force')
    """)
    assert batches == [(24, 24)]


def test_a_refused_file_that_comes_back_corrected_is_taken_in(own_city: City, tmp_path: Path) -> None:
    delivered = own_city.landed("public_security", "hjbd_*.csv")
    header, good = good_lines(delivered, 3)
    file = delivered.with_name(NAME)
    file.write_bytes(b"\n".join([header.replace(b"gmsfhm", b"sfzhm"), *good]) + b"\n")
    own_city.refresh()
    suining(own_city.settings.data, "quarantine", "--export", str(tmp_path / "out"))
    [workbook] = (tmp_path / "out").glob("市公安局_*.xlsx")
    cover = str(CalamineWorkbook.from_path(workbook).get_sheet_by_name("说明").to_python())
    assert f"未采用：{NAME} 第 1 行" in cover
    file.write_bytes(b"\n".join([header, *good]) + b"\n")
    own_city.refresh()
    assert account(own_city) == [("in_force", 4, 0, 3, 3, 0, 0)]
    assert balances(own_city)
    after = suining(own_city.settings.data, "quarantine", "--export", str(tmp_path / "after"))
    assert after.returncode == 0
    for left in (tmp_path / "after").glob("市公安局_*.xlsx"):
        assert NAME not in str(CalamineWorkbook.from_path(left).get_sheet_by_name("明细").to_python())
        assert "未采用：" not in str(CalamineWorkbook.from_path(left).get_sheet_by_name("说明").to_python())
