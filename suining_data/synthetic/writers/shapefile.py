"""Shapefiles: shapes by GDAL, the attribute table by our own dBase writer, and a code page file.

Here: which column is the shape, the five parts. Not here: coordinate systems (coordinates.py), the table (dbf.py).
"""

from pathlib import Path

import duckdb

from suining_data.ingestion.reading import GEOMETRY

from ..delivery import Delivered
from ..errors import ErrorRates
from . import dbf

SUFFIXES = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """Writes the files; an empty text becomes a null shape."""
    dbf.number_lines(con)
    shape = delivered.columns.index(GEOMETRY)
    attributes = [place for place in range(len(delivered.columns)) if place != shape]
    for number, name in enumerate(delivered.files):
        _write_shapes(con, delivered, f"c{shape}", number, folder / name)
        dbf.write_file(con, delivered, number, attributes, (folder / name).with_suffix(".dbf"))
        (folder / name).with_suffix(".cpg").write_text(delivered.resource.delivery.encoding.upper(), encoding="ascii")


def _write_shapes(con: duckdb.DuckDBPyConnection, delivered: Delivered, column: str, number: int, file: Path) -> None:
    """.shp, .shx, .prj and a .dbf of row numbers, which is replaced; a Shapefile holds one kind of shape."""
    kind = con.execute(
        f"select any_value(regexp_extract({column}, '^(?:MULTI)?([A-Z]+)', 1)) from delivered where {column} <> ''"
    ).fetchone()
    con.execute(
        f"copy (select ST_GeomFromText(nullif({column}, '')) as geom from delivered where file_no = {number} order by n) "
        f"to '{file}' (format gdal, driver 'ESRI Shapefile', srs '{delivered.resource.delivery.crs}', "
        f"geometry_type '{kind[0] if kind and kind[0] else 'POINT'}')"
    )
