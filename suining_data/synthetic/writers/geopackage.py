"""GeoPackages: one layer written by GDAL, with the city's current date as its date of change.

Here: the layer, written so that its bytes are always the same. Not here: coordinate systems (coordinates.py).
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb

from suining_data.ingestion.reading import GEOMETRY

from ..delivery import Delivered
from ..errors import ErrorRates
from . import dbf

CHANGED = "2019-08-31T00:00:00.000Z"


def write(con: duckdb.DuckDBPyConnection, delivered: Delivered, folder: Path, rates: ErrorRates) -> None:
    """Writes the files; an empty text becomes null, as a shape and as a value."""
    dbf.number_lines(con)
    columns = [
        f"ST_GeomFromText(nullif(c{i}, '')) as geom" if name == GEOMETRY else f"nullif(c{i}, '') as \"{name}\""
        for i, name in enumerate(delivered.columns)
    ]
    for number, name in enumerate(delivered.files):
        (folder / name).unlink(missing_ok=True)
        con.execute(
            f"copy (select {', '.join(columns)} from delivered where file_no = {number} order by n) "
            f"to '{folder / name}' (format gdal, driver 'GPKG', srs '{delivered.resource.delivery.crs}')"
        )
        with closing(sqlite3.connect(folder / name)) as package, package:
            package.execute("update gpkg_contents set last_change = ?", [CHANGED])
