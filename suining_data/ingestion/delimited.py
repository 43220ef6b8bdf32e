"""CSV and TXT: every physical line becomes a row, a part of a row, or a rejected line with its number.

Here: joining records with line breaks inside quotes, the working copy for DuckDB.
Not here: the grammar of a record and the header (delimited_grammar.py), decoding (physical_lines.py).

Every record is checked before DuckDB reads it. DuckDB's own error recovery, which loses lines and miscounts them, is
therefore never needed. DuckDB reads a working copy in UTF-8 that has the line number in each record. This is faster
than `row_number()` over the original file, which prevents parallel reading.

A quote opens a quoted value only as the first character of a field. Elsewhere it is an ordinary character, so that
="1101..." is a value like others. Blanks before an opening quote or after a closing quote are rejected, because programs
interpret them differently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.delimited_grammar import MOST_JOINED_LINES, Grammar, read_header
from suining_data.ingestion.encodings import refuse_wide_encoding
from suining_data.ingestion.physical_lines import LONGEST_LINE, Lines, ends_with_a_line_end, escaped, physical_lines
from suining_data.ingestion.reading import (
    LINE,
    RAW_PARQUET,
    ReadResult,
    Refused,
    RejectedWriter,
    Target,
    check_header,
    column_names,
    in_file_order,
    sources,
)
from suining_data.sql import identifier, literal


def read_delimited(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    result = _read(con, file, resource, target, counts_every_line=False)
    if result is None:  # one line had too few columns and another too many, so the sum was right
        result = _read(con, file, resource, target, counts_every_line=True)
    if result is None:
        raise Refused(
            "全文件: 逐行校验通过，但解析失败。请把文件交给平台维护人员。",
            "whole file: every line passed the check, but the file cannot be parsed. Send it to the platform's maintainer.",
        )
    return result


def _read(
    con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target, *, counts_every_line: bool
) -> ReadResult | None:
    """None when DuckDB finds other records than the check did. This cannot happen when every line is counted."""
    refuse_wide_encoding(file, resource)
    chunks = physical_lines(file, resource.delivery.encoding)
    first = next(chunks, None)
    if first is None:
        raise Refused(
            "第 1 行: 文件是空的。请交付方重新导出。", "line 1: the file is empty. Ask the department for a new export."
        )
    header = read_header(first, resource, target.limits)
    extra = check_header(resource, header.names, header.place_zh, header.place_en)
    names = column_names(header.names, sources(resource))

    copy = target.scratch / "records.csv"
    with RejectedWriter(target.rejected) as rejected, copy.open("wb") as out:
        grammar = Grammar(resource.delivery.delimiter, len(names), ends_empty=header.ends_empty)
        records = _Records(grammar, out, rejected, counts_every_line, header.lines)
        records.take(_without_header(first, header.lines))
        for chunk in chunks:
            records.take(chunk)
        records.finish()
    is_parallel = records.continuation_lines == 0
    if _to_parquet(con, _source(copy, resource, names, is_parallel=is_parallel), names, target.raw) != records.rows:
        return None
    renamed = {old: new for old, new in zip(header.names, names, strict=True) if old in extra}
    return ReadResult(
        lines_total=records.last_line,
        header_lines=header.lines,
        continuation_lines=records.continuation_lines,
        raw_rows=records.rows,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=tuple(renamed.values()),
        rejected_by_rule=dict(rejected.by_rule),
        reasons=rejected.reasons,
        is_truncated=_is_truncated(file, records, rejected.last),
    )


def _is_truncated(file: Path, records: "_Records", last_rejected: tuple[int, str, str]) -> bool:
    """True when the last line starts a record that does not end. A note below the table has no delimiter."""
    line, rule, text = last_rejected
    if line != records.last_line or ends_with_a_line_end(file):
        return False
    begun = 0 < text.count(records.grammar.delimiter.decode()) < records.grammar.columns - 1
    return rule == "UNCLOSED_QUOTE" or (begun and rule in ("COLUMN_COUNT", "ENCODING"))


def _without_header(chunk: Lines, lines: int) -> Lines:
    text = chunk.text.split(b"\n", lines)[lines:]
    broken = {index - lines: why for index, why in chunk.broken.items() if index >= lines}
    return Lines(chunk.first + lines, chunk.lines[lines:], text[0] if text else b"", broken)


@dataclass
class _Records:
    """Sorts physical lines into records (written with their line number) and rejected lines."""

    grammar: Grammar
    out: BinaryIO
    rejected: RejectedWriter
    counts_every_line: bool
    last_line: int  # of the header
    rows: int = 0
    continuation_lines: int = 0
    _open: Lines | None = None  # the end of the last chunk: a record whose quote may be closed in the next chunk

    def take(self, chunk: Lines) -> None:
        self.last_line = chunk.first + len(chunk.lines) - 1
        if self._open is None and self._has_only_records(chunk):
            self._write(enumerate(chunk.lines, chunk.first), len(chunk.lines))
        else:
            self._sort(_joined(self._open, chunk), is_last=False)

    def finish(self) -> None:
        if self._open is not None:
            self._sort(self._open, is_last=True)

    def _has_only_records(self, chunk: Lines) -> bool:
        """True when every line is a record. Without quotes only the sum of all columns is checked, which is much faster.
        If the sum hides a short and a long line, DuckDB fails and the file is read again with every line counted."""
        text, lines, grammar = chunk.text, chunk.lines, self.grammar
        if chunk.broken or not text or b"\r" in text or b"\0" in text or b"" in lines:
            return False
        if grammar.ends_empty and text.count(grammar.delimiter + b"\n") + text.endswith(grammar.delimiter) < len(lines):
            return False
        if b'"' in text:
            return all(map(grammar.is_record, lines))
        wanted = grammar.columns - 1
        if self.counts_every_line:
            return {line.count(grammar.delimiter) for line in lines} == {wanted}
        return text.count(grammar.delimiter) == wanted * len(lines)

    def _write(self, numbered: Iterable[tuple[int, bytes]], count: int) -> None:
        if count:
            pattern = b"%d" + self.grammar.delimiter.replace(b"%", b"%%") + b"%b"
            self.out.write(b"\n".join([pattern % item for item in numbered]) + b"\n")
            self.rows += count

    def _sort(self, chunk: Lines, *, is_last: bool) -> None:
        self._open = None
        lines, broken = chunk.lines, chunk.broken
        is_whole = [bool(line) and self.grammar.is_record(line) for line in lines]
        is_whole.append(False)  # ends the last run of complete records
        kept: list[tuple[int, bytes]] = []
        index = 0
        while True:
            start, index = index, is_whole.index(False, index)
            kept += zip(range(chunk.first + start, chunk.first + index), lines[start:index], strict=True)
            if index == len(lines):
                break
            if index not in broken and self.grammar.is_open(lines[index]):
                end = self._end_of_record(chunk, index, is_last=is_last)
                if end is None:
                    self._open = Lines(chunk.first + index, lines[index:], b"")
                    break
                if end > index:
                    kept.append((chunk.first + index, b"\n".join(lines[index : end + 1])))
                    self.continuation_lines += end - index
                    index = end + 1
                    continue
            self._reject(chunk, index)
            index += 1
        self._write(kept, len(kept))

    def _end_of_record(self, chunk: Lines, start: int, *, is_last: bool) -> int | None:
        """The last line of the record that starts with an open quote; `start` when the quote is never closed.

        None when the next chunk decides. If a later line is a complete record by itself (three columns or more), the
        quote was left open by mistake: one rejected line is better than several records inside one value.
        """
        lines, is_record = chunk.lines, self.grammar.is_record
        size = len(lines[start])
        for end in range(start + 1, start + MOST_JOINED_LINES):
            if end >= len(lines):
                return start if is_last else None
            size += len(lines[end]) + 1
            if end in chunk.broken or size > LONGEST_LINE:
                return start
            if b'"' in lines[end]:
                record = b"\n".join(lines[start : end + 1])
                if is_record(record):
                    return end
                if not self.grammar.is_open(record):
                    return start
            if self.grammar.columns > 2 and is_record(lines[end]):
                return start
        return start

    def _reject(self, chunk: Lines, index: int) -> None:
        why = chunk.broken.get(index)
        line = chunk.lines[index]
        rule, reason = (why.rule, why.reason) if why else self.grammar.fault(line)
        self.rejected.add(chunk.first + index, rule, reason, why.raw_text if why else escaped(line))


def _joined(open_lines: Lines | None, chunk: Lines) -> Lines:
    if open_lines is None:
        return chunk
    shift = len(open_lines.lines)
    broken = {index + shift: why for index, why in chunk.broken.items()}
    return Lines(open_lines.first, open_lines.lines + chunk.lines, b"", broken)


def _source(copy: Path, resource: Resource, names: list[str], *, is_parallel: bool) -> str:
    """SQL: the working copy as a table. Records with line breaks inside quotes cannot be read in parallel."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in names)
    return f"""read_csv({literal(copy)}, auto_detect = false, header = false,
        delim = {literal(resource.delivery.delimiter)}, quote = '"', escape = '"', new_line = '\\n',
        strict_mode = true, null_padding = false, max_line_size = {4 * LONGEST_LINE},
        parallel = {str(is_parallel).lower()}, columns = {{'{LINE}': 'BIGINT', {columns}}})"""


def _to_parquet(con: duckdb.DuckDBPyConnection, source: str, names: list[str], raw: Path) -> int | None:
    """The number of rows written, or None when DuckDB cannot read the copy. Its message is not shown: it has values."""
    wanted = ", ".join(identifier(name) for name in names)
    query = f"copy (select {wanted}, {LINE} from {source}) to {literal(raw)} ({RAW_PARQUET})"
    try:
        with in_file_order(con):
            count = con.execute(query).fetchone()
    except duckdb.InvalidInputException:
        return None
    return int(count[0]) if count else None
