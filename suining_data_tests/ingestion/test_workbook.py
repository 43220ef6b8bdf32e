"""XLSX: titles, merged headers, several sheets, and cells as text."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from suining_data.ingestion.workbook_formats import number_text
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of
from suining_data_tests.ingestion.test_workbook_97 import table_of_97


def deliver(desk: Desk, name: str, fill: Callable[[xlsxwriter.Workbook], None]) -> Path:
    path = desk.deliver(name, b"")
    with xlsxwriter.Workbook(str(path)) as book:
        fill(book)
    return path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (123.0, "123"),
        (13800138000.0, "13800138000"),
        (123456789012345.0, "123456789012345"),
        (510902199001011234.0, "5.10902E+17"),
        (0.1 + 0.2, "0.3"),
        (0.00001, "0.00001"),
        (-2.50, "-2.5"),
    ],
)
def test_a_number_is_the_text_a_sheet_shows(value: float, text: str):
    assert number_text(value) == text


def test_titles_merged_headers_blank_rows_and_footers(desk: Desk):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("登记")
        sheet.merge_range("A1:E1", "婚姻登记表")
        sheet.merge_range("A2:A3", "登记日期")
        sheet.merge_range("B2:C2", "男方")
        sheet.merge_range("D2:E2", "女方")
        sheet.write_row("B3", ["姓名", "证件号", "姓名", "证件号"])
        sheet.write_row("A4", ["2019-08-14", "王", 510902199001011234, "李", "x"])
        sheet.write_row("A6", [date(2019, 8, 15), "赵", 1.0, "钱", "y"])
        sheet.write_datetime("A6", datetime(2019, 8, 15), book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.write("A7", "制表人：某")

    deliver(desk, "x.xlsx", fill)
    sources = ["登记日期", "男方/姓名", "男方/证件号", "女方/姓名", "女方/证件号"]
    result = desk.refresh(
        resource_of(sources, elements={"登记日期": "date"}, format="xlsx", title_rows=1, header_rows=2)
    )
    assert result.refusals == ()
    rows = desk.rows(result)
    assert [[row[s] for s in sources] for row in rows] == [
        ["2019-08-14", "王", "5.10902E+17", "李", "x"],
        ["2019-08-15", "赵", "1", "钱", "y"],
    ]
    assert [row["_line"] for row in rows] == [4, 6]
    assert desk.rejected(result) == [(5, "BLANK_LINE"), (7, "FOOTER")]
    assert balances(result)
    assert result.warnings == ()


def test_several_sheets_are_one_batch_with_ordinals_and_the_name_of_the_sheet(desk: Desk):
    def fill(book: xlsxwriter.Workbook) -> None:
        for school, names in (("一小", ["a", "b"]), ("二小", ["c"]), ("说明", ["x"])):
            sheet = book.add_worksheet(school)
            sheet.write_row("A1", ["n", "m"] if school != "二小" else ["m", "n"])
            for row, name in enumerate(names, start=1):
                sheet.write_row(row, 0, [name, "1"] if school != "二小" else ["1", name])
            sheet.write(len(names) + 2, 0, "注")
        book.add_worksheet("三小")

    deliver(desk, "x.xlsx", fill)
    result = desk.refresh(resource_of(["n", "m", "_sheet"], format="xlsx", sheets="*小"))
    rows = [(r["_line"], r["n"], r["m"], r["_sheet"]) for r in desk.rows(result)]
    assert rows == [(1, "a", "1", "一小"), (2, "b", "1", "一小"), (3, "c", "1", "二小")]
    assert sorted(desk.rejected(result)) == [(3, "BLANK_LINE"), (4, "BLANK_LINE"), (4, "FOOTER"), (5, "FOOTER")]
    assert balances(result)


def test_rows_merged_over_a_household_each_get_its_value(desk: Desk):
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row("A1", ["户主", "成员"])
        sheet.merge_range("A2:A3", "王")
        sheet.write("B2", "王")
        sheet.write("B3", "李")

    deliver(desk, "x.xlsx", fill)
    rows = desk.rows(desk.refresh(resource_of(["户主", "成员"], format="xlsx")))
    assert [(r["_line"], r["户主"], r["成员"]) for r in rows] == [(2, "王", "王"), (3, "王", "李")]


def test_messages_name_sheet_and_row(desk: Desk):
    def fill(book: xlsxwriter.Workbook) -> None:
        book.add_worksheet("表一").write_row("A1", ["a", "x"])

    deliver(desk, "x.xlsx", fill)
    refusal = desk.refresh(resource_of(["a", "b"], format="xlsx")).refusals[0]
    assert refusal.zh.startswith("x.xlsx 工作表“表一”第 1 行: 缺少列 b（标签2），多出列 x。")
    assert refusal.en.startswith("x.xlsx sheet 表一 row 1: column b (field_2) is missing, x is not declared.")


XML_2003 = b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


NEW = b"PK\x03\x04broken"


@pytest.mark.parametrize(
    ("declared", "content", "told"),
    [
        ("xlsx", b"PK", "不是 XLSX 工作簿，或文件损坏。"),
        ("xlsx", b"a,b\n1,2\n", "不是 XLSX 工作簿，而是文本表格（CSV）"),
        ("xlsx", "a\tb\n1\t2\n".encode("utf-16"), "不是 XLSX 工作簿，而是文本表格（CSV）"),
        ("xlsx", NEW, "不是 XLSX 工作簿，或文件损坏。"),
        ("xls", b"\xd0\xcf", "不是 XLS 工作簿，或文件损坏。"),
        ("xls", b"<html><table></table></html>", "不是 XLS 工作簿，而是网页（HTML 表格）"),
        ("xls", "\r\n<meta charset=gbk><Table border=1><tr><td>名称".encode("gbk"), "而是网页（HTML 表格）"),
        ("xls", "\ufeff<!DOCTYPE html><title>导出</title>", "而是网页（HTML 表格）"),
        ("xls", b"MIME-Version: 1.0\nContent-Type: multipart/related", "而是网页（HTML 表格）"),
        ("xls", XML_2003, "而是XML 电子表格 2003"),
        ("xlsx", zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}), "而是开放文档电子表格（ODS）"),
        ("xlsx", zipped({"xl/workbook.bin": "x"}), "而是二进制工作簿（XLSB）"),
        ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "不是 XLS 工作簿，或文件损坏。"),
        ("xls", NEW, "不是 XLS 工作簿，而像是 xlsx。请核对 catalog/units/public_security.yaml 的 delivery.format"),
        ("xlsx", table_of_97([["a"]]), "不是 XLSX 工作簿，而像是 xls。"),
    ],
)
def test_what_is_no_workbook_of_its_kind_is_refused(desk: Desk, declared: str, content: bytes | str, told: str):
    desk.deliver(f"x.{declared}", content)
    assert told in desk.refresh(resource_of(["a"], format=declared)).refusals[0].zh


def test_no_matching_sheet_is_refused(desk: Desk):
    deliver(desk, "x.xlsx", lambda book: book.add_worksheet("说明").write("A1", "a"))
    refusal = desk.refresh(resource_of(["a"], format="xlsx", sheets="数据*")).refusals[0]
    assert "没有名称符合 数据* 且有内容的工作表" in refusal.zh
