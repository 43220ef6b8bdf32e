"""DBF (dBase III/IV, FoxPro): fixed-width records, decoded strictly; deleted records are counted as rejected.

Here: the header, the records as text without padding.
Not here: the shapes that belong to a DBF (shapefile.py), what a value means.

The project has its own reader, because pyshp skips deleted records silently and replaces undecodable bytes or fails.
`_line` is the ordinal of the record in the file, from 1, deleted records included. Memo fields are refused.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.physical_lines import escaped
from suining_data.ingestion.reading import (
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    check_header,
    clean_name,
    column_names,
    sources,
)

HEADER = struct.Struct("<4xIHH20x")  # records, header length, record length
FIELD = struct.Struct("<11sc4xBB14x")  # name, type, length, decimals
TEXT_TYPES = b"CNFDL"
BINARY_TYPES = b"MGBPITYOVWQ@+0"
RECORDS_PER_BLOCK = 10_000
DELETED = 0x2A


@dataclass(frozen=True)
class _Table:
    records: int
    header_length: int
    record_length: int
    names: list[str]
    slices: list[slice]


def read_dbf(
    con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target, offered: Sequence[str] = ()
) -> ReadResult:
    """A Reader; `offered` names the sources that do not come from this file."""
    encoding = resource.delivery.encoding
    with file.open("rb") as stream:
        table = _table(stream, resource)
        extra_names = check_header(resource, table.names, "表头", "header", offered)
        names = column_names(table.names, sources(resource))
        extra = tuple(new for old, new in zip(table.names, names, strict=True) if old in extra_names)
        with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
            for number, record in _records(stream, table):
                if record[0] == DELETED:
                    rejected.add(number, "DELETED_RECORD", "已打删除标记的记录", escaped(record[1:], encoding))
                    continue
                try:
                    rows.add(number, [record[part].decode(encoding).strip(" \0") for part in table.slices])
                except UnicodeDecodeError:
                    reason = f"含有不能按 {encoding} 解码的字节"
                    rejected.add(number, "ENCODING", reason, escaped(record[1:], encoding))
    return ReadResult(
        lines_total=table.records,
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=extra,
        rejected_by_rule=dict(rejected.by_rule),
    )


def _table(stream: BinaryIO, resource: Resource) -> _Table:
    try:
        records, header_length, record_length = HEADER.unpack(stream.read(HEADER.size))
        names, slices, end = [], [], 1
        while (mark := stream.read(1)) not in (b"\r", b""):
            name, kind, length, high = FIELD.unpack(mark + stream.read(FIELD.size - 1))
            if kind in BINARY_TYPES:
                raise _binary(name, kind, resource)
            if kind not in TEXT_TYPES:
                raise _damaged()
            # a C field longer than 255 has the high byte of its length where other types have their decimals
            width = length + (high << 8 if kind == b"C" else 0)
            names.append(clean_name(name.partition(b"\0")[0].decode(resource.delivery.encoding)))
            slices.append(slice(end, end + width))
            end += width
    except (struct.error, UnicodeDecodeError):
        raise _damaged() from None
    if not names or end != record_length or header_length < stream.tell():
        raise _damaged()
    _check_length(stream, records, header_length, record_length)
    return _Table(records, header_length, record_length, names, slices)


def _binary(name: bytes, kind: bytes, resource: Resource) -> Refused:
    field = name.partition(b"\0")[0].decode(resource.delivery.encoding, "replace")
    letter = kind.decode("ascii", "replace")
    return Refused(
        f"表头: 字段 {field} 的类型 {letter} 不能读取（备注或二进制）。请交付方改为字符型后重新导出。",
        f"header: field {field} has type {letter}, which cannot be read (memo or binary). "
        "Ask the department for an export as characters.",
    )


def _damaged() -> Refused:
    return Refused(
        "表头: 不是 DBF 文件，或表头损坏。请交付方重新导出。",
        "header: not a DBF file, or its header is damaged. Ask the department for a new export.",
    )


def _check_length(stream: BinaryIO, records: int, header_length: int, record_length: int) -> None:
    size = stream.seek(0, 2)
    held = (size - header_length) // record_length
    if held < records:
        raise Refused(
            f"全文件: 表头称有 {records} 条记录，文件中只有 {held} 条，传输可能中断。请交付方重新交付。",
            f"whole file: the header announces {records} records, but the file holds {held}; the transfer may have been "
            "interrupted. Ask the department for a new delivery.",
        )


def _records(stream: BinaryIO, table: _Table) -> Iterator[tuple[int, bytes]]:
    stream.seek(table.header_length)
    for first in range(0, table.records, RECORDS_PER_BLOCK):
        count = min(RECORDS_PER_BLOCK, table.records - first)
        block = stream.read(count * table.record_length)
        for index in range(count):
            start = index * table.record_length
            yield first + index + 1, block[start : start + table.record_length]
