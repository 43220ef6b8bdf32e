"""XML as programs get it wrong: mixed content, records under other tags, counts that are not met, huge records."""

import shutil
import time
from pathlib import Path

import pytest

from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

CASE = Path(__file__).parent.parent / "cases/11-xml-mixed-content/health/swyxzm_201909.xml"
XML = resource_of(["bh", "xm", "mq", "mq/xm", "mq/@lx"], format="xml", records="RY")


def values(desk: Desk, content: str, *names: str) -> list[tuple]:
    desk.deliver("x.xml", content)
    result = desk.refresh(XML)
    assert result.refusals == ()
    assert balances(result)
    return [tuple(row[name] for name in names) for row in desk.rows(result)]


def test_the_handed_file_loses_no_text(desk: Desk):
    (desk.settings.landing / desk.unit.id).mkdir(parents=True)
    shutil.copy(CASE, desk.settings.landing / desk.unit.id)
    resource = resource_of(["ZMBH", "SZ/XM", "SZ/ZJLX", "SZ/ZJHM", "SWSJ", "SWDD"], format="xml", records="SWYXZM")
    result = desk.refresh(resource)
    rows = {row["ZMBH"]: row for row in desk.rows(result)}
    assert rows["S5120190900001"]["SZ/XM"] == "卫注释"
    assert rows["S5120190900002"]["SZ/XM"] == "蒋段"
    assert rows["S5120190900003"]["SWDD"] == "医疗卫生机构\n来院途中"
    assert rows["S5120190900004"]["SZ/XM"] == "韩粗体字"
    assert balances(result)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("韩粗<b>体</b>字", "韩粗体字"),
        ("<b>韩</b>字", "韩字"),
        ("韩<b>字</b>", "韩字"),
        ("甲<br/>乙", "甲\n乙"),
        ("甲<i>乙<b>丙</b></i>丁", "甲乙丙丁"),
        ("<p>甲</p><p>乙</p>", "甲\n乙"),
        ("<b>甲</b>", "甲"),
        ("甲<!-- 注 -->乙<?x y?><![CDATA[<丙>]]>", "甲乙<丙>"),
        ("<b/>", None),
        (" \n ", None),
    ],
)
def test_the_value_of_mixed_content_is_all_its_text(desk: Desk, content: str, text: str | None):
    assert values(desk, f"<r><RY><xm>{content}</xm><bh>1</bh></RY></r>", "xm", "bh") == [(text, "1")]
    assert not desk.refresh(XML).warnings


def test_text_beside_declared_elements_stays_apart(desk: Desk):
    content = "<r><RY><mq lx='A'>母亲<xm>王</xm>已故</mq></RY><RY><mq>李</mq></RY><RY><mq><xm>赵</xm></mq></RY></r>"
    assert values(desk, content, "mq", "mq/xm", "mq/@lx") == [
        ("母亲已故", "王", "A"),
        ("李", None, None),
        (None, "赵", None),
    ]


def test_text_between_the_elements_of_a_record_and_attributes_of_markup_are_kept(desk: Desk):
    desk.deliver("x.xml", "<r><RY>注<xm>王<b class='r'>小</b></xm></RY></r>")
    [row] = desk.rows(desk.refresh(XML))
    assert (row["text()"], row["xm"], row["xm/b/@class"]) == ("注", "王小", "r")
    assert "xm/b" not in row


def test_what_resembles_a_record_is_rejected_as_unread(desk: Desk):
    content = """<DATA>
<HEAD><bh>1</bh><time>2019</time></HEAD>
<RY><bh>1</bh><xm>甲</xm></RY>
<ry><bh>2</bh><xm>乙</xm></ry>
<RYXX><BH>3</BH><XM>丙</XM></RYXX><RYXX bh="4" xm="丁"/>
<RY><bh>5</bh></RY>
<group><ry/><RY><bh>6</bh></RY></group>
</DATA>"""
    desk.deliver("x.xml", content)
    result = desk.refresh(resource_of(["bh", "xm", "@bh", "@xm"], format="xml", records="RY"))
    assert [(row["_line"], row["bh"]) for row in desk.rows(result)] == [(3, "1"), (7, "5"), (9, "6")]
    [item] = result.current
    rejected = desk.con.execute(f"select line, rule, reason, raw_text from '{item.rejected}' order by line").fetchall()
    assert rejected == [
        (4, "UNREAD", "不是 <RY>，未读取", "<ry>2乙"),
        (5, "UNREAD", "不是 <RY>，未读取", "<RYXX>3丙"),
        (6, "UNREAD", "不是 <RY>，未读取", "<RYXX>"),
        (8, "UNREAD", "不是 <RY>，未读取", "<ry>"),
    ]
    assert balances(result)


def test_a_file_with_records_under_another_tag_only_names_it(desk: Desk):
    desk.deliver("x.xml", "<DATA>" + "<ry><bh>2</bh><xm>乙</xm></ry>" * 3 + "</DATA>")
    [refusal] = desk.refresh(XML).refusals
    assert "没有 <RY> 记录，而有 3 个 <ry>" in refusal.zh
    assert "3 of <ry>" in refusal.en


