"""Layers for GIS: a GeoPackage for each Parquet file with shapes, in the folder `layers/` of its audience, and a QGIS project.

Here: writing them, or sharing those whose Parquet file stayed as it was. Not here: shapes in the Parquet files (shapes.py), what an
audience gets (handed_out.py), the XML of the project (qgis.py). A GeoPackage cannot be encrypted: of an encrypted Parquet file
there is none.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from suining_data.encryption import ENCRYPTED_PARQUET
from suining_data.publication.manifest import listed_files, published_manifest
from suining_data.publication.next_snapshot import folder, share
from suining_data.publication.qgis import write_project
from suining_data.publication.shapes import CRS, SHAPE
from suining_data.settings import Settings
from suining_data.sql import literal
from suining_data.warehouse import load_spatial

FOLDER = "layers"
PROJECT = f"{FOLDER}/project.qgs"
PARQUET = "parquet"


@dataclass(frozen=True)
class Layer:
    """A table with shapes. `file` and `parquet`: paths within the folder of the audience; `kind`: of its shapes, as GDAL names it."""

    table: str
    parquet: str
    kind: str

    @property
    def name(self) -> str:
        """The name of the layer in its GeoPackage."""
        return self.table.split(".")[1]

    @property
    def path(self) -> str:
        """Its GeoPackage, from the folder of the layers."""
        return f"{self.table.replace('.', '/')}.gpkg"

    @property
    def file(self) -> str:
        return f"{FOLDER}/{self.path}"


def write_layers(con: duckdb.DuckDBPyConnection, settings: Settings, audience: str = "") -> None:
    """Write the GeoPackages of an audience, whose Parquet files are complete, into the next snapshot."""
    load_spatial(con)
    listed = listed_files(published_manifest(con, settings.published / "current"))
    target, published = folder(settings) / audience, settings.published / audience
    layers = list(layers_of(target))
    for layer in layers:
        name, before = str(Path(audience) / layer.file), published / layer.parquet
        is_unchanged = before.exists() and before.samefile(target / layer.parquet)
        if not (is_unchanged and share(settings, name, listed.get(name, ""))):
            _write(con, target, layer)
    if layers:
        [(wkt,)] = con.execute(
            "select wkt2_2019 from duckdb_coordinate_systems() where auth_name || ':' || auth_code = ?", [CRS]
        ).fetchall()
        write_project(target / PROJECT, layers, _titles(con), CRS, wkt)


def _titles(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What tables are called: the Chinese words of their description before the first comma or bracket."""
    found = con.execute("""
        select schema_name || '.' || table_name, regexp_extract(comment, '^[^（，：；、。·]+') from duckdb_tables()
        where database_name = 'snapshot' and comment is not null
    """)
    return {table: title.strip() for table, title in found.fetchall() if title.strip()}


def layers_of(target: Path) -> Iterator[Layer]:
    """The layers that the Parquet files of a folder have."""
    for file in sorted((target / PARQUET).rglob("*.parquet")):
        described = _described(file)
        if described:
            kinds = json.loads(described)["columns"][SHAPE]["geometry_types"]
            yield Layer(f"{file.parent.name}.{file.stem}", str(file.relative_to(target)), _kind(kinds))


def _described(file: Path) -> bytes:
    """What a GeoParquet file says of its shapes; empty for other files, and for those that are encrypted."""
    with file.open("rb") as content:
        if content.read(4) == ENCRYPTED_PARQUET:
            return b""
    return (pq.read_metadata(file).metadata or {}).get(b"geo", b"")


def _kind(kinds: list[str]) -> str:
    """The one kind that all shapes have, as single ones can be multiple ones."""
    multiple = {f"Multi{kind.removeprefix('Multi')}" for kind in kinds}
    return kinds[0] if len(kinds) == 1 else multiple.pop() if len(multiple) == 1 else "Geometry"


def _write(con: duckdb.DuckDBPyConnection, target: Path, layer: Layer) -> None:
    file = target / layer.file
    file.parent.mkdir(parents=True, exist_ok=True)
    shape = f"ST_Multi({SHAPE})" if layer.kind.startswith("Multi") else SHAPE
    con.execute(f"""
        copy (select * replace ({shape} as {SHAPE}) from {literal(target / layer.parquet)}) to {literal(file)}
        (format gdal, driver 'GPKG', srs '{CRS}', layer_name {literal(layer.name)}, geometry_type '{layer.kind.upper()}')
    """)
