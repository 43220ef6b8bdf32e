"""GeoPackage: the one layer of features in an SQLite file, with an account of every row.

Here: the layer, its coordinate system, attributes as text, shapes as WKT.
Not here: what makes a shape valid (elements/geometry.py).

The standard library reads the file, because GDAL silently turns an unreadable shape into an empty one. `_line` is the
ordinal of the feature in the order of its key, from 1.
"""

import sqlite3
import struct
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.physical_lines import escaped
from suining_data.ingestion.reading import (
    GEOMETRY,
    NO_SHAPE,
    ReadResult,
    Refused,
    RejectedWriter,
    RowWriter,
    Target,
    check_header,
    column_names,
    sources,
    yaml_of,
)
from suining_data.ingestion.wkb import is_whole_shape, write_as_text
from suining_data.sql import identifier

ENVELOPE_BYTES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}  # code in bits 1 to 3 of the flags -> length
HEADER_BYTES = 8  # magic, version, flags, system
ANY_SYSTEM = (0, -1)  # "undefined" in the shape itself: the system of the layer counts
SHOWN_BYTES = 100  # of a damaged shape
Value = bytes | int | float | None


def read_geopackage(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as package:
            package.text_factory = bytes
            result = _read_layer(package, resource, replace(target, raw=target.scratch / "rows.parquet"))
            write_as_text(con, target.scratch / "rows.parquet", target.raw)
            return result
    except (sqlite3.DatabaseError, UnicodeDecodeError):  # UnicodeDecodeError: a name, or SQLite's message about it
        raise _damaged() from None


def _damaged() -> Refused:
    return Refused(
        "全文件: 不是 GeoPackage 文件，或已损坏，传输可能中断。请交付方重新导出并交付。",
        "whole file: not a GeoPackage, or damaged; the transfer may have been interrupted. "
        "Ask the department for a new export.",
    )


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
    key, found = _columns(package, layer, shape, sources(resource))
    extra_names = check_header(resource, found, f"图层 {layer}", f"layer {layer}", (GEOMETRY,))
    names = [*column_names(found, [s for s in sources(resource) if s != GEOMETRY]), GEOMETRY]
    selected = "".join(f"{identifier(name)}, " for name in found)
    cursor = package.execute(
        f"select {selected} cast({identifier(shape)} as blob) from {identifier(layer)} order by {identifier(key)}"
    )
    count = 0
    with RejectedWriter(target.rejected) as rejected, RowWriter(target.raw, names) as rows:
        for count, (*values, blob) in enumerate(cursor, start=1):
            try:
                rows.add(count, [*map(_text, values), shape_text(blob, system)])
            except UnicodeDecodeError:
                rejected.add(count, "ENCODING", "含有不能按 utf-8 解码的字节", _escaped(values))
    return ReadResult(
        lines_total=count,
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
    layers = package.execute("""
        select cast(coalesce(table_name, '') as text), cast(coalesce(column_name, '') as text),
            coalesce(cast(srs_id as integer), -1)
        from gpkg_geometry_columns order by 1""").fetchall()
    if len(layers) != 1:
        names = "、".join(table.decode() for table, *_ in layers) or "—"
        raise Refused(
            f"全文件: 应有一个图层，实有 {len(layers)} 个（{names}）。请交付方每个文件只放一个图层。",
            f"whole file: expected one layer, found {len(layers)} ({names}). Ask the department for one layer per file.",
        )
    [(table, column, system)] = layers
    return table.decode(), column.decode(), system


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


def _columns(package: sqlite3.Connection, layer: str, shape: str, declared: Sequence[str]) -> tuple[str, list[str]]:
    """The key and the attributes. GIS programs number the key freely, so it is an attribute only where it is declared."""
    rows = package.execute("select name, pk from pragma_table_info(?)", [layer]).fetchall()
    names = [(name.decode(), pk) for name, pk in rows]
    if shape not in dict(names):  # SQLite would read the quoted name of a missing column as a text
        raise _damaged()
    key = next((name for name, pk in names if pk), "rowid")
    return key, [name for name, _ in names if name != shape and (name != key or name in declared)]


def _text(value: Value) -> str | None:
    return value.decode("utf-8") if isinstance(value, bytes) else None if value is None else str(value)


def _escaped(values: Sequence[Value]) -> str:
    return "\t".join(escaped(v, "utf-8") if isinstance(v, bytes) else str(v) for v in values)
