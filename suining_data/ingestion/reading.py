"""The interface of every reader: its target, its result, refusals, and the two Parquet writers.

Here: the protocol `Reader`, the check of a header against the catalogue, writers for readers that work row by row.
Not here: any format (one module for each), which file is read when (intake.py).
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from suining_data.catalog.model import BATCH_SOURCES, Resource
from suining_data.settings import Limits

ROWS_PER_FLUSH = 20_000
SHOWN_CHARACTERS = 10_000  # of a rejected line; the line number shows where the rest is
SHOWN_COLUMNS = 10
LINE = "_line"
DELETED = "_deleted"  # in fetched files: filled where the row with this key was deleted from its table
FETCHED_AT = "_fetched_at"  # in fetched files: makes the digests differ, even when a table returns to an old state
GEOMETRY = "_geometry"  # the source name under which a reader gives the shape of a record, as WKT
NO_SHAPE = "GEOMETRYCOLLECTION EMPTY"  # the text of a record without a shape
RAW_COMPRESSION, REJECTED_COMPRESSION = "snappy", "zstd"
RAW_PARQUET = (
    f"format parquet, compression {RAW_COMPRESSION}, row_group_size 40960"  # small groups: a scan keeps every core busy
)

UNREAD = (
    "UNREAD"  # the rule of what a file holds and no reader reads: a hidden sheet, another member, records elsewhere
)

REJECTED_PARQUET = f"format parquet, compression {REJECTED_COMPRESSION}"

REJECTED_SCHEMA = pa.schema(
    [("line", pa.int64()), ("rule", pa.string()), ("reason", pa.string()), ("raw_text", pa.string())]
)


class Refused(Exception):
    """A batch that cannot be used.

    Both texts start with the place in the file and end with what to do. The caller puts the file name before them.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class Notice:
    """A message for people in both languages; it starts with the file name."""

    zh: str
    en: str


@dataclass(frozen=True)
class Target:
    """Where a reader writes. `scratch` may hold a working copy; the code that created the target removes the folder."""

    raw: Path
    rejected: Path
    scratch: Path
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Part:
    """One file of a batch of several files. Its lines are the lines of the batch from `first_line` on."""

    file_name: str
    first_line: int
    lines: int


@dataclass(frozen=True)
class ReadResult:
    """The counts of a file: lines_total = header_lines + continuation_lines + raw_rows + rejected_rows.

    A line is a physical line (CSV, JSON Lines), a sheet row (workbooks; a filled cell in a crosstab) or a record (JSON, XML,
    DBF, SHP, GPKG). `continuation_lines` counts the second and later lines of records with line breaks inside quotes.
    """

    lines_total: int
    header_lines: int
    continuation_lines: int
    raw_rows: int
    rejected_rows: int
    columns: tuple[str, ...]
    extra_columns: tuple[str, ...]
    rejected_by_rule: dict[str, int] = field(default_factory=dict)
    is_truncated: bool = False  # the last line ends within a record, without a line end
    reasons: dict[str, str] = field(default_factory=dict)  # the first reason for each rule
    announced: int | None = None  # the number of records that the file reports, where it is another one
    parts: tuple[Part, ...] = ()  # of a batch in several files

    def __post_init__(self) -> None:
        accounted = self.header_lines + self.continuation_lines + self.raw_rows + self.rejected_rows
        if accounted != self.lines_total:
            raise Refused(
                f"全文件: 有 {self.lines_total} 行（条），只处理了 {accounted} 行（条）。请把文件交给平台维护人员。",
                f"whole file: it has {self.lines_total} lines or records, but {accounted} were accounted for. "
                "Send it to the platform's maintainer.",
            )


class Reader(Protocol):
    """Reads `file` as `resource` declares it into `target`; raises Refused when the batch as a whole is unusable."""

    def __call__(
        self, con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target
    ) -> ReadResult: ...


class RejectedWriter:
    """Writes the lines that could not become rows. Memory use does not grow with their number."""

    def __init__(self, path: Path) -> None:
        self.by_rule: Counter[str] = Counter()
        self.reasons: dict[str, str] = {}  # the first one for each rule
        self.last: tuple[int, str, str] = (0, "", "")  # line, rule, text
        self._rows: list[tuple[int, str, str, str]] = []
        self._writer = pq.ParquetWriter(path, REJECTED_SCHEMA, compression=REJECTED_COMPRESSION)

    @property
    def total(self) -> int:
        return self.by_rule.total()

    def add(self, line: int, rule: str, reason: str, raw_text: str) -> None:
        self.by_rule[rule] += 1
        self.reasons.setdefault(rule, reason)
        self.last = (line, rule, raw_text)
        self._rows.append((line, rule, reason, shown(raw_text)))
        if len(self._rows) >= ROWS_PER_FLUSH:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(REJECTED_SCHEMA)
        self._writer.write_table(pa.table([list(c) for c in columns], schema=REJECTED_SCHEMA))
        self._rows.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._writer.close()


class RowWriter:
    """Writes the raw rows of the formats whose libraries return Python values (workbooks, XML, DBF)."""

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        self._schema = pa.schema([*((name, pa.string()) for name in columns), (LINE, pa.int64())])
        self._rows: list[tuple[str | int | None, ...]] = []
        self._writer = pq.ParquetWriter(path, self._schema, compression=RAW_COMPRESSION)
        self.total = 0

    def add(self, line: int, values: Sequence[str | None]) -> None:
        self._rows.append((*values, line))
        self.total += 1
        if len(self._rows) >= ROWS_PER_FLUSH:
            self._flush()

    def _flush(self) -> None:
        columns = list(zip(*self._rows, strict=True)) or [()] * len(self._schema)
        self._writer.write_table(pa.table([list(c) for c in columns], schema=self._schema))
        self._rows.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if kind is None:
            self._flush()
        self._writer.close()


