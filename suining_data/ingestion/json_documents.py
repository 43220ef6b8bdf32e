"""JSON Lines (one object per line) and JSON (documents or pages with an array of objects), read in SQL.

Here: finding the records, and extracting their declared keys (nested keys as "a.b") and undeclared keys.
Not here: decoding of lines (physical_lines.py).

A bad line of a JSON Lines file is rejected with its number. A truncated JSON document has lost an unknown number of
records, so its batch is refused. `_line` is the physical line (JSON Lines) or the ordinal of the record in the file.
Values are text as JSON writes them: the number 1.10 becomes 1.1, whole numbers keep every digit.
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import duckdb

from suining_data.catalog.model import Format, Resource
from suining_data.ingestion.encodings import fitting_encodings
from suining_data.ingestion.physical_lines import (
    Broken,
    Lines,
    decoded_blocks,
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
from suining_data.sql import identifier, literal

LARGEST_DOCUMENT = 16 << 20  # bytes; each thread of DuckDB needs several times this memory, even for a small file
MOST_EXTRA_KEYS = 100
SEPARATOR = b"\x1f"  # may not occur in JSON outside an escape
RECORDS = "_ingestion_json_record"  # temporary table: _line, text


def read_json(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    def load(rejected: RejectedWriter) -> int:
        if resource.delivery.format in (Format.JSON_LINES, Format.POSTGRES):
            return _load_lines(con, file, resource, target, rejected)
        return _load_documents(con, file, resource, target)

    is_lines = resource.delivery.format is Format.JSON_LINES
    return read_records(con, resource, target, load, lines_file=file if is_lines else None)


def read_records(
    con: duckdb.DuckDBPyConnection,
    resource: Resource,
    target: Target,
    load: Callable[[RejectedWriter], int],
    *,
    lines_file: Path | None = None,
    parts: tuple[Part, ...] = (),
) -> ReadResult:
    """Writes the raw rows of the records that `load` puts into table RECORDS; `load` returns the number of lines.

    `lines_file` is a file of JSON Lines, whose last line may be truncated.
    """
    try:
        with RejectedWriter(target.rejected) as rejected, in_file_order(con):
            lines_total = load(rejected)
            _reject_non_objects(con, rejected)
            names, extra = _columns(con, resource)
            _to_parquet(con, names, target.raw)
    finally:
        con.execute(f"drop table if exists {RECORDS}")
    return ReadResult(
        lines_total=lines_total,
        header_lines=0,
        continuation_lines=0,
        raw_rows=lines_total - rejected.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=extra,
        rejected_by_rule=dict(rejected.by_rule),
        is_truncated=lines_file is not None and _is_truncated(lines_file, lines_total, rejected.last),
        parts=parts,
    )


def _is_truncated(file: Path, last_line: int, last_rejected: tuple[int, str, str]) -> bool:
    """True when the last line starts an object that does not end."""
    line, rule, text = last_rejected
    begun = text.lstrip().startswith("{") and rule in ("INVALID_JSON", "ENCODING")
    return line == last_line and begun and not ends_with_a_line_end(file)


def _load_lines(
    con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target, rejected: RejectedWriter
) -> int:
    """Fills the temporary table with one row per readable line and returns the number of physical lines."""
    copy = target.scratch / "lines.txt"
    last_line = 0
    with copy.open("wb") as out:
        for chunk in physical_lines(file, resource.delivery.encoding):
            last_line = chunk.first + len(chunk.lines) - 1
            kept = []
            for number, line in enumerate(chunk.lines, chunk.first):
                why = _fault(chunk, number, line)
                if why is None:
                    kept.append(b"%d\x1f%b" % (number, line))
                else:
                    rejected.add(number, why.rule, why.reason, why.raw_text)
            out.write(b"".join(item + b"\n" for item in kept))
    if last_line == 0:
        raise Refused(
            "第 1 行: 文件是空的。请交付方重新导出。", "line 1: the file is empty. Ask the department for a new export."
        )
    con.execute(f"""
        create or replace temp table {RECORDS} as
        select {LINE}, text from read_csv({literal(copy)}, auto_detect = false, header = false, delim = '\x1f',
            quote = '', escape = '', new_line = '\\n', max_line_size = {4 << 20},
            columns = {{'{LINE}': 'BIGINT', 'text': 'VARCHAR'}})""")
    return last_line


def _fault(chunk: Lines, number: int, line: bytes) -> Broken | None:
    why = chunk.broken.get(number - chunk.first)
    if why is not None:
        return why
    if not line or line.isspace():
        return Broken("BLANK_LINE", "空行", "")
    if SEPARATOR in line or b"\0" in line or b"\r" in line:
        return Broken("INVALID_JSON", "不是完整的 JSON（含有控制字符）", escaped(line))
    return None


def _load_documents(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> int:
    """Fills the temporary table with one row per record and returns the number of records."""
    source = as_utf8(file, resource, target)
    path = resource.delivery.records
    if path is None:
        documents, record = "array", "json"
    else:
        at = json_path(path)
        documents = "unstructured"
        # a document without the array gives a null, which is counted below
        record = f"""unnest(case when json_type(json, {literal(at)}) = 'ARRAY'
            then json_extract(json, {literal(at + "[*]")}) else [null] end)"""
    try:
        con.execute(f"""
            create or replace temp table {RECORDS} as
            select row_number() over () as {LINE}, text from (
                select {record} as text from read_json_objects({literal(source)}, format = '{documents}',
                    maximum_object_size = {LARGEST_DOCUMENT}))""")
    except duckdb.InvalidInputException as error:
        raise unreadable(str(error), [(source, file)], resource) from None  # DuckDB's message may contain a value
    total, without_array = con.execute(f"select count(*), count(*) filter (text is null) from {RECORDS}").fetchall()[0]
    if without_array or (total == 0 and not _has_content(source)):
        raise Refused(
            f"{without_array} 个 JSON 文档中没有数组 {path or '（顶层）'}，可能是接口报错页或空文件。"
            f"请核对 {yaml_of(resource)} 的 delivery.records，或请交付方重新导出。",
            f"{without_array} JSON document(s) have no array at {path or 'the top level'}. The file may be an error page of "
            f"the interface, or empty. Check delivery.records in {yaml_of(resource)}, or ask the department for a new export.",
        )
    return int(total)


def _has_content(file: Path) -> bool:
    with file.open("rb") as stream:
        return bool(stream.read(4096).strip())


def as_utf8(file: Path, resource: Resource, target: Target) -> Path:
    """The file itself when it is in UTF-8, else a working copy in UTF-8."""
    encoding = resource.delivery.encoding
    if encoding.startswith("utf-8"):
        return file
    copy = target.scratch / f"utf-8_{file.name}"
    line = 1
    try:
        with copy.open("wb") as out:
            for text in decoded_blocks(file, encoding):
                line += text.count("\n")
                out.write(text.encode())
    except UnicodeError:
        raise Refused(
            f"{_file_if_page(file, resource)}第 {line} 行之后: 含有不能按 {encoding} 解码的字节。请核对 {yaml_of(resource)} 的 delivery.encoding。",
            f"{_file_if_page(file, resource)}after line {line}: bytes that are not {encoding}. Check delivery.encoding in {yaml_of(resource)}.",
        ) from None
    return copy


def _file_if_page(file: Path, resource: Resource) -> str:
    return f"{file.name} " if resource.delivery.pages else ""


def unreadable(message: str, files: Sequence[tuple[Path, Path]], resource: Resource) -> Refused:
    """The refusal for an error of DuckDB; `files` are pairs of the path that DuckDB read and the delivered file."""
    file = next((file for source, file in files if str(source) in message), files[0][1])
    found = re.search(r"in (?:record/value|line) (\d+)", message)
    zh, en = (f"第 {found[1]} 个文档", f"document {found[1]}") if found else ("全文件", "whole file")
    if resource.delivery.pages:  # a page is one document
        zh = en = file.name
    if "maximum_object_size" in message:
        size = f"{LARGEST_DOCUMENT >> 20} MB"
        return Refused(
            f"{zh}: 超过 {size}。请交付方分页导出，或改用 JSON Lines。",
            f"{en}: larger than {size}. Ask the department for an export in pages, or as JSON Lines.",
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
    while rows := bad.fetchmany(10_000):
        for line, is_invalid, text in rows:
            if is_invalid:
                rejected.add(line, "INVALID_JSON", "不是完整的 JSON", text)
            else:
                rejected.add(line, "NOT_AN_OBJECT", "不是 JSON 对象", text)
    con.execute(f"delete from {RECORDS} where coalesce({kind}, '') <> 'OBJECT'")


def _columns(con: duckdb.DuckDBPyConnection, resource: Resource) -> tuple[dict[str, str], tuple[str, ...]]:
    """Column name -> JSON path, declared columns first, and the names of the undeclared columns."""
    keys = con.execute(f"select distinct unnest(json_keys(text)) as key from {RECORDS} order by key").fetchall()
    found = [key for (key,) in keys]
    declared = sources(resource)
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


def json_pointer(key: str) -> str:
    """The JSON pointer of a delivered key (RFC 6901). A path could not name empty keys or keys with dots or quotes."""
    return "/" + key.replace("~", "~0").replace("/", "~1")


def json_path(source: str) -> str:
    """DuckDB's path of a source; a dot leads into a nested object."""
    steps = source.split(".")
    return "$" + "".join('."{}"'.format(step.replace("\\", "\\\\").replace('"', '\\"')) for step in steps)


def _to_parquet(con: duckdb.DuckDBPyConnection, columns: dict[str, str], raw: Path) -> None:
    paths = ", ".join(literal(path).replace("\0", "' || chr(0) || '") for path in columns.values())
    values = ", ".join(f"v[{position}] as {identifier(name)}" for position, name in enumerate(columns, start=1))
    con.execute(f"""
        copy (
            select {values}, {LINE}
            from (select {LINE}, json_extract_string(text, [{paths}]) as v from {RECORDS})
        ) to {literal(raw)} ({RAW_PARQUET})""")
