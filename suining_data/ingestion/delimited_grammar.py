"""The grammar of delimited text (RFC 4180) and the header of such a file.

Here: what a record is, which rule a line breaks, how many lines the header takes and which columns it names.
Not here: reading a file (delimited.py), decoding (physical_lines.py).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from suining_data.catalog.model import Resource
from suining_data.ingestion.physical_lines import Lines
from suining_data.ingestion.reading import Refused, clean_name, yaml_of
from suining_data.settings import Limits

MOST_JOINED_LINES = 100  # of one record, so that an unclosed quote does not swallow the rest of the file
SAMPLE = 1000  # lines after the header that show whether every line ends with a delimiter
FEW = 20
FORMULA = re.compile(r'="(.*)"', re.DOTALL)  # how a text is guarded against a spreadsheet
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?', re.IGNORECASE)  # names the delimiter for a spreadsheet


class Grammar:
    """Patterns over UTF-8 bytes for the records of a table with `columns` columns."""

    def __init__(self, delimiter: str, columns: int, *, ends_empty: bool = False) -> None:
        self.delimiter = delimiter.encode()
        self.columns = columns
        self.ends_empty = ends_empty  # every record ends with a delimiter that no column of the header belongs to
        d = re.escape(self.delimiter)
        inside = rb'[^"\0]*+(?:""[^"\0]*+)*+'
        field = rb'(?:"' + inside + rb'"|(?! *")[^' + d + rb"\r\0]*+)"
        self._field = re.compile(field)
        self._is_quoted_record = re.compile(field + (rb"(?:" + d + field + rb"){%d}" % (columns - 1))).fullmatch
        self._any_record = re.compile(field + rb"(?:" + d + field + rb")*+")
        self._open_record = re.compile(rb"(?:" + field + d + rb')*?"' + inside)

    def is_record(self, line: bytes) -> bool:
        """True when the line is a complete record. Without quotes, counting takes a fifth of the pattern's time."""
        if self.ends_empty and not line.endswith(self.delimiter):
            return False
        if b'"' in line:
            return self._is_quoted_record(line) is not None
        return line.count(self.delimiter) == self.columns - 1 and b"\r" not in line and b"\0" not in line

    def is_open(self, text: bytes) -> bool:
        """True when the text ends inside a quoted value."""
        return self._open_record.fullmatch(text) is not None

    def fault(self, line: bytes) -> tuple[str, str]:
        """The rule that a line breaks and the reason in Chinese."""
        if b"\0" in line:
            return "NUL", "含有空字符（NUL）"
        if not line.strip():
            return "BLANK_LINE", "空行"
        if self.is_open(line):
            return "UNCLOSED_QUOTE", "引号没有闭合"
        if self._any_record.fullmatch(line):
            return "COLUMN_COUNT", self._miscounted(line)
        if b"\r" in line:
            return "CARRIAGE_RETURN", "行中夹有回车符"
        return "MALFORMED_QUOTE", "引号使用不规范"

    def values(self, record: bytes) -> list[str] | None:
        """The values of a record of any length without their quotes; None when it is no record."""
        if not self._any_record.fullmatch(record):
            return None
        values, place = [], 0
        while True:
            match = self._field.match(record, place)
            assert match
            value = match[0].decode()
            values.append(value[1:-1].replace('""', '"') if value.startswith('"') else value)
            place = match.end() + len(self.delimiter)
            if place > len(record):
                return values

    def _miscounted(self, line: bytes) -> str:
        values = self.values(line) or []
        found, expected = len(values), self.columns - self.ends_empty
        if self.ends_empty and found == expected:
            return f"列数为 {found}，末尾缺少其他各行都有的分隔符"
        if found != expected + 1:
            return f"列数为 {found}，应为 {expected}"
        last = "最后多出一个有内容的值" if values[-1] else "末尾多一个分隔符，最后一列是空的"
        return f"列数为 {found}，应为 {expected}：{last}"


@dataclass(frozen=True)
class Header:
    """The columns of a file, in order."""

    names: list[str]
    lines: int
    first: int  # the line at which it starts, from 1
    ends_empty: bool = False  # the records have one more value than the header, always an empty one

    @property
    def place_zh(self) -> str:
        return f"第 {self.first} 行"

    @property
    def place_en(self) -> str:
        return f"line {self.first}"


def read_header(chunk: Lines, resource: Resource, limits: Limits) -> Header:
    """The header at the start of a file; Refused when it cannot be read or has too many columns."""
    delimiter = resource.delivery.delimiter
    skipped = _separator_lines(chunk, delimiter)
    grammar = Grammar(delimiter, 1)
    end = _end_of_header(chunk, skipped, grammar, resource)
    line = b"\n".join(chunk.lines[skipped:end])
    _refuse_if_too_wide(line.count(grammar.delimiter) + 1, limits, skipped + 1)
    values = grammar.values(line.replace(b"\0", b"\\x00"))
    if values is None:
        raise Refused(
            f"第 {skipped + 1} 行: 表头的引号使用不规范。请交付方重新导出。",
            f"line {skipped + 1}: a quote in the header is misplaced. Ask the department for a new export.",
        )
    names = [clean_name(FORMULA.sub(r"\1", value)) for value in values]
    return _with_trailing_delimiters(Header(names, end, skipped + 1), chunk, delimiter)


