"""Geometry: shapes as WKT, one element per coordinate system that deliveries declare.

Here: rules for a readable, valid and plausible shape, before it is converted. The functions ST_... are those of DuckDB
spatial. In the warehouse a shape is text; what is published has it as GEOMETRY (publication/shapes.py).
Not here: conversion to CGCS2000 (dbt_like_sql/macros/coordinates.sql), single coordinates (places.py).
"""

from suining_data.city import Box, Plane, load_city
from suining_data.elements.model import Element, Rule

V, X = "{v}", "{x}"
CITY = load_city()


def _shape(id: str, system: str, english: str, box: Box, reason: str) -> Element:
    shape = f"ST_GeomFromText({V})"
    inside = (
        f"ST_XMin({shape}) >= {box.west:.10g} and ST_XMax({shape}) <= {box.east:.10g} "
        f"and ST_YMin({shape}) >= {box.south:.10g} and ST_YMax({shape}) <= {box.north:.10g}"
    )
    is_something = f"{V} not like '% EMPTY'"
    return Element(
        id=id,
        label="图形",
        english=english,
        form=f"坐标系 {system} 的有效图形：环闭合、不自相交，在本市范围内",
        example=f"POINT ({(box.west + box.east) / 2:.10g} {(box.south + box.north) / 2:.10g})",
        standard="OGC 06-103r4, CGCS2000",
        sensitivity="L2",
        clean=f"nullif(trim({X}), '')",
        # Heights and measures are dropped: departments export flat shapes. A shape with `inf` or `nan` cannot be read back.
        # Shapes in binary form are for a reader, which checks them: DuckDB's functions crash on some damaged ones.
        convert=f"nullif(regexp_replace(try(ST_AsText(ST_Force2D(ST_GeomFromText({X})))), '^.*(?:inf|nan).*$', '', 's'), '')",
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


def _plane_shape(plane: Plane) -> Element:
    """Shapes in metres; if the system numbers its zones, eastings begin with the zone number."""
    metres = CITY.metres
    box = metres.model_copy(
        update={"west": metres.west + plane.false_easting, "east": metres.east + plane.false_easting}
    )
    with_zone, zone = (f" with zone {plane.zone}", str(plane.zone)) if plane.zone else ("", "")
    return _shape(
        GEOMETRY_OF_PLANE[plane.crs],
        plane.crs,
        f"Shape as WKT, CGCS2000 metres{with_zone} ({plane.crs}), easting first",
        box,
        f"图形超出本市范围（横坐标{box.west / 1000:.10g}至{box.east / 1000:.10g}千米，"
        f"纵坐标{box.south / 1000:g}至{box.north / 1000:g}千米），请核对坐标系、带号{zone}，或纵横坐标是否颠倒",
    )


GEOMETRY = _shape(
    "geometry",
    "EPSG:4490",
    "Shape as WKT, CGCS2000 degrees (EPSG:4490), longitude first",
    CITY.degrees,
    f"图形超出本市范围（经度{CITY.degrees.west:.2f}至{CITY.degrees.east:.2f}，"
    f"纬度{CITY.degrees.south:.2f}至{CITY.degrees.north:.2f}），请核对坐标系，或经纬度是否颠倒",
)
# plane system of the city -> element of its shapes
GEOMETRY_OF_PLANE = {plane.crs: f"geometry_{plane.crs.removeprefix('EPSG:')}" for plane in CITY.planes}

ELEMENTS_OF_GEOMETRY = (GEOMETRY, *(_plane_shape(plane) for plane in sorted(CITY.planes, key=lambda plane: plane.crs)))
