"""Shapefile: .shp, .shx, .dbf and .prj with the same name are one delivery, with an account of every record.

Here: whether the parts are there and belong together, the shapes as WKT in the declared coordinate system.
Not here: the attribute table (dbase.py), what makes a shape valid (elements/geometry.py).

DuckDB spatial (GDAL) reads the shapes without the attribute table, because GDAL omits records that are marked as deleted
there. GDAL returns null for an empty shape and for an unreadable one; the bytes of the record show which it is. An index
that points outside the shapes crashes GDAL, so GDAL reads a checked and rewritten index.
`_line` is the ordinal of the record, from 1.
"""

import mmap
import struct
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import duckdb

from suining_data.catalog.model import Resource
from suining_data.ingestion.dbase import read_dbf
from suining_data.ingestion.reading import (
    GEOMETRY,
    LINE,
    NO_SHAPE,
    RAW_PARQUET,
    ReadResult,
    Refused,
    Target,
    in_file_order,
    yaml_of,
)
from suining_data.sql import literal
from suining_data.warehouse import is_disk_full, load_spatial

REQUIRED = (".shp", ".shx", ".dbf", ".prj")
PARTS = (*REQUIRED, ".cpg")
FILE_CODE = b"\x00\x00\x27\x0a"  # 9994
HEADER_LENGTH = 100
INDEX_ENTRY = struct.Struct(">II")  # offset and length of a record in words of two bytes
RECORD_HEADER_LENGTH = 8
SHOWN_BYTES = 100  # of a damaged record
CODE_PAGES = {"utf-8": {"UTF-8", "UTF8", "65001"}, "gbk": {"GBK", "GB2312", "GB18030", "CP936", "936", "ANSI 936"}}


def parts_of(file: Path) -> list[Path]:
    """All files of the Shapefile that `file` belongs to, the .shp first. GIS programs on Windows also write .SHP."""
    return sorted(_by_suffix(file).values(), key=lambda part: PARTS.index(part.suffix.lower()))


def read_shapefile(con: duckdb.DuckDBPyConnection, file: Path, resource: Resource, target: Target) -> ReadResult:
    parts = _by_suffix(file)
    _refuse_if_incomplete(parts, resource)
    _refuse_if_other_code_page(parts.get(".cpg"), resource)
    _refuse_if_truncated(parts[".shp"], parts[".shx"])
    load_spatial(con)
    shapes, count = _sound_copy(parts, target.scratch)
    _refuse_if_other_system(con, shapes, resource)
    attributes = replace(target, raw=target.scratch / "attributes.parquet")
    result = _read_attributes(con, parts[".dbf"], resource, attributes)
    if result.lines_total != count:
        raise Refused(
            f"全文件: .shp 有 {count} 个图形，.dbf 有 {result.lines_total} 条记录，两者对不上。请交付方重新导出整套文件。",
            f"whole file: {count} shapes in .shp and {result.lines_total} records in .dbf do not match. Ask the department "
            "for a new export of all parts.",
        )
    _write_raw(con, shapes, attributes.raw, target.raw)
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


def _refuse_if_other_code_page(part: Path | None, resource: Resource) -> None:
    """Chinese text in GBK can often be decoded as UTF-8, and the reverse, but with wrong characters."""
    code_page = part.read_text("ascii", "replace").strip().upper() if part else ""
    declared = resource.delivery.encoding
    family = "utf-8" if declared.startswith("utf-8") else "gbk"
    if any(code_page in names for other, names in CODE_PAGES.items() if other != family):
        raise Refused(
            f".cpg: 写明编码为 {code_page}，登记的是 {declared}。请核实后改正 {yaml_of(resource)} 的 delivery.encoding，"
            "或请交付方重新导出。",
            f".cpg: the file says the encoding is {code_page}, but {declared} is declared. Find out which is right. Correct "
            f"delivery.encoding in {yaml_of(resource)}, or ask the department for a new export.",
        )


