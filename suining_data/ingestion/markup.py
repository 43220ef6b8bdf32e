"""XML: one record for each element with the declared tag; sources are paths below it ("a/b", "@attr", "a/@attr").

Here: streaming through the file, flattening a record to path -> text.
Not here: what a value means.

Expat parses the file, because libxml2 (lxml) miscounts lines above 65,535 and `_line` must point to a line of the file.
Document type declarations, and with them entities, are refused. Namespaces are ignored: a tag is its local name. The
values of a path that occurs several times in a record are joined with ";". `_line` is the line where the record starts.
When several records start on one line, each further record gets the next number, so that `_line` identifies one record.
Every record counts as one line.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.parsers import expat

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.physical_lines import decoded_blocks
from suining_data.ingestion.reading import (
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    column_names,
    require_occurring,
    sources,
    yaml_of,
)

MOST_EXTRA_PATHS = 100

Record = dict[str, str]
Sink = Callable[[int, Record], None]


def read_xml(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    paths: Counter[str] = Counter()
    _parse(file, resource, lambda _, record: paths.update(record.keys()))
    declared = sources(resource)
    undeclared = sorted(path for path in paths if path not in declared)
    _check(resource, set(paths), undeclared)
    extra = column_names(undeclared, declared)
    wanted = [*declared, *undeclared]
    names = [*declared, *extra]
    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
        _parse(file, resource, lambda line, record: rows.add(line, [record.get(path) for path in wanted]))
    return ReadResult(
        lines_total=rows.total + rejected.total,
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=tuple(extra),
    )


def _check(resource: Resource, found: set[str], undeclared: list[str]) -> None:
    tag = resource.delivery.records
    if not found:
        raise Refused(
            f"全文件: 没有 <{tag}> 记录。请核对 {yaml_of(resource)} 的 delivery.records，或请交付方重新导出。",
            f"whole file: no <{tag}> record. Check delivery.records in {yaml_of(resource)}, or ask the department for a "
            "new export.",
        )
    if len(undeclared) > MOST_EXTRA_PATHS:
        raise Refused(
            f"全部记录: 未登记的项超过 {MOST_EXTRA_PATHS} 个。"
            f"请核对 {yaml_of(resource)} 的 delivery.records 和 fields.source。",
            f"all records: more than {MOST_EXTRA_PATHS} paths are not declared. "
            f"Check delivery.records and fields.source in {yaml_of(resource)}.",
        )
    require_occurring(resource, found, "记录", "records")


class _Flattener:
    """The parser's handlers of one pass; they give every record with its line to `sink`."""

    def __init__(self, parser: expat.XMLParserType, tag: str, sink: Sink) -> None:
        self._parser = parser
        self._tag = tag
        self._sink = sink
        self._record: Record | None = None
        self._path: list[str] = []  # below the record
        self._text: list[str] = []
        self._has_child = False
        self._line = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if self._record is None:
            if local != self._tag:
                return
            self._record = {}
            self._line = max(self._parser.CurrentLineNumber, self._line + 1)
        else:
            self._path.append(local)
        self._text.clear()
        self._has_child = False
        for key, value in attributes.items():
            if not key.startswith("xmlns"):
                self._put([*self._path, "@" + key.rpartition(":")[2]], value)

    def end(self, _name: str) -> None:
        if self._record is None:
            return
        text = "".join(self._text).strip()
        self._text.clear()
        if self._path and (text or not self._has_child):
            self._put(self._path, text)
        self._has_child = True
        if self._path:
            self._path.pop()
        else:
            self._sink(self._line, self._record)
            self._record = None

    def text(self, data: str) -> None:
        if self._record is not None:
            self._text.append(data)

    def _put(self, path: list[str], value: str) -> None:
        assert self._record is not None
        key = "/".join(path)
        before = self._record.get(key)
        self._record[key] = value if before is None else f"{before};{value}"


def _parse(file: Path, resource: Resource, sink: Sink) -> None:
    tag = resource.delivery.records
    if tag is None:
        raise Refused(
            f"全文件: 未登记记录的标签。请在 {yaml_of(resource)} 的 delivery.records 中登记。",
            f"whole file: the tag of a record is not declared. Add delivery.records in {yaml_of(resource)}.",
        )
    parser = expat.ParserCreate("utf-8")  # the catalogue declares the encoding; the file's own declaration is ignored
    parser.buffer_text = True
    flattener = _Flattener(parser, tag, sink)
    parser.StartElementHandler = flattener.start
    parser.EndElementHandler = flattener.end
    parser.CharacterDataHandler = flattener.text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    encoding = resource.delivery.encoding
    try:
        for text in decoded_blocks(file, encoding):
            parser.Parse(text.encode(), False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Refused(
            f"第 {error.lineno} 行第 {error.offset + 1} 列: 不是良构的 XML（{reason}）。请交付方重新导出。",
            f"line {error.lineno} column {error.offset + 1}: not well-formed XML ({reason}). Ask the department for a new export.",
        ) from None
    except UnicodeError:
        line = parser.CurrentLineNumber
        raise Refused(
            f"第 {line} 行之后: 含有不能按 {encoding} 解码的字节。请核对 {yaml_of(resource)} 的 delivery.encoding。",
            f"after line {line}: bytes that are not {encoding}. Check delivery.encoding in {yaml_of(resource)}.",
        ) from None


def _refuse_doctype(*_: Any) -> None:
    raise Refused(
        "文件开头: 带有 DOCTYPE，可能夹带实体，不予读取。请交付方去掉后重新交付。",
        "start of file: a DOCTYPE can contain entities, so it is not read. Ask the department for a delivery without it.",
    )
