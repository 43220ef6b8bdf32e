"""A second opinion on text formats and Parquet: generated sound files give the same rows here and in another library.

The differences that are meant: values lose the blanks around them in XML; a number that is whole has no ".0" in Parquet; an
empty text and a missing value are one in CSV.
"""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import duckdb
import lxml.etree
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from suining_data.ingestion.delimited import read_delimited
from suining_data.ingestion.delimited_grammar import Grammar
from suining_data.ingestion.json_documents import read_json
from suining_data.ingestion.markup import read_xml
from suining_data.ingestion.parquet_table import read_parquet
from suining_data.ingestion.reading import Reader, Target
from suining_data_tests.ingestion.conftest import resource_of

CONNECTION = duckdb.connect()  # shared by generated files: connecting costs more than reading them
Rows = list[dict[str, str | None]]

often_and_rarely = pytest.mark.parametrize("examples", [30, pytest.param(300, marks=pytest.mark.slow)])


def generated(examples: int, strategy: st.SearchStrategy[Any], check: Callable[[Any], None]) -> None:
    limits = settings(max_examples=examples, suppress_health_check=list(HealthCheck))
    limits(given(strategy)(check))()


def read(reader: Reader, content: bytes, names: Sequence[str], **delivery: Any) -> tuple[Rows, list[int]]:
    """Rows and their lines as the pipeline reads them; nothing may be rejected."""
    with tempfile.TemporaryDirectory() as folder, CONNECTION.cursor() as con:
        file, raw, rejected = (Path(folder) / name for name in ("x", "raw.parquet", "rejected.parquet"))
        file.write_bytes(content)
        result = reader(con, file, resource_of(names, **delivery), Target(raw, rejected, Path(folder)))
        table = pq.read_table(raw).sort_by("_line")
        assert con.execute(f"from '{rejected}'").fetchall() == []
        assert (result.extra_columns, result.announced, result.is_truncated) == ((), None, False)
        rows = [{name: row[name] for name in names} for row in table.to_pylist()]
        return rows, table.column("_line").to_pylist()


LETTERS = "王小明李䶮镕㐂𠀀龴€é·（）：“”①　aZ09 ._-+=#'%&<>/\\{}[]?*\t\v\f\x85\u2028😀"
names = st.lists(
    st.text("王明名号abXY_19（）", min_size=1, max_size=5), min_size=2, max_size=5, unique_by=lambda name: name.lower()
)


@st.composite
def tables(draw: st.DrawFn, letters: str) -> tuple[list[str], list[list[str]]]:
    columns = draw(names)
    value = st.text(letters, max_size=8)
    return columns, draw(
        st.lists(st.lists(value, min_size=len(columns), max_size=len(columns)), min_size=1, max_size=8)
    )


csv_forms = st.tuples(
    tables(LETTERS + '",|;\n'),
    st.sampled_from([",", "|", "\t"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "gbk"]),
)


@often_and_rarely
def test_csv_is_read_as_pythons_csv_and_pandas_read_it(examples: int):
    def check(form: tuple[Any, ...]) -> None:
        (columns, rows), delimiter, quoting, line_end, encoding = form
        out = io.StringIO(newline="")
        csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=line_end).writerows([columns, *rows])
        text = out.getvalue()
        content = text.encode("gb18030" if encoding == "gbk" else encoding)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        is_record = Grammar(delimiter, len(columns)).is_record
        expected, lines, last = [], [], 0
        for record in reader:
            expected.append(dict(zip(columns, record, strict=True)))
            lines.append(last + 1)
            # a value that holds a whole record is taken for a quote left open, on purpose
            assume(not any(is_record(line) for line in text.encode().split(b"\n")[last + 1 : reader.line_num - 1]))
            last = reader.line_num
        frame = pd.read_csv(
            io.StringIO(text, newline=""), sep=delimiter, dtype=str, keep_default_na=False, skip_blank_lines=False,
        )  # fmt: skip
        assert frame.to_dict("records") == expected[1:]
        found, found_lines = read(read_delimited, content, columns, encoding=encoding, delimiter=delimiter)
        assert [{k: v or "" for k, v in row.items()} for row in found] == expected[1:]
        assert found_lines == lines[1:]

    generated(examples, csv_forms, check)