def _refuse_if_truncated(shp: Path, shx: Path) -> None:
    """Refused when a file is not part of a Shapefile, or is shorter than its header says."""
    for part in (shp, shx):
        with part.open("rb") as stream:
            head = stream.read(HEADER_LENGTH)
        size = part.stat().st_size
        if len(head) < HEADER_LENGTH or head[:4] != FILE_CODE:
            raise Refused(
                f"{part.suffix}: 不是 Shapefile 文件，或文件头损坏。请交付方重新导出。",
                f"{part.suffix}: not part of a Shapefile, or its header is damaged. Ask the department for a new export.",
            )
        declared = 2 * int.from_bytes(head[24:28], "big")
        if size < declared or (size - HEADER_LENGTH) % 2:
            raise Refused(
                f"{part.suffix}: 文件头称有 {declared} 字节，实有 {size} 字节，传输可能中断。请交付方重新交付。",
                f"{part.suffix}: the header announces {declared} bytes, but the file has {size}; the transfer may have been "
                "interrupted. Ask the department for a new delivery.",
            )


def _sound_copy(parts: dict[str, Path], scratch: Path) -> tuple[Path, int]:
    """The shapes without their attribute table, under a name that GDAL can always open, and their number."""
    shapes = scratch / "shapes.shp"
    shapes.symlink_to(parts[".shp"].resolve())
    shapes.with_suffix(".prj").write_text(_text(parts[".prj"].read_bytes()), "utf-8")
    index = parts[".shx"].read_bytes()[HEADER_LENGTH:]
    index = index[: len(index) // INDEX_ENTRY.size * INDEX_ENTRY.size]
    with shapes.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        for offset, length in INDEX_ENTRY.iter_unpack(index):
            start, end = 2 * offset, 2 * (offset + length) + RECORD_HEADER_LENGTH
            if start < HEADER_LENGTH or end > len(content) or INDEX_ENTRY.unpack_from(content, start)[1] != length:
                raise Refused(
                    ".shx: 索引与 .shp 中的图形对不上。请交付方重新导出整套文件。",
                    ".shx: the index does not match the shapes in .shp. Ask the department for a new export of all parts.",
                )
        words = (HEADER_LENGTH + len(index)) // 2
        header = content[:24] + words.to_bytes(4, "big") + content[28:HEADER_LENGTH]
    shapes.with_suffix(".shx").write_bytes(header + index)
    return shapes, len(index) // INDEX_ENTRY.size


def _text(prj: bytes) -> str:
    """The text of a .prj; programs on Chinese Windows write the names of coordinate systems in GBK."""
    try:
        return prj.decode("utf-8")
    except UnicodeDecodeError:
        return prj.decode("gb18030", "replace")


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


def _write_raw(con: duckdb.DuckDBPyConnection, shapes: Path, attributes: Path, raw: Path) -> None:
    """Joins the attributes with their shapes; a record without a usable shape gets a text that says so."""
    try:
        con.execute(
            "create or replace temp table shape as select OGC_FID + 1 as ordinal, ST_AsText(geom) as geometry_text "
            f"from ST_Read({literal(shapes)})"
        )
    except duckdb.Error as error:
        if isinstance(error, duckdb.OutOfMemoryException) or is_disk_full(error):
            raise
        reason = str(error).splitlines()[0]
        raise Refused(
            f".shp: 图形无法读取（{reason}）。请交付方重新导出。",
            f".shp: the shapes cannot be read ({reason}). Ask the department for a new export.",
        ) from error
    without = con.execute("select ordinal from shape where geometry_text is null order by ordinal").fetchall()
    if without:
        texts = _texts_of_records(shapes, [ordinal for (ordinal,) in without])
        con.executemany("update shape set geometry_text = ? where ordinal = ?", texts)
    with in_file_order(con):
        con.execute(
            f"copy (select attribute.* exclude ({LINE}), geometry_text as {GEOMETRY}, {LINE} "
            f"from read_parquet({literal(attributes)}) as attribute join shape on ordinal = {LINE} order by {LINE}) "
            f"to {literal(raw)} ({RAW_PARQUET})"
        )
    con.execute("drop table shape")


def _texts_of_records(shapes: Path, ordinals: Iterable[int]) -> list[tuple[str, int]]:
    """(text, ordinal) of the records for which GDAL returns null: empty shapes and damaged shapes."""
    index = shapes.with_suffix(".shx").read_bytes()
    found = []
    with shapes.open("rb") as stream:
        for ordinal in ordinals:
            offset, length = INDEX_ENTRY.unpack_from(index, HEADER_LENGTH + (ordinal - 1) * INDEX_ENTRY.size)
            stream.seek(2 * offset + RECORD_HEADER_LENGTH)
            content = stream.read(min(2 * length, SHOWN_BYTES))
            is_empty = content[:4] == bytes(4)
            found.append((NO_SHAPE if is_empty else f"DAMAGED SHAPE {content.hex()}", ordinal))
    return found
