"""DBF: fixed-width records in GBK."""

import io
from pathlib import Path

import pytest
import shapefile

from suining_data.catalog.model import Resource
from suining_data.ingestion import Ingested, delivered_files
from suining_data_tests.ingestion.conftest import Desk, balances, resource_of
from suining_data_tests.ingestion.dbf_bytes import dbf_bytes

DBF = resource_of(["XM", "FFJE", "FFNY"], format="dbf", encoding="gbk")


def dbf(*records: tuple) -> bytearray:
    shp, shx, out = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=out, encoding="gbk", shapeType=shapefile.NULL) as writer:
        writer.field("FFJE", "N", 10, 2)
        writer.field("XM", "C", 20)
        writer.field("FFNY", "D")
        for record in records:
            writer.null()
            writer.record(*record)
    return bytearray(out.getvalue())


def test_records_are_text_without_padding_and_deleted_or_undecodable_ones_are_accounted_for(desk: Desk):
    content = dbf((12.5, "王小明", "20190814"), (1, "李", "20190814"), (2, "赵", None), (3, "钱", None))
    start = int.from_bytes(content[8:10], "little")
    width = int.from_bytes(content[10:12], "little")
    content[start + width] = ord("*")
    content[start + 2 * width + 11 : start + 2 * width + 13] = b"\xff\xff"
    desk.deliver("x.dbf", bytes(content))
    result = desk.refresh(DBF)
    assert [(r["_line"], r["XM"], r["FFJE"], r["FFNY"]) for r in desk.rows(result)] == [
        (1, "王小明", "12.50", "20190814"),
        (4, "钱", "3.00", "00000000"),
    ]
    assert desk.rejected(result) == [(2, "DELETED_RECORD"), (3, "ENCODING")]
    assert balances(result)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (bytes(dbf((1, "王", None), (2, "李", None)))[:-30], "传输可能中断"),
        (b"\x03", "不是 DBF 文件"),
        (b"a,b\n1,2\n" * 20, "不是 DBF 文件"),
    ],
)
def test_a_broken_file_is_refused(desk: Desk, content: bytes, said: str):
    desk.deliver("x.dbf", content)
    assert said in desk.refresh(DBF).refusals[0].zh


CASES = Path(__file__).parent.parent / "cases"
COLUMNS = [(b"XM", b"C", 12), (b"FFJE", b"N", 8), (b"FFNY", b"C", 6)]
PEOPLE = [(name.encode("gbk"), b"90.00", b"201910") for name in ("计一", "计二", "计三", "计四", "计五")]


def read(desk: Desk, content: bytes, resource: Resource = DBF) -> Ingested:
    desk.deliver("x.dbf", content)
    return desk.refresh(resource)


def names(desk: Desk, result: Ingested) -> list[str]:
    return [row["XM"] for row in desk.rows(result)]


def test_a_header_that_counts_too_few_records_is_refused_with_both_numbers(desk: Desk):
    content = (CASES / "29-dbf-header-counts-too-few/human_resources/yldy_201910.dbf").read_bytes()
    pensions = resource_of(["AAC002", "AAC003", "FFNY", "FFJE", "YHZH", "DYZT"], format="dbf", encoding="gbk")
    [refusal] = read(desk, content, pensions).refusals
    assert refusal.zh.startswith("x.dbf 全文件: 表头称有 2 条记录，文件中有 5 条")
    assert "announces 2 records, but the file holds 5" in refusal.en
    whole = content[:4] + (5).to_bytes(4, "little") + content[8:]
    assert read(desk, whole, pensions).raw_rows == 5


@pytest.mark.parametrize("end", [b"", b"\x1a", b"\x1a\x1a", b"\x1a" + b"\0" * 5000, b"\0", b"\r\n", b"\x1a\r\n"])
def test_end_marks_and_padding_are_normal(desk: Desk, end: bytes):
    result = read(desk, dbf_bytes(COLUMNS, PEOPLE, end=end))
    assert names(desk, result) == ["计一", "计二", "计三", "计四", "计五"]
    assert desk.rejected(result) == []