numbers = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False).map(lambda n: f"{n:.2f}").filter(lambda n: float(n) != 0),
)
texts = st.text(LETTERS + '",|;\n\r', max_size=8)
simple = st.one_of(
    numbers.map(lambda n: ("number", n)), texts.map(lambda t: ("text", t)), st.sampled_from(["true", "null"])
)
nested = st.recursive(
    st.one_of(st.none(), st.integers(-9, 9), texts), lambda below: st.lists(below, max_size=3), max_leaves=5
)


@st.composite
def json_records(draw: st.DrawFn) -> tuple[list[str], list[str], Rows]:
    """Names, records as JSON, and their values as Python's json reads them."""
    columns = draw(names)
    is_ascii = draw(st.booleans())
    written, expected = [], []
    for _ in range(draw(st.integers(1, 6))):
        items = []
        for name in columns:
            if draw(st.integers(0, 5)) == 0:
                continue
            value = draw(st.one_of(simple, nested.map(lambda v: ("json", [v]))))
            match value:
                case ("number", number):
                    text = number
                case (_, other):
                    text = json.dumps(other, ensure_ascii=is_ascii)
                case word:
                    text = word
            items.append(json.dumps(name, ensure_ascii=is_ascii) + draw(st.sampled_from([":", ": "])) + text)
        record = "{" + ", ".join(items) + "}"
        assume(items)
        read_back = json.loads(record, parse_float=str, parse_int=str)
        written.append(record)
        expected.append({name: _as_text(read_back.get(name)) for name in columns})
    assume(all(any(row[name] is not None for row in expected) for name in columns))
    return columns, written, expected


def _as_text(value: Any) -> str | None:
    match value:
        case None | str():
            return value
        case bool():
            return str(value).lower()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _unquoted(value: str | None) -> Any:
    """A list within a value, with its numbers as text like those of the other opinion."""
    if value is None or not value.startswith("["):
        return value
    try:
        return json.loads(value, parse_int=str)
    except ValueError:
        return value


def _same(found: Rows, expected: Rows) -> bool:
    return [{k: _unquoted(v) for k, v in row.items()} for row in found] == [
        {k: _unquoted(v) for k, v in row.items()} for row in expected
    ]


@often_and_rarely
@pytest.mark.parametrize("form", ["json_lines", "json", "gbk"])
def test_json_is_read_as_pythons_json_reads_it(examples: int, form: str):
    def check(drawn: tuple[list[str], list[str], Rows]) -> None:
        columns, written, expected = drawn
        if form == "json_lines":
            content = "".join(record + "\n" for record in written).encode()
            found, lines = read(read_json, content, columns, format="json_lines")
        else:
            encoding = "gbk" if form == "gbk" else "utf-8"
            text = f'{{"code": 0, "total": {len(written)}, "data": {{"list": [' + ",\n".join(written) + "]}}"
            content = text.encode("gb18030" if form == "gbk" else "utf-8")
            found, lines = read(read_json, content, columns, format="json", records="data.list", encoding=encoding)
        assert _same(found, expected), (found, expected)
        assert lines == list(range(1, len(written) + 1))

    generated(examples, json_records(), check)


XML_LETTERS = "".join(c for c in LETTERS if c not in "\v\f") + "\n\"'"
xml_texts = st.text(XML_LETTERS, max_size=8)
pieces = st.one_of(
    xml_texts.map(escape),
    xml_texts.filter(lambda t: t.strip()).map(lambda t: f"<b>{escape(t)}</b>"),
    xml_texts.map(lambda t: f"<![CDATA[{t.replace(']]>', '')}]]>"),
    st.just("<!-- 注 -->"),
)
tags = st.lists(st.text("王明名号abXY_", min_size=1, max_size=4), min_size=2, max_size=4, unique_by=str.lower)


