"""Shapefile: .shp, .shx, .dbf and .prj with the same name are one delivery, with an account of every record.

Here: whether the parts are there and belong together, the shapes as WKT in the declared coordinate system.
Not here: the attribute table (dbase.py), whether index and shapes agree (shape_records.py), what makes a shape valid
(elements/geometry.py).

DuckDB spatial (GDAL) reads the shapes without the attribute table, because GDAL omits records that are marked as deleted
there. GDAL returns null for an empty shape and for an unreadable one; the bytes of the record show which it is.
`_line` is the ordinal of the record, from 1.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.code_page import refuse_if_other_code_page
from suining_data.ingestion.dbase import read_dbf
from suining_data.ingestion.reading import (
    GEOMETRY,
    LINE,
    RAW_PARQUET,
    ReadResult,
    Refused,
    Target,
    in_file_order,
    yaml_of,
)
from suining_data.ingestion.shape_records import HEADER_LENGTH, ShapeRecords, shape_records
from suining_data.sql import literal
from suining_data.warehouse import is_disk_full, load_spatial

REQUIRED = (".shp", ".shx", ".dbf", ".prj")
PARTS = (*REQUIRED, ".cpg")
LONGEST_PRJ = 1 << 16  # bytes


def parts_of(file: Path) -> list[Path]:
    """All files of the Shapefile that `file` belongs to, the .shp first. GIS programs on Windows also write .SHP."""
    return sorted(_by_suffix(file).values(), key=lambda part: PARTS.index(part.suffix.lower()))


def read_shapefile(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    parts = _by_suffix(file)
    _refuse_if_incomplete(parts, resource)
    if ".cpg" in parts:
        refuse_if_other_code_page(parts[".cpg"], resource)
    records = shape_records(parts[".shp"], parts[".shx"])
    load_spatial(con)
    shapes = _sound_copy(parts, records, target.scratch)
    _refuse_if_other_system(con, shapes, resource)
    attributes = replace(target, raw=target.scratch / "attributes.parquet")
    result = _read_attributes(con, parts[".dbf"], resource, attributes)
    if result.lines_total != records.count:
        raise Refused(
            f"全文件: .shp 有 {records.count} 个图形，.dbf 有 {result.lines_total} 条记录，两者对不上。请交付方重新导出整套文件。",
            f"whole file: {records.count} shapes in .shp and {result.lines_total} records in .dbf do not match. Ask the department "
            "for a new export of all parts.",
        )
    rows = _write_raw(con, shapes, records, attributes.raw, target.raw)
    if rows != result.raw_rows:
        raise _unreadable(f"{rows}/{result.raw_rows}")
    return replace(result, columns=(*result.columns, GEOMETRY))


def _by_suffix(file: Path) -> dict[str, Path]:
    same_name = (part for part in file.parent.iterdir() if part.stem == file.stem and part.is_file())
    return {part.suffix.lower(): part for part in sorted(same_name) if part.suffix.lower() in PARTS}


def _refuse_if_incomplete(parts: Iterable[str], resource: Resource) -> None:
    missing = [suffix for suffix in REQUIRED if suffix not in parts]
    if missing:
        raise Refused(
            f"全文件: 缺少同名的 {'、'.join(missing)} 文件。请把 {'、'.join(REQUIRED)} 放在一起重新交付；"
            f"坐标系应为 {resource.delivery.crs}。",
            f"whole file: {', '.join(missing)} of the same name is missing. Deliver {', '.join(REQUIRED)} together; the "
            f"coordinate system should be {resource.delivery.crs}.",
        )


def _sound_copy(parts: Mapping[str, Path], records: ShapeRecords, scratch: Path) -> Path:
    """The shapes without their attribute table and with the checked index, under a name that GDAL can always open."""
    shapes = scratch / "shapes.shp"
    shapes.symlink_to(parts[".shp"].resolve())
    shapes.with_suffix(".prj").write_text(_text(parts[".prj"]), "utf-8")
    words = (HEADER_LENGTH + len(records.index)) // 2
    header = records.header[:24] + words.to_bytes(4, "big") + records.header[28:]
    shapes.with_suffix(".shx").write_bytes(header + records.index)
    return shapes


def _text(prj: Path) -> str:
    """The text of a .prj; programs on Chinese Windows write the names of coordinate systems in GBK."""
    with prj.open("rb") as stream:
        text = stream.read(LONGEST_PRJ)
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("gb18030", "replace")


def _refuse_if_other_system(con: duckdb.DuckDBPyConnection, shapes: Path, resource: Resource) -> None:
    row = con.execute(
        "select crs.auth_name || ':' || crs.auth_code, crs.name from (select layers[1].geometry_fields[1].crs as crs "
        f"from ST_Read_Meta({literal(shapes)}))"
    ).fetchone()
    code, name = row or (None, None)
    if code == resource.delivery.crs:
        return
    found = " ".join(text for text in (code, name) if text and text != ":") or "无法识别的坐标系"
    found_en = " ".join(text for text in (code, name) if text and text != ":") or "an unknown system"
    raise Refused(
        f".prj: 坐标系为 {found}，登记的是 {resource.delivery.crs}。请交付方按 {resource.delivery.crs} 导出；"
        f"若登记有误，请改正 {yaml_of(resource)} 的 delivery.crs。",
        f".prj: the coordinate system is {found_en}, but {resource.delivery.crs} is declared. Ask the department for an "
        f"export in {resource.delivery.crs}, or correct delivery.crs in {yaml_of(resource)}.",
    )


def _read_attributes(con: duckdb.DuckDBPyConnection, dbf: Path, resource: Resource, target: Target) -> ReadResult:
    try:
        return read_dbf(con, dbf, resource, target, offered=(GEOMETRY,))
    except Refused as refusal:
        raise Refused(f"{dbf.suffix} {refusal.zh}", f"{dbf.suffix} {refusal.en}") from None


def _write_raw(con: duckdb.DuckDBPyConnection, shapes: Path, records: ShapeRecords, attributes: Path, raw: Path) -> int:
    """Joins the attributes with their shapes and returns the rows; a record without a usable shape gets a text that says
    so."""
    try:
        con.execute(
            "create or replace temp table shape as select OGC_FID + 1 as ordinal, ST_AsText(geom) as geometry_text "
            f"from ST_Read({literal(shapes)})"
        )
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or is_disk_full(error):
            raise
        raise _unreadable(str(error).splitlines()[0]) from error
    without = con.execute("select ordinal from shape where geometry_text is null order by ordinal").fetchall()
    texts = {**records.texts(shapes, [ordinal for (ordinal,) in without]), **records.damaged}
    if texts:
        con.execute(
            "update shape set geometry_text = text from (select unnest(?) as place, unnest(?) as text) where ordinal = place",
            [list(texts), list(texts.values())],
        )
    with in_file_order(con):
        [(rows,)] = con.execute(
            f"copy (select attribute.* exclude ({LINE}), geometry_text as {GEOMETRY}, {LINE} "
            f"from read_parquet({literal(attributes)}) as attribute join shape on ordinal = {LINE} order by {LINE}) "
            f"to {literal(raw)} ({RAW_PARQUET})"
        ).fetchall()
    con.execute("drop table shape")
    return int(rows)


def _unreadable(reason: str) -> Refused:
    return Refused(
        f".shp: 图形无法读取（{reason}）。请交付方重新导出。",
        f".shp: the shapes cannot be read ({reason}). Ask the department for a new export.",
    )