def _separator_lines(chunk: Lines, delimiter: str) -> int:
    """The number of lines before the header: one when a line `sep=,` is there."""
    found = SEPARATOR_LINE.fullmatch(chunk.lines[0].decode())
    if not found:
        return 0
    if found[1] != delimiter:
        raise Refused(
            f"第 1 行: 文件自称分隔符是“{found[1]}”，而登记的是“{delimiter}”。请核对目录中的 delivery.delimiter，或请交付方重新导出。",
            f'line 1: the file says that its delimiter is "{found[1]}", but "{delimiter}" is declared. '
            "Check delivery.delimiter in the catalogue, or ask the department for a new export.",
        )
    return 1


def _end_of_header(chunk: Lines, start: int, grammar: Grammar, resource: Resource) -> int:
    """The index of the first line after the header. A quoted name may hold line breaks."""
    if len(chunk.lines) <= start:
        raise Refused(
            "第 2 行: 没有表头。请交付方重新导出。", "line 2: there is no header. Ask the department for a new export."
        )
    for end in range(start, min(len(chunk.lines), start + MOST_JOINED_LINES)):
        if end in chunk.broken:
            raise _unreadable(end + 1, chunk, resource)
        line = b"\n".join(chunk.lines[start : end + 1])
        if b'"' not in line or not grammar.is_open(line):
            return end + 1
    raise Refused(
        f"第 {start + 1} 行: 表头的引号不成对。请交付方重新导出。",
        f"line {start + 1}: a quote in the header is not closed. Ask the department for a new export.",
    )


def _unreadable(line: int, chunk: Lines, resource: Resource) -> Refused:
    why = chunk.broken[line - 1]
    if why.rule != "ENCODING":
        return Refused(
            f"第 {line} 行: 表头{why.reason}。请交付方重新导出。",
            f"line {line}: the header cannot be read ({why.rule}). Ask the department for a new export.",
        )
    encoding = resource.delivery.encoding
    hint = "; it looks like UTF-8" if why.is_utf_8 else ""
    return Refused(
        f"第 {line} 行: 表头{why.reason}。请核对 {yaml_of(resource)} 的 delivery.encoding。",
        f"line {line}: the header is not {encoding}{hint}. Check delivery.encoding in {yaml_of(resource)}.",
    )


def _refuse_if_too_wide(columns: int, limits: Limits, line: int) -> None:
    if columns > limits.columns:
        raise Refused(
            f"第 {line} 行: 表头有 {columns} 列，超过 {limits.columns} 列（SUINING_LIMIT_COLUMNS）。请交付方核对分隔符后重新导出。",
            f"line {line}: the header has {columns} columns; the limit is {limits.columns} (SUINING_LIMIT_COLUMNS). "
            "Ask the department to check the delimiter and to export again.",
        )


def _with_trailing_delimiters(header: Header, chunk: Lines, delimiter: str) -> Header:
    """The header with one more or one fewer unnamed column at its end, when all records that follow have it so."""
    width, grammar = len(header.names), Grammar(delimiter, len(header.names))
    if any(columns == width for columns, _ in _widths(chunk.lines[header.lines : header.lines + FEW], grammar)):
        return header  # mostly, and a few lines show it
    found = _widths(chunk.lines[header.lines : header.lines + SAMPLE], grammar)
    if found == {(width + 1, True)}:
        return Header([*header.names, ""], header.lines, header.first, ends_empty=True)
    if width > 1 and not header.names[-1] and found and {columns for columns, _ in found} == {width - 1}:
        return Header(header.names[:-1], header.lines, header.first)
    return header


def _widths(lines: list[bytes], grammar: Grammar) -> set[tuple[int, bool]]:
    """The numbers of values of complete records, and whether the last one is empty. Much shorter lines are notes."""
    records = [values for line in _joined(lines, grammar) if line and (values := grammar.values(line))]
    return {(len(values), not values[-1]) for values in records if 2 * len(values) > grammar.columns}


def _joined(lines: list[bytes], grammar: Grammar) -> Iterator[bytes]:
    """The lines, those of a record with line breaks inside quotes as one. The second line of such a record may look like
    a record of its own.
    """
    start = 0
    while start < len(lines):
        end = start + 1
        if b'"' in lines[start] and grammar.is_open(lines[start]):
            ends = range(start + 2, min(len(lines), start + MOST_JOINED_LINES) + 1)
            end = next((each for each in ends if not grammar.is_open(b"\n".join(lines[start:each]))), end)
        yield b"\n".join(lines[start:end])
        start = end
