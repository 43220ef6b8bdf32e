"""GeoPackage: the one layer of features in an SQLite file, with an account of every row.

Here: the layer, its coordinate system, attributes as text, shapes as WKT.
Not here: what an SQLite file may do (sqlite_file.py), what makes a shape valid (elements/geometry.py).

The standard library reads the file, because GDAL silently turns an unreadable shape into an empty one. `_line` is the
ordinal of the feature in the order in which the table stores them, that of its key, from 1. No index is used: a damaged
one would hide rows.
"""

import sqlite3
import struct
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.physical_lines import escaped
from suining_data.ingestion.reading import (
    GEOMETRY,
    NO_SHAPE,
    UNREAD,
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    as_declared,
    check_header,
    column_names,
    sources,
    yaml_of,
)
from suining_data.ingestion.sqlite_file import (
    damaged,
    is_table,
    opened,
    refuse_if_pages_are_damaged,
    refuse_if_unfinished,
)
from suining_data.ingestion.wkb import is_whole_shape, write_as_text
from suining_data.settings import Limits
from suining_data.sql import identifier

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # code in bits 1 to 3 of the flags -> length
HEADER_BYTES = 8  # magic, version, flags, system
ANY_SYSTEM = (0, -1)  # "undefined" in the shape itself: the system of the layer counts
SHOWN_BYTES = 100  # of a damaged shape
OWN_TABLES = ("gpkg_geometry_columns", "gpkg_contents", "gpkg_spatial_ref_sys")
# tables beside the layer that hold no records: those of the standard and of QGIS, GDAL and SQLite
NO_RECORDS = ("gpkg_%", "rtree_%", "sqlite_%", "layer_styles", "qgis_projects", "ogr_empty_table")
MOST_LAYERS = 100  # shown
MOST_WHOLE = 1e15  # whole numbers up to here are exact, and written without a decimal point
Value = bytes | int | float | None