def test_what_is_behind_the_end_mark_is_unread_and_accounted_for(desk: Desk):
    further = b" " + b"".join(value.ljust(width) for value, (_, _, width) in zip(PEOPLE[4], COLUMNS, strict=True))
    result = read(desk, dbf_bytes(COLUMNS, PEOPLE[:4], end=b"\x1a" + further + b"\x1a"))
    assert names(desk, result) == ["计一", "计二", "计三", "计四"]
    assert desk.rejected(result) == [(5, "UNREAD")]
    [(text,)] = desk.con.execute(f"select raw_text from '{result.current[0].rejected}'").fetchall()
    assert "计五" in text
    assert balances(result)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (dbf_bytes(COLUMNS, PEOPLE, announced=0), "称有 0 条记录，文件中有 5 条"),
        (dbf_bytes(COLUMNS, PEOPLE, announced=4), "称有 4 条记录，文件中有 5 条"),
        (dbf_bytes(COLUMNS, PEOPLE, announced=6), "称有 6 条记录，文件中只有 5 条"),
        (dbf_bytes(COLUMNS, PEOPLE, announced=2**32 - 1), "文件中只有 5 条"),
        (dbf_bytes(COLUMNS, PEOPLE, end=b" \x1a"), "之后还有 2 字节，记录可能错位"),  # a byte too many somewhere
        (dbf_bytes(COLUMNS, PEOPLE, end=b" " + PEOPLE[0][0]), "之后还有 5 字节"),  # a record cut off
        (dbf_bytes(COLUMNS, PEOPLE[:1], end=b"\x1a" + b"x" * 500), "称有 1 条记录"),  # more unread than read
        (dbf_bytes(COLUMNS, PEOPLE, end=b"\x1a" + b"\0" * (2 << 20)), "称有 5 条记录"),
    ],
)
def test_header_and_length_must_agree(desk: Desk, content: bytes, said: str):
    assert said in read(desk, content).refusals[0].zh


def test_a_byte_that_is_no_mark_of_a_record_puts_the_record_aside(desk: Desk):
    result = read(desk, dbf_bytes(COLUMNS, PEOPLE, flags=b" \x1a *\0"))
    assert names(desk, result) == ["计一", "计三"]
    assert desk.rejected(result) == [(2, "DAMAGED_RECORD"), (4, "DELETED_RECORD"), (5, "DAMAGED_RECORD")]
    assert balances(result)


def test_records_in_utf_8_are_put_aside_and_a_table_of_them_is_refused(desk: Desk):
    others = [("计六".encode(), b"1", b"201910"), ("遂宁市".encode(), b"1", b"201910")]
    result = read(desk, dbf_bytes(COLUMNS, [*PEOPLE, *others]))
    assert names(desk, result) == ["计一", "计二", "计三", "计四", "计五"]
    assert desk.rejected(result) == [(6, "ENCODING"), (7, "ENCODING")]
    assert balances(result)
    [refusal] = read(desk, dbf_bytes(COLUMNS, [*PEOPLE[:1], *others * 15])).refusals
    assert "主要规则 ENCODING" in refusal.zh


@pytest.mark.parametrize(
    ("driver", "encoding", "said"),
    [
        (0x4D, "gbk", ""), (0x7A, "gb18030", ""), (0, "gbk", ""), (0, "utf-8", ""), (0x57, "gbk", ""), (0x03, "gbk", ""),
        (0x78, "gbk", "表头: 写明编码为 Big5 (0x78)，登记的是 gbk"),
        (0x7B, "gbk", "表头: 写明编码为 Shift JIS (0x7B)，登记的是 gbk"),
        (0x4D, "utf-8", "表头: 写明编码为 GBK (0x4D)，登记的是 utf-8"),
    ],
)  # fmt: skip
def test_the_language_driver_must_not_contradict_the_catalogue(desk: Desk, driver: int, encoding: str, said: str):
    people = [("计一".encode(encoding), b"1", b"201910")]
    resource = resource_of(["XM", "FFJE", "FFNY"], format="dbf", encoding=encoding)
    result = read(desk, dbf_bytes(COLUMNS, people, driver=driver), resource)
    if said:
        assert said in result.refusals[0].zh
        assert said.partition("，")[0].replace("表头: 写明编码为", "its encoding is") in result.refusals[0].en
    else:
        assert names(desk, result) == ["计一"]