def test_mostly_unread_records_refuse_the_batch(desk: Desk):
    desk.deliver("x.xml", "<DATA><RY><bh>1</bh></RY>" + "<ry><bh>2</bh></ry>\n" * 30 + "</DATA>")
    assert "主要规则 UNREAD" in desk.refresh(XML).refusals[0].zh


def test_a_record_within_a_record_is_rejected_with_it(desk: Desk):
    content = "<DATA>\n<RY><bh>1</bh><RY><bh>2</bh></RY></RY>\n<RY><bh>3</bh></RY>\n<RY><bh>4</bh></RY></DATA>"
    desk.deliver("x.xml", content)
    result = desk.refresh(XML)
    assert desk.rejected(result) == [(2, "NESTED_RECORD"), (3, "NESTED_RECORD")]
    assert [(row["_line"], row["bh"]) for row in desk.rows(result)] == [(4, "3"), (5, "4")]
    assert balances(result)


@pytest.mark.parametrize(
    "content",
    [
        '<DATA count="3">{}</DATA>',
        '<DATA><LIST Total="3">{}</LIST></DATA>',
        "<DATA><HEAD><total>3</total></HEAD>{}</DATA>",
        "<DATA>{}<count> 3 </count></DATA>",
        "<DATA><TOTAL>3</TOTAL><LIST>{}</LIST></DATA>",
    ],
)
def test_a_count_of_an_xml_file_that_is_not_met_is_refused_until_it_is_accepted(desk: Desk, content: str):
    desk.deliver("x.xml", content.format("<RY><bh>1</bh></RY><RY><bh>2</bh></RY>"))
    [refusal] = desk.refresh(XML).refusals
    assert "自称有 3 条记录，实有 2 条" in refusal.zh
    accepted = refusal.zh.split("--accept ")[1].rstrip("。")
    assert len(desk.rows(desk.refresh(XML, accepted=[accepted]))) == 2


@pytest.mark.parametrize(
    "content",
    [
        '<DATA count="2">{}</DATA>',
        '<DATA count="many" size="9">{}</DATA>',
        "<DATA><total>2</total>{}</DATA>",
        '<DATA count="2"><L total="1"><RY/></L><L total="1"><RY/></L></DATA>',
    ],
)
def test_a_count_that_is_met_is_no_reason_to_refuse(desk: Desk, content: str):
    assert len(values(desk, content.format("<RY><bh>1</bh></RY><RY/>"))) == 2


@pytest.mark.parametrize(
    ("encoding", "content", "said"),
    [
        ("gbk", "<r><RY><xm>船山区</xm></RY></r>".encode(), "内容像是 utf-8"),
        ("utf-8", "<r><RY><xm>船山区</xm></RY></r>".encode("gbk"), "内容像是 gb18030"),
        (
            "utf-8",
            '<?xml version="1.0" encoding="UTF-16"?><r><RY><xm>船</xm></RY></r>'.encode("utf-16"),
            "内容像是 UTF-16",
        ),
    ],
)
def test_another_encoding_is_named(desk: Desk, encoding: str, content: bytes, said: str):
    desk.deliver("x.xml", content)
    resource = resource_of(["xm"], format="xml", records="RY", encoding=encoding)
    assert said in desk.refresh(resource).refusals[0].zh


def test_rare_characters_of_code_page_936_are_read(desk: Desk):
    desk.deliver("x.xml", b"<r><RY><xm>\xfe\x9f \x80</xm></RY></r>")
    [row] = desk.rows(desk.refresh(resource_of(["xm"], format="xml", records="RY", encoding="gbk")))
    assert row["xm"] == "䶮 €"


HUGE = {
    "nesting": (f"<r><RY>{'<a>' * 100_000}{'</a>' * 100_000}</RY></r>", "嵌套超过 100 层"),
    "text": (f"<r><RY><xm>{'王' * 6_000_000}</xm></RY></r>", "超过 4 MB（SUINING_LIMIT_DOCUMENT_MB）"),
    "attribute": (f"<r><RY xm='{'x' * 40_000_000}'/></r>", "超过 4 MB（SUINING_LIMIT_DOCUMENT_MB）"),
    "elements": (f"<r><RY>{'<xm>a</xm>' * 500_000}</RY></r>", "超过 4 MB（SUINING_LIMIT_DOCUMENT_MB）"),
    "paths": (f"<r><RY>{''.join(f'<a{n}/>' for n in range(5_000))}</RY></r>", "未登记的项超过 100 个"),
}


@pytest.mark.parametrize("kind", HUGE)
def test_a_huge_record_is_refused_in_linear_time(desk: Desk, kind: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SUINING_LIMIT_DOCUMENT_MB", "4")
    content, said = HUGE[kind]
    desk.deliver("x.xml", content)
    started = time.process_time()
    [refusal] = desk.refresh(XML).refusals
    assert said in refusal.zh
    assert time.process_time() - started < 5


def test_many_values_of_one_path_are_joined_in_linear_time(desk: Desk):
    started = time.process_time()
    [(joined,)] = values(desk, f"<r><RY>{'<xm>a</xm>' * 100_000}</RY></r>", "xm")
    assert len(joined) == 199_999
    assert time.process_time() - started < 5
