"""JSON Lines (one object per line) and JSON (documents or pages with an array of objects), read in SQL.

Here: finding the records, and extracting their declared keys (nested keys as "a.b") and undeclared keys.
Not here: decoding of lines (physical_lines.py), the text of numbers (json_text.py).

A bad line of a JSON Lines file is rejected with its number, and so is a record with the same key twice, because only one of
the values could be read. A truncated JSON document has lost an unknown number of records, so its batch is refused; a
document with the array of records twice is refused as well. `_line` is the physical line (JSON Lines) or the ordinal of the
record in the file. Values are text as JSON writes them, whole numbers keep every digit.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.announced import unmet
from suining_data.ingestion.encodings import fitting_encodings, refuse_wide_encoding
from suining_data.ingestion.json_facts import (
    count_paths,
    document_facts,
    documents,
    json_path,
    refuse_if_repeated,
    without_array,
)
from suining_data.ingestion.json_text import readable, with_exact_numbers
from suining_data.ingestion.physical_lines import (
    Broken,
    Lines,
    ends_with_a_line_end,
    escaped,
    physical_lines,
)
from suining_data.ingestion.reading import (
    LINE,
    RAW_PARQUET,
    Part,
    ReadResult,
    Refused,
    RejectedWriter,
    Target,
    column_names,
    in_file_order,
    require_occurring,
    sources,
    yaml_of,
)
from suining_data.settings import Limits
from suining_data.sql import identifier, literal

MOST_EXTRA_KEYS = 100
SEPARATOR = b"\x1f"  # may not occur in JSON outside an escape
RECORDS = "_ingestion_json_record"  # temporary table: _line, text
MARKS = (SEPARATOR, b"\0", b"\r")


@dataclass(frozen=True)
class Loaded:
    """What was put into the table of records: their number, and the number that the file reports if it is another one."""

    lines: int
    announced: int | None = None


def read_json(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    is_lines = resource.delivery.format in (Format.JSON_LINES, Format.POSTGRES)

    def load(rejected: RejectedWriter) -> Loaded:
        if is_lines:
            return _load_lines(con, file, resource, target, rejected)
        return _load_documents(con, file, resource, target)

    is_cut = file if resource.delivery.format is Format.JSON_LINES else None
    return read_records(con, resource, target, load, lines_file=is_cut)


def read_records(
    con: duckdb.DuckDBPyConnection,
    resource: Resource,
    target: Target,
    load: Callable[[RejectedWriter], Loaded],
    *,
    lines_file: Path | None = None,
    parts: tuple[Part, ...] = (),
) -> ReadResult:
    """Writes the raw rows of the records that `load` puts into table RECORDS.

    `lines_file` is a file of JSON Lines, whose last line may be truncated.
    """
    try:
        with RejectedWriter(target.rejected) as rejected, in_file_order(con):
            loaded = load(rejected)
            _reject_non_objects(con, rejected)
            columns, extra = _columns(con, resource, rejected)
            rows = _to_parquet(con, columns, target.raw)
    finally:
        con.execute(f"drop table if exists {RECORDS}")
    return ReadResult(
        lines_total=loaded.lines,
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows,
        rejected_rows=rejected.total,
        columns=tuple(columns),
        extra_columns=extra,
        rejected_by_rule=dict(rejected.by_rule),
        reasons=rejected.reasons,
        is_truncated=lines_file is not None and _is_truncated(lines_file, loaded.lines, rejected.last),
        announced=loaded.announced,
        parts=parts,
    )


def _is_truncated(file: Path, last_line: int, last_rejected: tuple[int, str, str]) -> bool:
    """True when the last line starts an object that does not end."""
    line, rule, text = last_rejected
    begun = text.lstrip().startswith("{") and rule in ("INVALID_JSON", "ENCODING")
    return line == last_line and begun and not ends_with_a_line_end(file)


def _load_lines(
    con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target, rejected: RejectedWriter
) -> Loaded:
    """Fills the temporary table with one row per readable line; counts the physical lines."""
    refuse_wide_encoding(file, resource)
    copy = target.scratch / "lines.txt"
    last_line = 0
    with copy.open("wb") as out:
        for chunk in physical_lines(file, resource.delivery.encoding):
            last_line = chunk.first + len(chunk.lines) - 1
            for item in _numbered(chunk, rejected):
                out.write(item)
    if last_line == 0:
        raise Refused(
            "第 1 行: 文件是空的。请交付方重新导出。", "line 1: the file is empty. Ask the department for a new export."
        )
    con.execute(f"""
        create or replace temp table {RECORDS} as
        select {LINE}, text from read_csv({literal(copy)}, auto_detect = false, header = false, delim = '\x1f',
            quote = '', escape = '', new_line = '\\n', max_line_size = {4 << 20},
            columns = {{'{LINE}': 'BIGINT', 'text': 'VARCHAR'}})""")
    return Loaded(last_line)


def _numbered(chunk: Lines, rejected: RejectedWriter) -> Iterator[bytes]:
    """The readable lines with their numbers; the others are rejected."""
    text = with_exact_numbers(chunk.text)
    lines = chunk.lines if text == chunk.text else text.split(b"\n")
    numbered: Iterable[tuple[int, bytes]] = enumerate(lines, chunk.first)
    if chunk.broken or b"" in lines or any(mark in chunk.text for mark in MARKS):
        numbered = _sound(chunk, numbered, rejected)
    yield b"".join([b"%d\x1f%b\n" % item for item in numbered])


def _sound(
    chunk: Lines, numbered: Iterable[tuple[int, bytes]], rejected: RejectedWriter
) -> Iterator[tuple[int, bytes]]:
    for number, line in numbered:
        why = _fault(chunk, number, line)
        if why is None:
            yield number, line
        else:
            rejected.add(number, why.rule, why.reason, why.raw_text)


def _fault(chunk: Lines, number: int, line: bytes) -> Broken | None:
    why = chunk.broken.get(number - chunk.first)
    if why is not None:
        return why
    if not line:
        return Broken("BLANK_LINE", "空行", "")
    if any(mark in line for mark in MARKS):
        return Broken("INVALID_JSON", "不是完整的 JSON（含有控制字符）", escaped(line))
    return None


def _load_documents(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> Loaded:
    """Fills the temporary table with one row per record."""
    source = readable(file, resource, target)
    path = resource.delivery.records
    lacking, announced = 0, None
    try:
        records = f"json_extract(json, {literal(json_path(path) + '[*]')})" if path else "[json]"
        con.execute(f"""
            create or replace temp table {RECORDS} as
            select row_number() over () as {LINE}, text from (
                select unnest({records}) as text from {documents([source], target.limits, is_array=path is None)})""")
        total = int(con.execute(f"select count(*) from {RECORDS}").fetchall()[0][0])
        facts = document_facts(con, [source], path, count_paths(path), target.limits) if path else ()
        for number, document in enumerate(facts, start=1):
            refuse_if_repeated(document, resource, f"第 {number} 个文档", f"document {number}")
            lacking += document.records is None
            if announced is None:
                announced = unmet(document.numbers, document.records or 0, total)
    except duckdb.InvalidInputException as error:
        raise unreadable(str(error), [(source, file)], resource, target.limits) from None  # DuckDB's may have a value
    if lacking or (total == 0 and not _has_content(source)):
        raise without_array(lacking, source, resource)
    return Loaded(total, announced)


def _has_content(file: Path) -> bool:
    with file.open("rb") as stream:
        return bool(stream.read(4096).strip())


def unreadable(message: str, files: Sequence[tuple[Path, Path]], resource: Resource, limits: Limits) -> Refused:
    """The refusal for an error of DuckDB; `files` are pairs of the path that DuckDB read and the delivered file."""
    file = next((file for source, file in files if str(source) in message), files[0][1])
    found = re.search(r"in (?:record/value|line) (\d+)", message)
    zh, en = (f"第 {found[1]} 个文档", f"document {found[1]}") if found else ("全文件", "whole file")
    if resource.delivery.pages:  # a page is one document
        zh = en = file.name
    if "maximum_object_size" in message:
        size = f"{limits.document_mb} MB"
        return Refused(
            f"{zh}: 超过 {size}（SUINING_LIMIT_DOCUMENT_MB）。请交付方分页导出，或改用 JSON Lines。",
            f"{en}: larger than {size} (SUINING_LIMIT_DOCUMENT_MB). Ask the department for an export in pages, or as JSON Lines.",
        )
    if "UTF-8" in message:
        fits = "、".join(e for e in fitting_encodings(file) if e != "utf-8") or "?"
        return Refused(
            f"{zh}: 不能按 {resource.delivery.encoding} 解码（内容像是 {fits}）。"
            f"请核对 {yaml_of(resource)} 的 delivery.encoding。",
            f"{en}: not {resource.delivery.encoding} (looks like {fits}). "
            f"Check delivery.encoding in {yaml_of(resource)}.",
        )
    return Refused(
        f"{zh}: 不是完整的 JSON，其后的记录无法读取。请交付方重新导出。",
        f"{en}: the JSON is incomplete, so the records after it cannot be read. Ask the department for a new export.",
    )


def _reject_non_objects(con: duckdb.DuckDBPyConnection, rejected: RejectedWriter) -> None:
    kind = "case when json_valid(text) then coalesce(json_type(text), 'NULL') end"
    bad = con.execute(f"""
        select {LINE}, {kind} is null as is_invalid, text from {RECORDS}
        where coalesce({kind}, '') <> 'OBJECT' order by {LINE}""")
    total = rejected.total
    while rows := bad.fetchmany(10_000):
        for line, is_invalid, text in rows:
            if is_invalid:
                rejected.add(line, "INVALID_JSON", "不是完整的 JSON", text)
            else:
                rejected.add(line, "NOT_AN_OBJECT", "不是 JSON 对象", text)
    if rejected.total > total:
        con.execute(f"delete from {RECORDS} where coalesce({kind}, '') <> 'OBJECT'")


def _columns(
    con: duckdb.DuckDBPyConnection, resource: Resource, rejected: RejectedWriter
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Column name -> JSON path, declared columns first, and the names of the undeclared columns.

    Rejects the records in which a key occurs twice, also within the objects that declared keys lead into.
    """
    declared = sources(resource)
    inner = {source.rpartition(".")[0] for source in declared if "." in source}
    keys = "json_keys(text)"
    if inner:
        paths = ", ".join(literal(json_path(parent)) for parent in sorted(inner))
        keys = f"json_keys(text, ['$', {paths}])"
    is_repeated = _is_repeated("keys", is_nested=bool(inner))
    found, has_repeated = con.execute(f"""
        with key_list as materialized (select distinct {keys} as keys from {RECORDS})
        select (select list(distinct key order by key) from (
                    select unnest({"keys[1]" if inner else "keys"}) as key from key_list)),
            exists (from key_list where {is_repeated})""").fetchall()[0]
    if has_repeated:
        _reject_repeated_keys(con, rejected, _is_repeated(keys, is_nested=bool(inner)))
    found = found or []
    tops = {source.split(".")[0] for source in declared}
    undeclared = [key for key in found if key not in tops]
    if len(undeclared) > MOST_EXTRA_KEYS:
        raise Refused(
            f"全部记录: 未登记的项超过 {MOST_EXTRA_KEYS} 个。"
            f"请核对 {yaml_of(resource)} 的 delivery.records 和 fields.source。",
            f"all records: more than {MOST_EXTRA_KEYS} keys are not declared. "
            f"Check delivery.records and fields.source in {yaml_of(resource)}.",
        )
    if found:
        occurring = {source for source in declared if source.split(".")[0] in found}
        require_occurring(resource, occurring, "记录", "records")
    extra = column_names(undeclared, declared)
    columns = {source: json_path(source) for source in declared}
    columns |= {name: json_pointer(key) for name, key in zip(extra, undeclared, strict=True)}
    return columns, tuple(extra)


