"""XML: paths, lines, and what is refused."""

import pytest

from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

SOURCES = ["@id", "xm", "mother/sfzh", "mother/@type"]
XML = resource_of(SOURCES, format="xml", records="birth")


def test_records_are_flattened_to_paths_and_lead_back_to_their_line(desk: Desk):
    desk.deliver(
        "x.xml",
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<p:births xmlns:p="urn:x">\n'
        ' <p:birth id="1"><p:xm>王&amp;李<![CDATA[<]]></p:xm>\n'
        '   <p:mother type="A"><p:sfzh> 5109 </p:sfzh></p:mother></p:birth>\n'
        ' <p:birth id="2"><p:xm/><p:doctor>a</p:doctor><p:doctor>b</p:doctor></p:birth><p:birth id="3"/>\n'
        "</p:births>\n",
    )
    result = desk.refresh(XML)
    rows = desk.rows(result)
    assert [[r["_line"], *(r[s] for s in SOURCES)] for r in rows] == [
        [3, "1", "王&李<", "5109", "A"],
        [5, "2", None, None, None],
        [6, "3", None, None, None],
    ]
    assert rows[1]["doctor"] == "a;b"
    assert "未登记的列 doctor" in result.warnings[0].zh
    assert balances(result)


def test_lines_beyond_65535_are_right(desk: Desk):
    desk.deliver("x.xml", "<r>\n" + "<birth id='1'>\n<xm>a</xm>\n</birth>\n" * 25_000 + "</r>")
    rows = desk.rows(desk.refresh(XML))
    assert all(row["_line"] == 2 + 3 * n for n, row in enumerate(rows))
    assert len(rows) == 25_000


def test_a_file_in_gb18030_is_read_as_declared_whatever_it_says(desk: Desk):
    desk.deliver("x.xml", '<?xml version="1.0" encoding="GB2312"?><r><birth><xm>镕</xm></birth></r>'.encode("gb18030"))
    result = desk.refresh(resource_of(["xm"], format="xml", records="birth", encoding="gb18030"))
    assert desk.rows(result)[0]["xm"] == "镕"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"<r>\n<birth><xm>a</xm></birth>\n<birth><xm>b</birth></r>", "第 3 行第 15 列: 不是良构的 XML"),
        (b"<r><birth><xm>a</xm></birth>", "不是良构的 XML"),
        (b"\n", "不是良构的 XML"),
        (b"<r><death/></r>", "没有 <birth> 记录"),
        (b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r><birth><xm>&x;</xm></birth></r>', "DOCTYPE"),
        ("<r><birth><xm>王</xm></birth></r>".encode("gb18030"), "不能按 utf-8 解码"),
    ],
)
def test_what_cannot_be_read_whole_is_refused(desk: Desk, content: bytes, said: str):
    desk.deliver("x.xml", content)
    result = desk.refresh(XML)
    assert said in result.refusals[0].zh
    assert result.current == ()
