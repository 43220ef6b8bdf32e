"""XML: one record for each element with the declared tag; sources are paths below it ("a/b", "@attr", "a/@attr").

Here: streaming through the file, finding records and what looks like one. Not here: the paths of a record (flattening.py),
what a value means.

Expat parses the file, because libxml2 (lxml) miscounts lines above 65,535 and `_line` must point to a line of the file.
Document type declarations, and with them entities, are refused. Namespaces are ignored: a tag is its local name.
`_line` is the line where the record starts. When several records start on one line, each further record gets the next
number, so that `_line` identifies one record. Every record counts as one line.

An element that is no record, but has the record's tag in another case of letters, or two children or attributes with the
names of declared ones, is rejected as UNREAD. A record within a record is rejected together with the outer one.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.announced import is_count, unmet
from suining_data.ingestion.encodings import fitting_encodings, refuse_wide_encoding
from suining_data.ingestion.flattening import Flattener, Record, UnreadableRecord
from suining_data.ingestion.physical_lines import LooksLikeUtf8, decoded_blocks
from suining_data.ingestion.reading import (
    SHOWN_CHARACTERS,
    UNREAD,
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
from suining_data.settings import Limits

MOST_EXTRA_PATHS = 100
ALIKE = 2  # declared names that make another element look like a record
SHOWN_TAGS = 5

OnRecord = Callable[[int, Record], None]
OnUnread = Callable[[int, str, str, str], None]  # line, rule, reason, text


def read_xml(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    refuse_wide_encoding(file, resource)
    declared = sources(resource)
    paths = _Paths(resource, declared)
    unread: Counter[str] = Counter()
    seen = _parse(file, resource, target, paths.take, lambda *item: unread.update([item[3].partition(">")[0] + ">"]))
    undeclared = sorted(path for path in paths.found if path not in declared)
    if not paths.records:
        raise _without_records(resource, unread)
    require_occurring(resource, paths.found, "记录", "records")
    extra = column_names(undeclared, declared)
    wanted = [*declared, *undeclared]
    names = [*declared, *extra]
    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
        _parse(
            file, resource, target,
            lambda line, record: rows.add(line, [record.get(path) for path in wanted]),
            rejected.add,
        )  # fmt: skip
    return ReadResult(
        lines_total=seen.lines,
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=tuple(extra),
        rejected_by_rule=dict(rejected.by_rule),
        reasons=rejected.reasons,
        announced=seen.announced,
    )


@dataclass
class _Paths:
    """The paths that occur; Refused as soon as too many of them are not declared."""

    resource: Resource
    declared: list[str]

    found: set[str] = field(default_factory=set)
    records: int = 0

    def take(self, _line: int, record: Record) -> None:
        self.records += 1
        self.found.update(record)
        if len(self.found) > MOST_EXTRA_PATHS and len(self.found.difference(self.declared)) > MOST_EXTRA_PATHS:
            raise Refused(
                f"全部记录: 未登记的项超过 {MOST_EXTRA_PATHS} 个。"
                f"请核对 {yaml_of(self.resource)} 的 delivery.records 和 fields.source。",
                f"all records: more than {MOST_EXTRA_PATHS} paths are not declared. "
                f"Check delivery.records and fields.source in {yaml_of(self.resource)}.",
            )


def _without_records(resource: Resource, unread: Counter[str]) -> Refused:
    tag = resource.delivery.records
    found = "、".join(f"{n} 个 {other}" for other, n in unread.most_common(SHOWN_TAGS))
    found_en = ", ".join(f"{n} of {other}" for other, n in unread.most_common(SHOWN_TAGS))
    similar_zh, similar_en = (f"，而有 {found}", f", but {found_en}") if found else ("", "")
    return Refused(
        f"全文件: 没有 <{tag}> 记录{similar_zh}。请核对 {yaml_of(resource)} 的 delivery.records，或请交付方重新导出。",
        f"whole file: no <{tag}> record{similar_en}. Check delivery.records in {yaml_of(resource)}, or ask the department "
        "for a new export.",
    )


@dataclass
class _Outer:
    """An element outside the records."""

    tag: str
    line: int
    parent: "_Outer | None"
    announced: int | None = None  # the number of records that it reports
    records: int = 0  # in it
    alike: set[str] = field(default_factory=set)  # names of its children and attributes that are declared for a record
    text: str = ""


class _Document:
    """The parser's handlers of one pass: they give every record, and what resembles one, with its line."""

    def __init__(self, tag: str, declared: list[str], limits: Limits, on_record: OnRecord, on_unread: OnUnread) -> None:
        # the catalogue declares the encoding; the file's own declaration is ignored
        self.parser = parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        self.flattener = Flattener(tag, declared, limits, self._end_of_record, self._start_of_nested_record)
        self._tag = tag
        self._on_record = on_record
        self._on_unread = on_unread
        self._first_steps = {source.split("/")[0].lower() for source in declared}
        self._outer: _Outer | None = None
        self._line = 0  # of the last record
        self._inner_records: list[int] = []  # lines of the records within the present record
        self.lines = 0
        self.announced: int | None = None
        self._handle_outside()

    def _handle_outside(self) -> None:
        self.parser.StartElementHandler = self._start_outside
        self.parser.EndElementHandler = self._end_outside
        self.parser.CharacterDataHandler = self._text_outside

    def _next_line(self, line: int) -> int:
        self.lines += 1
        return max(line, self._line + 1)

    def _start_of_record(self, attributes: dict[str, str]) -> None:
        self._line = self._next_line(self.parser.CurrentLineNumber)
        self.flattener.open(attributes)
        self.parser.StartElementHandler = self.flattener.start
        self.parser.EndElementHandler = self.flattener.end
        self.parser.CharacterDataHandler = self.flattener.text

    def _start_of_nested_record(self) -> None:
        self._inner_records.append(self.parser.CurrentLineNumber)

    def _end_of_record(self, record: Record) -> None:
        self._handle_outside()
        if self._outer is not None:
            self._outer.records += 1 + len(self._inner_records)
        if not self._inner_records:
            self._on_record(self._line, record)
            return
        text = ";".join(record.values())[:SHOWN_CHARACTERS]
        self._on_unread(self._line, "NESTED_RECORD", "记录中又有记录，无法分开", f"<{self._tag}>{text}")
        for line in self._inner_records:
            self._line = self._next_line(line)
            self._on_unread(self._line, "NESTED_RECORD", "在另一条记录之中，无法分开", f"<{self._tag}>")
        self._inner_records = []

    def _text_outside(self, data: str) -> None:
        if self._outer is not None and len(self._outer.text) < SHOWN_CHARACTERS:
            self._outer.text += data

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if local == self._tag:
            self._start_of_record(attributes)
            return
        if self._outer is not None and local.lower() in self._first_steps:
            self._outer.alike.add(local.lower())
        announced = next((_whole(attributes[key]) for key in attributes if is_count(key)), None)
        outer = _Outer(local, self.parser.CurrentLineNumber, self._outer, announced)
        outer.alike = self._first_steps.intersection("@" + key.rpartition(":")[2].lower() for key in attributes)
        self._outer = outer

    def _resembles_a_record(self, outer: _Outer) -> bool:
        return outer.tag.lower() == self._tag.lower() or len(outer.alike) >= min(ALIKE, len(self._first_steps))

    def _end_outside(self, _name: str) -> None:
        outer = self._outer
        assert outer is not None
        self._outer = parent = outer.parent
        if outer.records:
            if self.announced is None:
                self.announced = unmet([outer.announced], outer.records)
        elif self._resembles_a_record(outer):
            self._line = self._next_line(outer.line)
            reason = f"不是 <{self._tag}>，未读取"
            self._on_unread(self._line, UNREAD, reason, f"<{outer.tag}>{outer.text.strip()}")
        if parent is None:
            return
        parent.records += outer.records
        if len(parent.text) < SHOWN_CHARACTERS:
            parent.text += outer.text
        if not outer.records and parent.announced is None:
            parent.announced = outer.announced if outer.announced is not None else _count_in(outer)