@st.composite
def xml_files(draw: st.DrawFn) -> tuple[list[str], str]:
    columns = draw(tags.filter(lambda found: not {"b", "ry", "r"} & {tag.lower() for tag in found}))
    space = draw(st.sampled_from(["", "\n", "\n  "]))
    prefix = draw(st.sampled_from(["", "p:"]))
    records = []
    for _ in range(draw(st.integers(1, 6))):
        inside = "".join(
            f"<{prefix}{tag}>{'x' if draw(st.booleans()) else ''}{''.join(draw(st.lists(pieces, max_size=4)))}</{prefix}{tag}>{space}"
            for tag in columns
            if draw(st.integers(0, 5))
        )
        records.append(f"<{prefix}RY>{space}{inside}</{prefix}RY>\n")
    return columns, f'<{prefix}r xmlns:p="urn:x">\n' + "".join(records) + f"</{prefix}r>"


@often_and_rarely
def test_xml_is_read_as_lxml_reads_it(examples: int):
    def check(drawn: tuple[list[str], str]) -> None:
        columns, text = drawn
        root = lxml.etree.fromstring(text.encode())
        expected: Rows = []
        for record in root:
            values = {lxml.etree.QName(child).localname: child for child in record}
            expected.append({
                tag: None if tag not in values else "".join(values[tag].xpath(".//text()")).strip() for tag in columns
            })  # fmt: skip
            # where there is no text beside the children, each of them is a line, on purpose
            assume(all(not len(child) or _has_own_text(child) for child in record))
        found, lines = read(read_xml, text.encode(), columns, format="xml", records="RY")
        assert found == expected
        assert lines == [record.sourceline for record in root]

    generated(examples, xml_files(), check)


def _has_own_text(element: Any) -> bool:
    return bool("".join(element.xpath("./text()")).strip())


parquet_types: dict[str, tuple[pa.DataType, st.SearchStrategy[Any], Callable[[Any], Any]]] = {
    "text": (pa.string(), texts, str),
    "whole": (pa.int64(), st.integers(-(2**63), 2**63 - 1), str),
    "small": (pa.uint8(), st.integers(0, 255), str),
    "float": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False), float),
    "money": (pa.decimal128(18, 2), st.decimals(-(10**12), 10**12, places=2, allow_nan=False).map(lambda d: d + Decimal("0.00")), lambda d: f"{d:.2f}"),
    "boolean": (pa.bool_(), st.booleans(), lambda b: str(b).lower()),
    "day": (pa.date32(), st.dates(date(1900, 1, 1), date(2100, 1, 1)), str),
    "moment": (
        pa.timestamp("us"),
        st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1)).map(lambda t: t.replace(microsecond=0)),
        lambda t: str(t).removesuffix(" 00:00:00"),
    ),
}  # fmt: skip


@st.composite
def parquet_tables(draw: st.DrawFn) -> pa.Table:
    columns = draw(names)
    kinds = [draw(st.sampled_from(sorted(parquet_types))) for _ in columns]
    count = draw(st.integers(1, 8))
    arrays = [
        pa.array(draw(st.lists(st.one_of(st.none(), parquet_types[kind][1]), min_size=count, max_size=count)), parquet_types[kind][0])
        for kind in kinds
    ]  # fmt: skip
    metadata = {"kinds": ",".join(kinds)}
    return pa.table(dict(zip(columns, arrays, strict=True))).replace_schema_metadata(metadata)


@often_and_rarely
def test_parquet_is_read_as_pyarrow_reads_it(examples: int):
    def check(table: pa.Table) -> None:
        kinds = table.schema.metadata[b"kinds"].decode().split(",")
        out = io.BytesIO()
        pq.write_table(table, out, row_group_size=3)
        found, lines = read(read_parquet, out.getvalue(), table.column_names, format="parquet")
        for name, kind, column in zip(table.column_names, kinds, table.columns, strict=True):
            as_read = parquet_types[kind][2]
            values = [
                None if row[name] is None else (float(row[name]) if kind == "float" else row[name]) for row in found
            ]
            assert values == [None if value is None else as_read(value) for value in column.to_pylist()], kind
        assert lines == list(range(1, table.num_rows + 1))

    generated(examples, parquet_tables(), check)