def read_geopackage(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    refuse_if_unfinished(file)
    try:
        with opened(file, target.limits) as package:
            result = _read_layer(package, resource, replace(target, raw=target.scratch / "rows.parquet"))
        write_as_text(con, target.scratch / "rows.parquet", target.raw)
        return result
    except UnicodeDecodeError:  # a name, or SQLite's message about it
        raise damaged() from None


def shape_text(blob: bytes | None, system: int) -> str:
    """A shape of a layer as text: hexadecimal WKB of a whole shape, NO_SHAPE for a record without a shape, or the reason of a fault.

    A damaged shape, or one in another system than the layer's, becomes a text that cannot be read as a shape.
    """
    if not blob:
        return NO_SHAPE
    if len(blob) < HEADER_BYTES or blob[:2] != b"GP":
        return f"DAMAGED SHAPE {blob[:SHOWN_BYTES].hex()}"
    flags = blob[3]
    [own_system] = struct.unpack_from("<i" if flags & 1 else ">i", blob, 4)
    if own_system not in (system, *ANY_SYSTEM):
        return f"SHAPE OF SYSTEM {own_system} {blob[:SHOWN_BYTES].hex()}"
    if flags & 0b10000:
        return NO_SHAPE
    envelope = ENVELOPE_BYTES.get(flags >> 1 & 0b111)
    if envelope is None or len(blob) <= HEADER_BYTES + envelope:
        return f"DAMAGED SHAPE {blob[:SHOWN_BYTES].hex()}"
    wkb = blob[HEADER_BYTES + envelope :]
    return wkb.hex().upper() if is_whole_shape(wkb) else f"DAMAGED SHAPE {blob[:SHOWN_BYTES].hex()}"


def _read_layer(package: sqlite3.Connection, resource: Resource, target: Target) -> ReadResult:
    layer, shape, system = _layer(package)
    _refuse_if_other_system(package, system, resource)
    refuse_if_pages_are_damaged(package, layer)
    stored = _columns(package, layer, shape, sources(resource))
    _refuse_if_too_wide(len(stored), layer, target.limits)
    found = as_declared(stored, resource)
    extra_names = check_header(resource, found, f"图层 {layer}", f"layer {layer}", (GEOMETRY,))
    names = [*column_names(found, [s for s in sources(resource) if s != GEOMETRY]), GEOMETRY]
    selected = "".join(
        f"{_without_bytes(column) if name in extra_names else identifier(column)}, "
        for column, name in zip(stored, found, strict=True)
    )
    cursor = package.execute(
        f"select {selected} cast({identifier(shape)} as blob) from {identifier(layer)} not indexed"
    )
    count = 0
    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
        for count, (*values, blob) in enumerate(cursor, start=1):
            try:
                texts = [value.decode() if isinstance(value, bytes) else _number(value) for value in values]
            except UnicodeDecodeError:
                rejected.add(count, "ENCODING", "含有不能按 utf-8 解码的字节", _escaped(values))
                continue
            if "\0" in "".join(filter(None, texts)):
                rejected.add(count, "NUL", "含有空字符（NUL）", _escaped(values))
                continue
            rows.add(count, [*texts, shape_text(blob, system)])
        if package.execute(f"select count(*) from {identifier(layer)}").fetchone() != (count,):
            raise damaged()
        unread = _other_tables(package, layer)
        for number, (table, records) in enumerate(unread, start=count + 1):
            reason = f"图层 {layer} 之外的表 {table} 有 {records} 行，没有读取"
            rejected.add(number, UNREAD, reason, table)
    return ReadResult(
        lines_total=count + len(unread),
        header_lines=0,
        continuation_lines=0,
        raw_rows=rows.total,
        rejected_rows=rejected.total,
        columns=tuple(names),
        extra_columns=tuple(new for old, new in zip(found, names, strict=False) if old in extra_names),
        rejected_by_rule=dict(rejected.by_rule),
    )


def _layer(package: sqlite3.Connection) -> tuple[str, str, int]:
    """Name, shape column and coordinate system of the only layer of features."""
    for table in OWN_TABLES:
        if not is_table(package, table):
            raise damaged()
    layers = package.execute(f"""
        select cast(coalesce(table_name, '') as text), cast(coalesce(column_name, '') as text),
            coalesce(cast(srs_id as integer), -1)
        from gpkg_geometry_columns
        union all
        select cast(table_name as text), '', -1 from gpkg_contents
        where data_type = 'features'
            and not exists (select 1 from gpkg_geometry_columns as g where g.table_name = gpkg_contents.table_name collate nocase)
        order by 1 limit {MOST_LAYERS}""").fetchall()
    if len(layers) != 1:
        names = "、".join(table.decode() for table, *_ in layers) or "—"
        raise Refused(
            f"全文件: 应有一个图层，实有 {len(layers)} 个（{names}）。请交付方每个文件只放一个图层。",
            f"whole file: expected one layer, found {len(layers)} ({names}). Ask the department for one layer per file.",
        )
    [(name, column, system)] = layers
    layer = name.decode()
    if not is_table(package, layer):
        raise Refused(
            f"图层 {layer}: 不是数据表，可能是视图。请交付方把图层另存为新的 GeoPackage 后交付。",
            f"layer {layer}: it is no table, perhaps a view. Ask the department to save the layer as a new GeoPackage.",
        )
    return layer, column.decode(), system


def _refuse_if_too_wide(columns: int, layer: str, limits: Limits) -> None:
    if columns > limits.columns:
        raise Refused(
            f"图层 {layer}: 有 {columns} 列，超过 {limits.columns} 列。请交付方核对；若确有这样多，请调高 SUINING_LIMIT_COLUMNS。",
            f"layer {layer}: it has {columns} columns, more than {limits.columns}. Ask the department. If it is right, raise "
            "SUINING_LIMIT_COLUMNS.",
        )


def _other_tables(package: sqlite3.Connection, layer: str) -> list[tuple[str, int]]:
    """Tables beside the layer that hold rows: names and numbers of rows."""
    conditions = "".join(f" and name not like '{pattern}'" for pattern in NO_RECORDS)
    names = package.execute(
        f"""
        select cast(name as text) from sqlite_master as t
        where type = 'table' and rootpage > 0 and name <> ? collate nocase{conditions}
            and not exists (select 1 from sqlite_master as v where v.rootpage = 0 and t.name like v.name || '^_%' escape '^')
        order by 1""",
        [layer],
    ).fetchall()
    counts = [
        (name.decode(), package.execute(f"select count(*) from {identifier(name.decode())}").fetchone()[0])
        for (name,) in names
    ]
    return [(name, rows) for name, rows in counts if rows]


def _refuse_if_other_system(package: sqlite3.Connection, system: int, resource: Resource) -> None:
    row = package.execute(
        """
        select coalesce(upper(organization) || ':' || organization_coordsys_id, ''), cast(coalesce(srs_name, '') as text)
        from gpkg_spatial_ref_sys where srs_id = ?""",
        [system],
    ).fetchone()
    code, name = (value.decode() for value in row) if row else (str(system), "")
    if code != resource.delivery.crs:
        raise Refused(
            f"图层: 坐标系为 {code} {name}，登记的是 {resource.delivery.crs}。请交付方按 {resource.delivery.crs} 导出；"
            f"若登记有误，请改正 {yaml_of(resource)} 的 delivery.crs。",
            f"layer: the coordinate system is {code} {name}, but {resource.delivery.crs} is declared. Ask the department "
            f"for an export in {resource.delivery.crs}, or correct delivery.crs in {yaml_of(resource)}.",
        )


def _columns(package: sqlite3.Connection, layer: str, shape: str, declared: Sequence[str]) -> list[str]:
    """The attributes. GIS programs number the key freely, so it is an attribute only where it is declared."""
    rows = package.execute("select name, pk from pragma_table_xinfo(?) where hidden <> 1", [layer]).fetchall()
    names = [(name.decode(), pk) for name, pk in rows]
    if shape not in dict(names):  # SQLite would read the quoted name of a missing column as a text
        raise damaged()
    key = next((name for name, pk in names if pk), None)
    return [name for name, _ in names if name != shape and (name != key or name in declared)]


def _without_bytes(column: str) -> str:
    """SQL: an undeclared column; bytes that are no text, such as pictures, become hexadecimal digits."""
    return f"case typeof({identifier(column)}) when 'blob' then hex({identifier(column)}) else {identifier(column)} end"


def _number(value: int | float | None) -> str | None:
    if value is None:
        return None
    is_whole = isinstance(value, float) and value.is_integer() and abs(value) < MOST_WHOLE
    return str(int(value) if is_whole else value)


def _escaped(values: Sequence[Value]) -> str:
    return "\t".join(escaped(v, "utf-8") if isinstance(v, bytes) else str(v) for v in values)