@pytest.mark.parametrize(
    ("cpg", "said"),
    [
        (b"GBK", ""), (b"CP936\r\n", ""), (b"\xef\xbb\xbfgb18030", ""), (b"ISO-8859-1", ""), (b"", ""), (b"x" * 100_000, ""),
        (b"UTF-8", "写明编码为 UTF-8"), (b"65001", "写明编码为 65001"), ("utf-8".encode("utf-16"), "写明编码为 utf-8"),
        (b"Big5", "写明编码为 Big5"), (b"ANSI 950", "写明编码为 ANSI 950"),
    ],
)  # fmt: skip
def test_a_cpg_beside_the_table_belongs_to_it(desk: Desk, cpg: bytes, said: str):
    file = desk.deliver("x.cpg", cpg)
    content = dbf_bytes(COLUMNS, PEOPLE)
    table = desk.deliver("x.dbf", content)
    resource = resource_of(["XM", "FFJE", "FFNY"], format="dbf", encoding="gbk", pattern="*.dbf")
    assert delivered_files(resource, table) == [table, file]
    result = desk.refresh(resource)
    if not said:
        assert result.raw_rows == 5
        return
    assert f"x.dbf .cpg: {said}" in result.refusals[0].zh
    assert said.replace("写明编码为", "its encoding is") in result.refusals[0].en
    file.write_bytes(b"GBK")
    assert desk.refresh(resource).raw_rows == 5


def test_names_of_fields_in_other_capitals_or_cut_in_half(desk: Desk):
    half = "姓A名称全长".encode("gbk")[:10]  # ends within 长
    columns = [(b"xm", b"C", 12), (b"ffje", b"N", 8), (b"Ffny", b"C", 6), (half, b"C", 2), (b"X\0junk", b"C", 1)]
    result = read(desk, dbf_bytes(columns, [(*person, b"a", b"b") for person in PEOPLE]))
    assert names(desk, result) == ["计一", "计二", "计三", "计四", "计五"]
    assert result.warnings[0].zh.startswith("x.dbf: 未登记的列 姓A名称全、X，")


def test_a_name_that_stands_there_twice_is_refused(desk: Desk):
    content = dbf_bytes([*COLUMNS, (b"xm", b"C", 12)], [(*person, b"") for person in PEOPLE])
    assert "列名重复：XM" in read(desk, content).refusals[0].zh


def test_values_arrive_as_they_are_written(desk: Desk):
    columns = [*COLUMNS, (b"RQ", b"D", 8), (b"SF", b"L", 1), (b"JE", b"F", 10)]
    records = [
        (b"a", b"********", b"", b"20190814", b"T", b"1.5e3"),
        (b"b", b"12,50", b"", b"00000000", b"?", b"  -0.5"),
        (b"?", b"", b"", b"", b" ", b"\0" * 10),
    ]
    resource = resource_of(["XM", "FFJE", "FFNY", "RQ", "SF", "JE"], format="dbf", encoding="gbk")
    found = [
        [row[name] for name in ("XM", "FFJE", "RQ", "SF", "JE")]
        for row in desk.rows(read(desk, dbf_bytes(columns, records), resource))
    ]
    assert found == [
        ["a", "********", "20190814", "T", "1.5e3"],
        ["b", "12,50", "00000000", None, "-0.5"],
        ["?", None, None, None, None],
    ]


def test_a_nul_within_a_value_puts_the_record_aside(desk: Desk):
    result = read(desk, dbf_bytes(COLUMNS, [(b"a\0\0b", b"1", b""), (b"c\0\0", b"1", b""), (b"d\x1fe", b"1", b"")]))
    assert names(desk, result) == ["c", "d\x1fe"]
    assert desk.rejected(result) == [(1, "NUL")]


def test_wide_records_take_little_memory(desk: Desk):
    columns = [*COLUMNS, *((b"C%d" % n, b"C", 250) for n in range(200))]
    record = (*PEOPLE[0], *[b"x" * 250] * 200)
    assert read(desk, dbf_bytes(columns, [record] * 300)).raw_rows == 300


def test_a_full_delivery_without_records_is_refused(desk: Desk):
    full = resource_of(["XM", "FFJE", "FFNY"], format="dbf", encoding="gbk", mode="full")
    assert "没有一行数据" in read(desk, dbf_bytes(COLUMNS, []), full).refusals[0].zh


@pytest.mark.parametrize("kind", [b"M", b"B", b"I", b"T"])
def test_fields_that_are_no_text_are_refused(desk: Desk, kind: bytes):
    content = dbf_bytes([*COLUMNS, (b"BZ", kind, 10)], [(*person, b"") for person in PEOPLE])
    assert f"字段 BZ 的类型 {kind.decode()} 不能读取" in read(desk, content).refusals[0].zh