def _is_repeated(keys: str, *, is_nested: bool) -> str:
    """SQL: whether a key occurs twice in a list of keys, or in one of several lists."""
    if is_nested:
        return f"list_bool_or([len(each) <> len(list_distinct(each)) for each in {keys}])"
    return f"len({keys}) <> len(list_distinct({keys}))"


def _reject_repeated_keys(con: duckdb.DuckDBPyConnection, rejected: RejectedWriter, is_repeated: str) -> None:
    found = con.execute(f"select {LINE}, text from {RECORDS} where {is_repeated} order by {LINE}")
    while rows := found.fetchmany(10_000):
        for line, text in rows:
            rejected.add(line, "DUPLICATE_KEY", "同一项出现不止一次，不知以哪一个为准", text)
    con.execute(f"delete from {RECORDS} where {is_repeated}")


def json_pointer(key: str) -> str:
    """The JSON pointer of a delivered key (RFC 6901). A path could not name empty keys or keys with dots or quotes."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _to_parquet(con: duckdb.DuckDBPyConnection, columns: dict[str, str], raw: Path) -> int:
    """The number of rows written."""
    paths = ", ".join(literal(path).replace("\0", "' || chr(0) || '") for path in columns.values())
    values = ", ".join(f"v[{position}] as {identifier(name)}" for position, name in enumerate(columns, start=1))
    written = con.execute(f"""
        copy (
            select {values}, {LINE}
            from (select {LINE}, json_extract_string(text, [{paths}]) as v from {RECORDS})
        ) to {literal(raw)} ({RAW_PARQUET})""").fetchall()
    return int(written[0][0])