def _count_in(outer: _Outer) -> int | None:
    return _whole(outer.text) if is_count(outer.tag) else None


def _whole(text: str) -> int | None:
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _parse(file: Path, resource: Resource, target: Target, on_record: OnRecord, on_unread: OnUnread) -> _Document:
    tag = resource.delivery.records
    if tag is None:
        raise Refused(
            f"全文件: 未登记记录的标签。请在 {yaml_of(resource)} 的 delivery.records 中登记。",
            f"whole file: the tag of a record is not declared. Add delivery.records in {yaml_of(resource)}.",
        )
    document = _Document(tag, sources(resource), target.limits, on_record, on_unread)
    parser = document.parser
    encoding = resource.delivery.encoding
    given = 0
    try:
        for text in decoded_blocks(file, encoding):
            data = text.encode()
            given += len(data)
            parser.Parse(data, False)
            document.flattener.refuse_if_too_large(given - parser.CurrentByteIndex)
        parser.Parse(b"", True)
    except UnreadableRecord as why:
        line = parser.CurrentLineNumber
        raise Refused(f"第 {line} 行: {why.zh}", f"line {line}: {why.en}") from None
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise Refused(
            f"第 {error.lineno} 行第 {error.offset + 1} 列: 不是良构的 XML（{reason}）。请交付方重新导出。",
            f"line {error.lineno} column {error.offset + 1}: not well-formed XML ({reason}). Ask the department for a new export.",
        ) from None
    except UnicodeError as error:
        raise _undecodable(file, resource, parser.CurrentLineNumber, error) from None
    return document


def _undecodable(file: Path, resource: Resource, line: int, error: UnicodeError) -> Refused:
    encoding = resource.delivery.encoding
    others = ["utf-8"] if isinstance(error, LooksLikeUtf8) else fitting_encodings(file)
    fits = "、".join(name for name in others if name != encoding) or "?"
    return Refused(
        f"第 {line} 行之后: 含有不能按 {encoding} 解码的字节（内容像是 {fits}）。"
        f"请核对 {yaml_of(resource)} 的 delivery.encoding。",
        f"after line {line}: bytes that are not {encoding} (looks like {fits}). "
        f"Check delivery.encoding in {yaml_of(resource)}.",
    )


def _refuse_doctype(*_: Any) -> None:
    raise Refused(
        "文件开头: 带有 DOCTYPE，可能夹带实体，不予读取。请交付方去掉后重新交付。",
        "start of file: a DOCTYPE can contain entities, so it is not read. Ask the department for a delivery without it.",
    )
