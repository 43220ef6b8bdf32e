"""A department opens its workbook and finds file, line, reason and its own text, unchanged."""

import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from suining_data.catalog import load_catalog
from suining_data.feedback import Exported, export_quarantine, sheets
from suining_data_tests.feedback.conftest import Published

DAY = date(2019, 10, 1)


def export(published_file: Published, folder: Path) -> list[Exported]:
    return export_quarantine(published_file.con, load_catalog(), folder, DAY)


def rows(file: Path, sheet: str = "明细") -> list[dict[str, object]]:
    header, *body = CalamineWorkbook.from_path(file).get_sheet_by_name(sheet).to_python()
    return [dict(zip(map(str, header), row, strict=True)) for row in body]


def cover(file: Path) -> list[list[object]]:
    return CalamineWorkbook.from_path(file).get_sheet_by_name("说明").to_python()


def test_every_unit_gets_a_file_named_by_unit_and_day(published_file: Published, tmp_path: Path) -> None:
    published_file.put_aside(7, "xm", "?", '{"xm":"?"}')
    written = export(published_file, tmp_path)
    assert {each.file.name for each in written} == {"市公安局_20191001.xlsx", "市卫生健康委员会_20191001.xlsx"}
    assert {file.name for file in tmp_path.iterdir()} == {each.file.name for each in written}


def test_a_value_is_told_with_place_reason_and_what_is_expected(published_file: Published, tmp_path: Path) -> None:
    raw = {"gmsfhm": "51090219800101001X", "xm": "张某某", "cym": None}
    published_file.put_aside(7, "gmsfhm", raw["gmsfhm"], json.dumps(raw))
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    [row] = rows(file)
    assert row["文件"] == "hjbd_201909.csv"
    assert row["行号"] == 7
    assert (row["信息资源"], row["信息项"], row["列名"]) == ("户籍人口变动", "公民身份号码", "gmsfhm")
    assert row["收到的内容"] == "51090219800101001X"
    assert row["问题"] == "某项：某原因"
    assert "GB 11643-1999" in str(row["应为"])
    assert "11010519491231002X" in str(row["应为"])
    assert row["整行内容"] == "gmsfhm=51090219800101001X；xm=张某某；cym="


def test_a_value_has_the_number_of_the_open_ticket_about_its_rule(published_file: Published, tmp_path: Path) -> None:
    published_file.put_aside(7, "xm", "?", '{"xm":"?"}')
    published_file.put_aside(8, None, None, "?", scope="line")
    published_file.con.execute("""
        insert into governance.correction values
            ('JC2019-00001', 'public_security', 'public_security__household_changes', 'quarantine', 'rule', 'xm', 'open'),
            ('JC2018-00009', 'public_security', 'public_security__household_changes', 'quarantine', 'rule', null, 'maintained')
    """)
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    assert [row["工单号"] for row in rows(file)] == ["JC2019-00001", ""]


def test_numbers_and_formulas_stay_text(published_file: Published, tmp_path: Path) -> None:
    received = [
        "510902198001010011",
        "1.23E+17",
        "=1+1",
        "+86",
        "-1",
        "@SUM(A1)",
        "0012",
        "http://a.cn",
        "=HYPERLINK(0)",
    ]
    for line, text in enumerate(received):
        published_file.put_aside(line, "xm", text, json.dumps({"xm": text}))
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    assert [row["收到的内容"] for row in rows(file)] == received
    with zipfile.ZipFile(file) as parts:
        xml = b"".join(parts.read(name) for name in parts.namelist() if "worksheets/sheet" in name)
    assert b"<f>" not in xml
    assert b"<hyperlink" not in xml


def test_a_rejected_line_is_told_as_it_came(published_file: Published, tmp_path: Path) -> None:
    published_file.put_aside(9, None, None, "5109,张\\xff\\xff,\x01男", scope="line")
    published_file.put_aside(10, None, None, "长" * 40_000, scope="line")
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    first, second = rows(file)
    assert first["处理"] == "整行未能读入"
    assert str(first["整行内容"]).startswith("5109,张\\xff\\xff,")
    assert "gb18030" in str(first["应为"])
    assert str(second["整行内容"]).startswith("长长长")


def test_what_a_derived_value_was_computed_from_is_shown(published_file: Published, tmp_path: Path) -> None:
    published_file.con.execute(
        "insert into governance.quarantine values ('public_security__residence_registrations', 'public_security', 'b1', "
        "'jzdj_201909.jsonl', 3, 'value', 'resident_id', 'check_digit', '公民身份号码：校验码错误', null, ?)",
        [json.dumps({"zjlx": "111", "zjhm": "510902198001010011", "xm": "张某某"})],
    )
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    [row] = rows(file)
    assert row["收到的内容"] == "zjlx=111；zjhm=510902198001010011"
    assert row["信息项"] == "公民身份号码"


def test_the_cover_counts_per_resource_and_rule_and_says_how_to_send_back(
    published_file: Published, tmp_path: Path
) -> None:
    for line in range(3):
        published_file.put_aside(line, "xm", "?", '{"xm":"?"}')
    file = next(each.file for each in export(published_file, tmp_path) if each.rows)
    lines = cover(file)
    assert ["户籍人口变动", "姓名", "某项：某原因", "该值未采用，其余已入库", 3] in [line[:5] for line in lines]
    assert "同名文件替换原文件" in str(lines)


def test_a_refused_file_alone_is_reason_to_write(published_file: Published, tmp_path: Path) -> None:
    [exported] = export(published_file, tmp_path)
    assert exported.unit_name == "市卫生健康委员会"
    assert rows(exported.file) == []
    assert "未采用：csyx_201909.csv 全文件: 空" in str(cover(exported.file))


@pytest.mark.parametrize(("many", "sizes"), [(6, [3, 3]), (7, [3, 3, 1])])
def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    published_file: Published, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, many: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(sheets, "ROWS_PER_SHEET", 3)
    for line in range(many):
        published_file.put_aside(line, "xm", "?", '{"xm":"?"}')
    exported = next(each for each in export(published_file, tmp_path) if each.rows)
    names = ["明细", "明细2", "明细3"][: len(sizes)]
    assert CalamineWorkbook.from_path(exported.file).sheet_names == ["说明", *names]
    assert [len(rows(exported.file, name)) for name in names] == sizes
    assert [row["行号"] for name in names for row in rows(exported.file, name)] == list(range(many))
    assert exported.rows == many


def test_a_silent_revision_is_told_with_the_place_of_both_rows(published_file: Published, tmp_path: Path) -> None:
    published_file.revise("human_resources", "human_resources__pension_insurance", "aae180")
    file = next(each.file for each in export(published_file, tmp_path) if each.unit_name == "市人力资源和社会保障局")
    [row] = rows(file, "往期变动")
    assert (row["信息资源"], row["信息项"], row["列名"]) == ("养老保险参保状态", "缴费基数", "aae180")
    assert [row[name] for name in ("所属日期", "原文件", "原行号", "新文件", "新行号")] == [
        "2018-03-01", "a_20190831", 2, "a_20190930", 3,
    ]  # fmt: skip
    assert rows(file) == []
    assert "以原文件名重新交付" in str(cover(file))


def test_without_a_silent_revision_there_is_no_sheet_of_them(published_file: Published, tmp_path: Path) -> None:
    [exported] = export(published_file, tmp_path)
    assert CalamineWorkbook.from_path(exported.file).sheet_names == ["说明", "明细"]
