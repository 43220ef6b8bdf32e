"""DBF (dBase III/IV, FoxPro): fixed-width records, decoded strictly; deleted and damaged records are counted as rejected.

Here: the header, the number of records by header and by length, the records as text without padding.
Not here: the shapes that belong to a DBF (shapefile.py), its code page (code_page.py), what a value means.

The project has its own reader, because pyshp skips deleted records silently and replaces undecodable bytes or fails.
`_line` is the ordinal of the record in the file, from 1, deleted records included. Memo fields are refused.
"""

import codecs
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.code_page import refuse_if_other_code_page, refuse_if_other_driver
from suining_data.ingestion.encodings import codec_of, decode, looks_like_utf_8, suspected_places
from suining_data.ingestion.physical_lines import escaped
from suining_data.ingestion.reading import (
    UNREAD,
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    as_declared,
    check_header,
    clean_name,
    column_names,
    sources,
)

HEADER = struct.Struct("<4xIHH17xB2x")  # records, header length, record length, language driver
FIELD = struct.Struct("<11sc4xBB14x")  # name, type, length, decimals
TEXT_TYPES = b"CNFDL"
BINARY_TYPES = b"MGBPITYOVWQ@+0"
BLOCK_BYTES = 1 << 20
SOUND, DELETED = b" ", b"*"  # the first byte of a record
END = b"\x1a"  # behind the last record
PADDING = b"\0\x1a\r\n"  # what programs write behind the end
LARGEST_REST = 1 << 20  # bytes behind the end that are looked at, whatever the number of records
BETWEEN = b"\x1f"  # put between the values of many records, which are decoded at once


@dataclass(frozen=True)
class _Table:
    records: int
    header_length: int
    record_length: int
    names: list[str]
    widths: list[int]
    logical: frozenset[int]  # places of the fields of type L
    behind: list[bytes]  # what is behind the end of the records, in pieces as long as a record

    @property
    def record(self) -> struct.Struct:
        return struct.Struct("x" + "".join(f"{width}s" for width in self.widths))


def read_dbf(
    con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target, offered: Sequence[str] = ()
) -> ReadResult:
    """A Reader; `offered` names the sources that do not come from this file."""
    for cpg in cpg_of(file):
        refuse_if_other_code_page(cpg, resource)
    encoding = resource.delivery.encoding
    with file.open("rb") as stream:
        table = _table(stream, resource)
        extra_names = check_header(resource, table.names, "表头", "header", offered)
        names = column_names(table.names, sources(resource))
        extra = tuple(new for old, new in zip(table.names, names, strict=True) if old in extra_names)
        with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
            for first, block in _blocks(stream, table):
                _read_block(table, first, block, encoding, rows, rejected)
            for number, piece in enumerate(table.behind, start=table.records + 1):
                reason = "在文件结束标记之后，表头的记录数没有计入"
                rejected.add(number, UNREAD, reason, escaped(piece, codec_of(encoding)))
    return ReadResult(
        lines_total=table.records + len(table.behind),
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=extra,
        rejected_by_rule=dict(rejected.by_rule),
    )


def cpg_of(file: Path) -> list[Path]:
    """The .cpg beside a DBF, if there is one."""
    return [part for part in (file.with_suffix(suffix) for suffix in (".cpg", ".CPG")) if part.is_file()][:1]


def _table(stream: BinaryIO, resource: Resource) -> _Table:
    names: list[str] = []
    widths: list[int] = []
    logical: set[int] = set()
    try:
        records, header_length, record_length, driver = HEADER.unpack(stream.read(HEADER.size))
        while (mark := stream.read(1)) not in (b"\r", b""):
            name, kind, length, high = FIELD.unpack(mark + stream.read(FIELD.size - 1))
            if kind in BINARY_TYPES:
                raise _binary(name, kind, resource)
            if kind not in TEXT_TYPES:
                raise _damaged()
            if kind == b"L":
                logical.add(len(names))
            # a C field longer than 255 has the high byte of its length where other types have their decimals
            widths.append(length + (high << 8 if kind == b"C" else 0))
            names.append(_name(name, resource.delivery.encoding))
    except struct.error:
        raise _damaged() from None
    if not names or 1 + sum(widths) != record_length or header_length < stream.tell():
        raise _damaged()
    refuse_if_other_driver(driver, resource)
    behind = _behind(stream, records, header_length, record_length)
    names = as_declared(names, resource)
    return _Table(records, header_length, record_length, names, widths, frozenset(logical), behind)


def _name(name: bytes, encoding: str) -> str:
    """A name has ten bytes; a character that is cut in half there is left out."""
    decoder = codecs.getincrementaldecoder(codec_of(encoding))("backslashreplace")
    return clean_name(decoder.decode(name.partition(b"\0")[0][:10]))


