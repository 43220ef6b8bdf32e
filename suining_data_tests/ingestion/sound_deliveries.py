"""The same few made-up people as a delivery of every kind, its files by name: what the fuzzer damages.

Here: kinds of several files, and files with shapes. Not here: single files without shapes (end_to_end/refusals), damage.
"""

import io
import json
import sqlite3
import struct
from collections.abc import Callable, Sequence

import shapefile

from suining_data.catalog.model import Delivery, Format, Pages, Resource
from suining_data_tests.end_to_end.refusals.deliveries import KINDS, SOURCES, Row, content, people, residents
from suining_data_tests.ingestion.test_shapefile import ZONE_35

Files = dict[str, bytes]
PEOPLE = people(12)


def _shapefile(rows: Sequence[Row]) -> Files:
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(shp=shp, shx=shx, dbf=dbf, encoding="gbk", shapeType=shapefile.POLYGON) as writer:
        for name in SOURCES:
            writer.field(name, "C", 40)
        for place, row in enumerate(rows):
            x, y = 35_548_000.0 + 50 * place, 3_375_648.125
            writer.poly([[(x, y), (x, y + 40), (x + 30, y + 40), (x + 30, y), (x, y)]])
            writer.record(*row)
    parts = {".shp": shp.getvalue(), ".shx": shx.getvalue(), ".dbf": dbf.getvalue(), ".prj": ZONE_35.encode()}
    return {f"ry_1{suffix}": part for suffix, part in {**parts, ".cpg": b"GBK"}.items()}


def _geopackage(rows: Sequence[Row]) -> Files:
    """As small as it gets, so that damage hits what is read."""
    with sqlite3.connect(":memory:") as package:
        package.executescript("""
            pragma page_size = 512;
            create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text,
                organization_coordsys_id integer, definition text);
            create table gpkg_contents (table_name text primary key, data_type text, identifier text, srs_id integer);
            create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text,
                srs_id integer, z integer, m integer);
            create table ry (fid integer primary key, geom blob, gmsfhm text, xm text, csrq text, bz text);
            insert into gpkg_spatial_ref_sys values ('CGCS2000', 4490, 'EPSG', 4490, 'GEOGCS["CGCS2000"]');
            insert into gpkg_contents values ('ry', 'features', '人', 4490);
            insert into gpkg_geometry_columns values ('ry', 'geom', 'POINT', 4490, 0, 0);
        """)
        for place, row in enumerate(rows):
            header = b"GP\0" + bytes([1]) + struct.pack("<i", 4490)
            shape = struct.pack("<BIdd", 1, 1, 105.5 + place / 100, 30.5)
            package.execute("insert into ry values (?, ?, ?, ?, ?, ?)", [place, header + shape, *row])
        package.commit()
        return {"ry_1.gpkg": package.serialize()}


def _pages(rows: Sequence[Row]) -> Files:
    parts = [rows[start : start + 5] for start in range(0, len(rows), 5)]
    return {
        f"ry_1_p{number}.json": json.dumps(
            {
                "head": {"page": number, "pages": len(parts), "total": len(rows)},
                "data": [dict(zip(SOURCES, row, strict=True)) for row in part],
            },
            ensure_ascii=False,
        ).encode()
        for number, part in enumerate(parts, start=1)
    }


_MORE: dict[str, tuple[Delivery, Callable[[Sequence[Row]], Files]]] = {
    "shp": (
        Delivery(format=Format.SHP, pattern="ry_*.shp", mode="delta", encoding="gbk", crs="EPSG:4523"),
        _shapefile,
    ),
    "gpkg": (Delivery(format=Format.GPKG, pattern="ry_*.gpkg", mode="delta", crs="EPSG:4490"), _geopackage),
    "pages": (
        Delivery(
            format=Format.JSON,
            pattern="ry_*.json",
            mode="delta",
            records="data",
            pages=Pages(number="head.page", count="head.pages", total="head.total"),
        ),
        _pages,
    ),
}
ALL_KINDS = (*KINDS, *_MORE)


def sound(kind: str) -> Files:
    """File name -> content."""
    return _MORE[kind][1](PEOPLE) if kind in _MORE else {f"ry_1.{kind}": content(kind, PEOPLE)}


def resource(kind: str) -> Resource:
    """What the files of a kind are delivered for."""
    return residents(delivery=_MORE[kind][0]) if kind in _MORE else residents(kind)
