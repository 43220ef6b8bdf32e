"""Geometry: shapes as WKT, one element per coordinate system that deliveries declare.

Here: what makes a shape readable, valid and plausible in Suining, before it is converted. The functions ST_... are those
of DuckDB spatial; a shape is text everywhere, so that whoever opens a table needs no extension.
Not here: conversion to CGCS2000 (dbt_like_sql/macros/coordinates.sql), single coordinates (places.py).
"""

from suining_data.elements.model import Element, Rule

V, X = "{v}", "{x}"
HEXADECIMAL = "regexp_full_match({x}, '0[01][0-9A-Fa-f]+')"  # WKB: byte order first; WKT begins with a letter
# West, south, east, north of the city box, the same as for single coordinates (places.py).
DEGREES = (105.05, 30.17, 106.0, 31.19)
METRES = (504_800, 3_339_000, 595_300, 3_452_000)
ZONE = 35_000_000  # EPSG:4523 puts the zone before the easting


def _shape(id: str, system: str, english: str, box: tuple[float, float, float, float], reason: str) -> Element:
    west, south, east, north = box
    shape = f"ST_GeomFromText({V})"
    inside = (
        f"ST_XMin({shape}) >= {west} and ST_XMax({shape}) <= {east} "
        f"and ST_YMin({shape}) >= {south} and ST_YMax({shape}) <= {north}"
    )
    is_something = f"{V} not like '% EMPTY'"
    return Element(
        id=id,
        label="图形",
        english=english,
        form=f"坐标系 {system} 的有效图形：环闭合、不自相交，在本市范围内",
        example=f"POINT ({(west + east) / 2:.10g} {(south + north) / 2:.10g})",
        standard="OGC 06-103r4, CGCS2000",
        sensitivity="L2",
        clean=f"nullif(trim({X}), '')",
        # heights and measures are dropped: what departments export is flat
        convert=(
            f"try(ST_AsText(ST_Force2D(case when {HEXADECIMAL} then ST_GeomFromHEXWKB({X}) "
            f"else ST_GeomFromText({X}) end)))"
        ),
        unreadable="图形损坏，无法读取",
        rules=(
            Rule("empty", "没有图形（空图形）", is_something, dimension="完整性"),
            Rule(
                "valid",
                "图形无效（自相交、环未闭合或环重叠），请在 GIS 软件中修复几何后重新导出",
                f"case when {is_something} then ST_IsValid({shape}) else true end",
            ),
            Rule("city_box", reason, f"case when {is_something} then {inside} else true end", dimension="准确性"),
        ),
    )


GEOMETRY = _shape(
    "geometry",
    "EPSG:4490",
    "Shape as WKT, CGCS2000 degrees (EPSG:4490), longitude first",
    DEGREES,
    "图形超出本市范围（经度105.05至106.00，纬度30.17至31.19），请核对坐标系，或经纬度是否颠倒",
)
GEOMETRY_4544 = _shape(
    "geometry_4544",
    "EPSG:4544",
    "Shape as WKT, CGCS2000 metres (EPSG:4544), easting first",
    METRES,
    "图形超出本市范围（横坐标504.8至595.3千米，纵坐标3339至3452千米），请核对坐标系、带号，或纵横坐标是否颠倒",
)
GEOMETRY_4523 = _shape(
    "geometry_4523",
    "EPSG:4523",
    "Shape as WKT, CGCS2000 metres with zone 35 (EPSG:4523), easting first",
    (METRES[0] + ZONE, METRES[1], METRES[2] + ZONE, METRES[3]),
    "图形超出本市范围（横坐标35504.8至35595.3千米，纵坐标3339至3452千米），请核对坐标系、带号35，或纵横坐标是否颠倒",
)

ELEMENTS_OF_GEOMETRY = (GEOMETRY, GEOMETRY_4523, GEOMETRY_4544)