def _binary(name: bytes, kind: bytes, resource: Resource) -> Refused:
    field = _name(name, resource.delivery.encoding)
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


def _behind(stream: BinaryIO, records: int, header_length: int, record_length: int) -> list[bytes]:
    """What is behind the end mark, in pieces. Refused when header and length disagree about the number of records.

    The records must end where the file ends or at an end mark: bytes that were inserted somewhere would shift all later
    records, and their values would be wrong.
    """
    size = stream.seek(0, 2)
    end = header_length + records * record_length
    held = (size - header_length) // record_length
    if size < end:
        raise Refused(
            f"全文件: 表头称有 {records} 条记录，文件中只有 {held} 条，传输可能中断。请交付方重新交付。",
            f"whole file: the header announces {records} records, but the file holds {held}; the transfer may have been "
            "interrupted. Ask the department for a new delivery.",
        )
    stream.seek(end)
    longest = max(LARGEST_REST, (records + 1) * record_length)
    rest = stream.read(longest + 1)
    if not rest.strip(PADDING) and len(rest) <= longest:
        return []
    # what is behind the mark is listed, unless it is more than the records are
    behind = rest[1:].rstrip(PADDING)
    if rest[:1] != END or len(rest) > longest or len(behind) > records * record_length:
        further = size - end
        raise Refused(
            f"全文件: 表头称有 {records} 条记录，文件中有 {held} 条；表头所称的记录之后还有 {further} 字节，记录可能错位或没有计入。"
            "请交付方重新导出。",
            f"whole file: the header announces {records} records, but the file holds {held}; {further} bytes follow the last "
            "announced one, so records may be shifted or missing. Ask the department for a new export.",
        )
    return [behind[start : start + record_length] for start in range(0, len(behind), record_length)]


def _blocks(stream: BinaryIO, table: _Table) -> Iterator[tuple[int, bytes]]:
    """Whole records with the number of the first."""
    stream.seek(table.header_length)
    most = max(1, BLOCK_BYTES // table.record_length)
    for first in range(0, table.records, most):
        yield first + 1, stream.read(min(most, table.records - first) * table.record_length)


def _read_block(
    table: _Table, first: int, block: bytes, encoding: str, rows: RowWriter, rejected: RejectedWriter
) -> None:
    flags = block[:: table.record_length]
    records = table.record.iter_unpack(block)
    if flags.count(SOUND) == len(flags):
        values = _texts(chain.from_iterable(records), len(flags) * len(table.widths), encoding)
        if values is not None:
            for number, record in enumerate(zip(*[iter(values)] * len(table.widths), strict=True), start=first):
                rows.add(number, _known(record, table))
            return
        records = table.record.iter_unpack(block)
    for number, (flag, parts) in enumerate(zip(flags, records, strict=True), start=first):
        fault = _fault(bytes([flag]), parts, encoding)
        if fault:
            rejected.add(number, *fault, escaped(b"".join(parts), codec_of(encoding)))
        else:
            rows.add(number, _known([decode(part, encoding).strip(" \0") for part in parts], table))


def _texts(parts: Iterable[bytes], count: int, encoding: str) -> list[str] | None:
    """The values of sound records, decoded all at once, because that takes half the time; None when one of them may be
    faulty."""
    joined = BETWEEN.join(parts)
    if codec_of(encoding) == "gb18030" and suspected_places(joined):
        return None
    try:
        text = decode(joined, encoding)
    except UnicodeDecodeError:
        return None
    values = [value.strip(" \0") for value in text.split(BETWEEN.decode())]
    has_nul = "\0" in text and any("\0" in value for value in values)
    return None if has_nul or len(values) != count else values


def _fault(flag: bytes, parts: Sequence[bytes], encoding: str) -> tuple[str, str] | None:
    """Why a record cannot become a row: the rule and the reason in Chinese."""
    if flag == DELETED:
        return "DELETED_RECORD", "已打删除标记的记录"
    if flag != SOUND:
        return "DAMAGED_RECORD", f"删除标记既不是空格也不是星号（字节 {flag.hex()}），记录损坏或错位"
    if looks_like_utf_8(BETWEEN.join(parts), encoding):
        return "ENCODING", f"像是 UTF-8 文字，而登记的编码是 {encoding}"
    try:
        texts = [decode(part, encoding) for part in parts]
    except UnicodeDecodeError:
        return "ENCODING", f"含有不能按 {encoding} 解码的字节"
    if any("\0" in text.strip(" \0") for text in texts):
        return "NUL", "含有空字符（NUL）"
    return None


def _known(values: Sequence[str], table: _Table) -> Sequence[str]:
    """The values of a record; in a logical field, a question mark means that nothing was entered."""
    if not table.logical:
        return values
    return ["" if place in table.logical and value == "?" else value for place, value in enumerate(values)]
