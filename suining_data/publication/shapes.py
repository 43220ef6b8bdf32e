"""Shapes: the rows of a published table with their shape as GEOMETRY, so that its Parquet file is GeoParquet.

A table has a shape if it has a column `geometry`, or `longitude` and `latitude`: then its points become that column. Here: such
a SELECT, and whether a file was written with one. Not here: which columns an audience gets (handed_out.py), GeoPackages
(layers.py).
"""

from pathlib import Path

import duckdb

from suining_data.encryption import parquet_rows
from suining_data.warehouse import load_spatial

CRS = "EPSG:4490"  # CGCS2000, longitude first
SHAPE = "geometry"
POINT = ("longitude", "latitude")


def with_shape(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    """The SELECT, with the shape of its rows in the declared coordinate system; the same SELECT if they have none."""
    columns = _columns(con, rows)
    kind = f"GEOMETRY('{CRS}')"
    if SHAPE in columns:
        load_spatial(con)
        return f"select * replace ({SHAPE}::{kind} as {SHAPE}) from ({rows})"
    if columns.keys() >= set(POINT):
        load_spatial(con)
        return f"select *, ST_Point({', '.join(POINT)})::{kind} as {SHAPE} from ({rows})"
    return rows


def has_shape(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether a Parquet file has shapes as GEOMETRY: one of an older version has text."""
    return _columns(con, f"from {parquet_rows(file)}").get(SHAPE, "").startswith("GEOMETRY")


def _columns(con: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in con.execute(f"describe {rows}").fetchall()}
