"""Parquet: every value becomes the text that it would have in a text file.

Here: the conversion of types to text without loss. Nested and binary columns are refused.

`_line` is the ordinal of the row in the file, from 1.
"""

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from suining_data.catalog.model import Resource
from suining_data.ingestion.reading import (
    LINE,
    RAW_PARQUET,
    ReadResult,
    Refused,
    RejectedWriter,
    Target,
    check_header,
    clean_name,
    column_names,
    in_file_order,
    neutral_link,
    sources,
)
from suining_data.settings import Limits
from suining_data.sql import identifier, literal
from suining_data.warehouse import is_disk_full

UNCHANGED = re.compile(r"VARCHAR|ENUM.*|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL.*|BOOLEAN|DATE|TIME|TIME_NS|UUID")
ROW = "file_row_number"  # DuckDB's column, from 0


def read_parquet(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    link = neutral_link(file, target, "delivered.parquet")
    source, announced = literal(link), _announced_rows(link)
    try:
        types = con.execute(f"describe from read_parquet({source}, hive_partitioning = false)").fetchall()
        _refuse_if_too_wide(len(types), target.limits)
        extra, names, values = _columns(resource, [(row[0], row[1]) for row in types])
        with RejectedWriter(target.rejected), in_file_order(con):
            rows: int = con.execute(f"""
                copy (
                    select {", ".join(values)}, {ROW} + 1 as {LINE}
                    from read_parquet({source}, {ROW} = true, hive_partitioning = false)
                ) to {literal(target.raw)} ({RAW_PARQUET})""").fetchall()[0][0]
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or is_disk_full(error):
            raise
        raise _damaged() from None
    if announced != rows:
        raise Refused(
            f"全文件: 元数据称有 {announced} 行，读到 {rows} 行。请交付方重新导出。",
            f"whole file: its metadata reports {announced} rows, but {rows} were read. Ask the department for a new export.",
        )
    return ReadResult(
        lines_total=rows,
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows,
        rejected_rows=0,
        columns=tuple(names),
        extra_columns=extra,
    )


def _announced_rows(file: Path) -> int:
    try:
        return int(pq.read_metadata(file).num_rows)
    except (pa.ArrowException, OSError, UnicodeDecodeError):  # UnicodeDecodeError: a column name in the metadata
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        "全文件: 不是 Parquet 文件，或已损坏，传输可能中断。请交付方重新导出。",
        "whole file: not a Parquet file, or damaged; the transfer may have been interrupted. "
        "Ask the department for a new export.",
    )


def _refuse_if_too_wide(columns: int, limits: Limits) -> None:
    if columns > limits.columns:
        raise Refused(
            f"列: 有 {columns} 列，超过 {limits.columns} 列（SUINING_LIMIT_COLUMNS）。请交付方核对后重新导出。",
            f"columns: {columns}; the limit is {limits.columns} (SUINING_LIMIT_COLUMNS). Ask the department to check the export.",
        )


def _columns(resource: Resource, types: list[tuple[str, str]]) -> tuple[tuple[str, ...], list[str], list[str]]:
    """The undeclared columns, the names of all columns in raw, and the SQL that gives each as text."""
    found = [clean_name(name) for name, _ in types]
    extra_names = check_header(resource, found, "列", "columns")
    names = column_names(found, sources(resource))
    extra = tuple(new for old, new in zip(found, names, strict=True) if old in extra_names)
    values = [f"{_text(name, kind)} as {identifier(new)}" for (name, kind), new in zip(types, names, strict=True)]
    return extra, names, values


def _text(name: str, kind: str) -> str:
    """SQL: the column as text. Whole numbers have no decimal point, dates are ISO, a time of midnight is left out."""
    column = identifier(name)
    if UNCHANGED.fullmatch(kind):
        return f"{column}::varchar"
    if kind in ("DOUBLE", "FLOAT"):
        is_whole = f"abs({column}) < 1e15 and {column} = trunc({column})"
        return f"case when {is_whole} then {column}::bigint::varchar else {column}::varchar end"
    if kind in ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS"):
        return f"case when {column} = {column}::date then {column}::date::varchar else {column}::varchar end"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({column}))::varchar || '+00'"
    raise Refused(
        f"列 {name}: 类型 {kind} 不能读取（嵌套或二进制）。请交付方改为文本、数值或日期列后重新导出。",
        f"column {name}: type {kind} cannot be read (nested or binary). Ask the department for text, number or date "
        "columns.",
    )
