"""DBF: fixed-width records in GBK."""

import io

import pytest
import shapefile

from suining_data_tests.ingestion.conftest import Desk, balances, resource_of

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
