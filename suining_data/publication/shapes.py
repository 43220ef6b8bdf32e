"""Shapes: the rows of a published table with their shape as GEOMETRY that says its coordinate system.

In the warehouse a shape is text (WKT), in the column `geometry`. A published DuckDB file has it as GEOMETRY, which DuckDB reads
without an extension; a Parquet file is GeoParquet, and has the points of `longitude` and `latitude` as that column, too. Here: such
SELECTs, the type, whether a file was written with one. Not here: which columns an audience gets (handed_out.py), GeoPackages
(layers.py).
"""

from pathlib import Path

import duckdb

from suining_data.encryption import parquet_rows
from suining_data.warehouse import load_spatial

CRS = "EPSG:4490"  # CGCS2000, longitude first
SHAPE = "geometry"
TYPE = f"GEOMETRY('{CRS}')"
POINT = ("longitude", "latitude")


def typed_shape(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    """The SELECT, with its column `geometry` in the declared coordinate system; the same SELECT if it has none."""
    if SHAPE not in _columns(con, rows):
        return rows
    load_spatial(con)  # it knows the coordinate system
    return f"select * replace ({SHAPE}::{TYPE} as {SHAPE}) from ({rows})"


def with_shape(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    """The SELECT, with the shape of its rows or with their points as one; the same SELECT if they have none."""
    columns = _columns(con, rows)
    if SHAPE in columns or not columns.keys() >= set(POINT):
        return typed_shape(con, rows)
    load_spatial(con)
    return f"select *, ST_Point({', '.join(POINT)})::{TYPE} as {SHAPE} from ({rows})"


def has_shape(con: duckdb.DuckDBPyConnection, file: Path) -> bool:
    """Whether a Parquet file has shapes as GEOMETRY: one of an older version has text."""
    return _columns(con, f"from {parquet_rows(file)}").get(SHAPE, "").startswith("GEOMETRY")


def _columns(con: duckdb.DuckDBPyConnection, rows: str) -> dict[str, str]:
    return {name: kind for name, kind, *_ in con.execute(f"describe {rows}").fetchall()}