def neutral_link(file: Path, target: Target, name: str) -> Path:
    """The path that DuckDB opens in place of `file`: DuckDB takes `*`, `?` and `[` in the name of a file for a pattern."""
    link = target.scratch / name
    link.symlink_to(file.absolute())
    return link


def shown(text: str) -> str:
    """A rejected text in the form that is stored: cut to a readable length, with NUL made visible."""
    cut = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
    return cut.replace("\0", "\\x00")


def sources(resource: Resource) -> list[str]:
    """The declared source columns of the file, in order, each once."""
    return list(dict.fromkeys(f.source for f in resource.fields if f.source not in BATCH_SOURCES))


def yaml_of(resource: Resource) -> str:
    return f"catalog/units/{resource.id.split('__')[0]}.yaml"


def check_header(
    resource: Resource, found: Sequence[str], location_zh: str, location_en: str, offered: Sequence[str] = ()
) -> tuple[str, ...]:
    """The undeclared columns of a header; Refused when a declared column is missing or occurs twice.

    `offered` names sources that the reader adds itself. When hardly any declared column is found, the line is probably
    data without a header. Then the message does not repeat its content, because it may be personal.
    """
    declared = [s for s in sources(resource) if s not in offered]
    repeated = sorted(name for name, n in Counter(x.lower() for x in found).items() if n > 1)
    clash = [s for s in declared if s.lower() in repeated]
    if clash:
        raise Refused(
            f"{location_zh}: 列名重复：{'、'.join(clash)}。请交付方改名后重新交付。",
            f"{location_en}: column {', '.join(clash)} occurs more than once. Ask the department for distinct names.",
        )
    missing = [f for f in resource.fields if f.source in declared and f.source not in found]
    extra = tuple(name for name in found if name not in declared)
    if not missing:
        return extra
    present = len(declared) - len({f.source for f in missing})
    if present * 2 < len(declared):
        raise Refused(
            f"{location_zh}: {len(declared)} 个登记列中只找到 {present} 个，可能缺少表头、分隔符不同或不是这项资源。"
            f"请核对文件与 {yaml_of(resource)} 的 delivery 和 fields.source。",
            f"{location_en}: only {present} of {len(declared)} declared columns were found. Perhaps the header is missing, "
            "the delimiter is different, or this is the file of another resource. Compare the file with delivery and "
            f"fields.source in {yaml_of(resource)}.",
        )
    raise Refused(
        f"{location_zh}: 缺少列 {'、'.join(f'{f.source}（{f.label}）' for f in missing)}{_extra_zh(extra)}。"
        f"若只是改名，请在 {yaml_of(resource)} 的 fields.source 中登记。",
        f"{location_en}: column {', '.join(f'{f.source} ({f.name})' for f in missing)} is missing{_extra_en(extra)}. "
        f"If it was renamed, add it to fields.source in {yaml_of(resource)}.",
    )


def _extra_zh(extra: Sequence[str]) -> str:
    return f"，多出列 {'、'.join(extra[:SHOWN_COLUMNS])}" if extra else ""


def _extra_en(extra: Sequence[str]) -> str:
    return f", {', '.join(extra[:SHOWN_COLUMNS])} is not declared" if extra else ""


def require_occurring(resource: Resource, occurring: set[str], unit_zh: str, unit_en: str) -> None:
    """For formats that may omit an empty item: Refused when a required source occurs in no record at all."""
    missing = [f for f in resource.fields if f.required and f.source not in occurring]
    if missing:
        raise Refused(
            f"全部{unit_zh}: 没有出现必填项 {'、'.join(f'{f.source}（{f.label}）' for f in missing)}。"
            f"若只是改名，请在 {yaml_of(resource)} 的 fields.source 中登记。",
            f"all {unit_en}: required item {', '.join(f'{f.source} ({f.name})' for f in missing)} occurs in none of them. "
            f"If it was renamed, add it to fields.source in {yaml_of(resource)}.",
        )


def column_names(found: Sequence[str], declared: Sequence[str]) -> list[str]:
    """Names that can be the columns of one table. Declared names stay; empty and repeated names get a number."""
    taken = {LINE, *(d.lower() for d in declared)}
    names = []
    for position, name in enumerate(found, start=1):
        if name in declared:
            names.append(name)
            continue
        base = name.replace("\0", "\\x00") or f"column_{position}"  # SQL text cannot contain a NUL
        unique = base
        suffix = 2
        while unique.lower() in taken:
            unique, suffix = f"{base}_{suffix}", suffix + 1
        taken.add(unique.lower())
        names.append(unique)
    return names


def clean_name(name: str) -> str:
    """A column name in the form that is compared with the catalogue: without line breaks and surrounding blanks."""
    return re.sub(r"[\r\n]+", "", name).strip().strip("﻿")


def as_declared(found: Sequence[str], resource: Resource) -> list[str]:
    """The names in the spelling of the catalogue, for formats in which capitals make no difference (DBF, SQLite)."""
    spelling = {source.lower(): source for source in sources(resource)}
    return [spelling.get(name.lower(), name) for name in found]


@contextmanager
def in_file_order(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Inside, rows keep the order of the file, whatever the connection's setting is."""
    row = con.execute("select current_setting('preserve_insertion_order')").fetchone()
    before = bool(row and row[0])
    con.execute("set preserve_insertion_order = true")
    try:
        yield
    finally:
        con.execute(f"set preserve_insertion_order = {str(before).lower()}")
