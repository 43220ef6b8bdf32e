"""The same few made-up people as a delivery in every format, and the resource that declares it.

Here: what a sound file of each format looks like. Not here: how it is broken (the tests).
"""

import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import shapefile
import xlsxwriter
import xlwt

from suining_data.catalog.model import Cycle, Delivery, ExpectedRows, Field, Format, Resource, Share, ShareType

SOURCES = ["gmsfhm", "xm", "csrq", "bz"]
Row = Sequence[str]
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident_id(number: int) -> str:
    """A made-up number with a true check character (GB 11643-1999)."""
    body = f"5109031970{1 + number // 28 % 12:02}{1 + number % 28:02}{number // 336 % 1000:03}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


def people(count: int, first: int = 0) -> list[Row]:
    """So many rows: number, name, birth date, remark."""
    numbers = range(first, first + count)
    return [(resident_id(n), "王" + chr(0x4E00 + n), f"1970-01-{1 + n % 28:02}", f"第{n}行，凯旋路") for n in numbers]


def _delimited(delimiter: str, encoding: str) -> Callable[[Sequence[Row]], bytes]:
    def content(rows: Sequence[Row]) -> bytes:
        return "".join(delimiter.join(row) + "\n" for row in [SOURCES, *rows]).encode(encoding)

    return content


def xlsx(rows: Sequence[Row], fill: Callable[[Any], None] = lambda sheet: None) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("登记")
        for place, row in enumerate([SOURCES, *rows]):
            sheet.write_row(place, 0, row)
        fill(sheet)
    return out.getvalue()


def _xls(rows: Sequence[Row]) -> bytes:
    out = io.BytesIO()
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("登记")
    for number, row in enumerate([SOURCES, *rows]):
        for place, value in enumerate(row):
            sheet.write(number, place, value)
    book.save(out)
    return out.getvalue()


def _parquet(rows: Sequence[Row]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_objects(rows)), out)
    return out.getvalue()


def _zip(rows: Sequence[Row]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("登记/ry.csv", _delimited(",", "utf-8")(rows))
    return out.getvalue()


def _objects(rows: Sequence[Row]) -> list[dict[str, str]]:
    return [dict(zip(SOURCES, row, strict=True)) for row in rows]


def _json(rows: Sequence[Row]) -> bytes:
    return json.dumps({"code": 0, "data": {"list": _objects(rows)}}, ensure_ascii=False).encode()


def _json_lines(rows: Sequence[Row]) -> bytes:
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in _objects(rows)).encode()


def _xml(rows: Sequence[Row]) -> bytes:
    records = (
        "<RY>" + "".join(f"<{key}>{escape(value)}</{key}>" for key, value in each.items()) + "</RY>\n"
        for each in _objects(rows)
    )
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<DATA>\n' + "".join(records) + "</DATA>\n").encode()


def _dbf(rows: Sequence[Row]) -> bytes:
    shp, shx, out = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=out, encoding="gbk", shapeType=shapefile.NULL) as writer:
        for name in SOURCES:
            writer.field(name, "C", 40)
        for row in rows:
            writer.null()
            writer.record(*row)
    return out.getvalue()


KINDS: dict[str, tuple[dict[str, Any], Callable[[Sequence[Row]], bytes]]] = {
    "csv": ({"format": Format.CSV}, _delimited(",", "utf-8")),
    "txt": ({"format": Format.CSV, "delimiter": "\t", "encoding": "gb18030"}, _delimited("\t", "gb18030")),
    "xlsx": ({"format": Format.XLSX}, xlsx),
    "xls": ({"format": Format.XLS}, _xls),
    "json": ({"format": Format.JSON, "records": "data.list"}, _json),
    "jsonl": ({"format": Format.JSON_LINES}, _json_lines),
    "xml": ({"format": Format.XML, "records": "RY"}, _xml),
    "dbf": ({"format": Format.DBF, "encoding": "gbk"}, _dbf),
    "parquet": ({"format": Format.PARQUET}, _parquet),
    "zip": ({"format": Format.CSV, "archive": "zip", "member": "*.csv"}, _zip),
}


def content(kind: str, rows: Sequence[Row]) -> bytes:
    """The rows as a file of that kind."""
    return KINDS[kind][1](rows)


def residents(kind: str = "csv", mode: str = "delta", **changed: Any) -> Resource:
    """The resource that a file of that kind is delivered for, in files ry_*."""
    return Resource(
        id="public_security__residents",
        proposal="GA99",
        name="测试人口",
        abstract="测试",
        share=Share(type=ShareType.UNCONDITIONAL),
        open=ShareType.NONE,
        cycle=Cycle.DAILY,
        bases=["population"],
        delivery=Delivery(pattern=f"ry_*.{kind}", mode=mode, **KINDS[kind][0]),
        expected_rows=ExpectedRows(min=0, max=1000),
        key=["resident_id", "name"],
        fields=[
            Field(source="gmsfhm", name="resident_id", element="resident_id", label="公民身份号码"),
            Field(source="xm", name="name", element="person_name", label="姓名", required=True),
            Field(source="csrq", name="birth_date", element="date", label="出生日期", sensitivity="L3"),
            Field(source="bz", name="remark", element="text", label="备注", sensitivity="L1"),
        ],
    ).model_copy(update=changed)
