"""The QGIS project beside the GeoPackages of an audience: each layer by its relative path, so that the folder can be moved.

Here: its XML. Not here: the layers (layers.py). Points lie above lines, lines above areas; through an area one sees what is below.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from lxml import etree
from lxml.builder import E

from suining_data.city import load_city
from suining_data.display import visible

VERSION = "3.22.0"  # later versions read its projects, too
ORDER = ("Point", "LineString", "Polygon", "Geometry")
GEOMETRIES = {"Point": "Point", "LineString": "Line", "Polygon": "Polygon"}


class Shown(Protocol):
    """A layer of the project. `path`: of its GeoPackage, from the project."""

    @property
    def table(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def kind(self) -> str: ...


def write_project(file: Path, layers: Sequence[Shown], titles: Mapping[str, str], crs: str, wkt: str) -> None:
    """Write the project. `titles`: what a table is called; `crs` of all layers, as EPSG:4490, and as WKT, by which QGIS knows it."""
    shown = sorted(layers, key=lambda layer: ORDER.index(_single(layer.kind)))
    project = E.qgis(
        E.title(load_city().name),
        E.projectCrs(_system(crs, wkt)),
        E(
            "layer-tree-group",
            *(E("layer-tree-layer", **_in_tree(layer, titles)) for layer in shown),
        ),
        E.projectlayers(*(_layer(layer, titles, _system(crs, wkt)) for layer in shown)),
        E.properties(
            E.Paths(E.Absolute("false", type="bool")),
            E.SpatialRefSys(E.ProjectionsEnabled("1", type="int")),  # without it QGIS leaves projectCrs unread
        ),
        version=VERSION,
        projectname=load_city().name,
    )
    content = etree.tostring(project, encoding="unicode", pretty_print=True)
    file.write_text(f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{content}", encoding="utf-8")


def _layer(layer: Shown, titles: Mapping[str, str], system: etree._Element) -> etree._Element:
    return E.maplayer(
        E.id(layer.table),
        E.datasource(_source(layer)),
        E.layername(_title(layer, titles)),
        E.srs(system),
        E.provider("ogr", encoding="UTF-8"),
        E.layerOpacity("0.5" if _single(layer.kind) == "Polygon" else "1"),
        type="vector",
        geometry=GEOMETRIES.get(_single(layer.kind), "UnknownGeometry"),
    )


def _in_tree(layer: Shown, titles: Mapping[str, str]) -> dict[str, str]:
    return {
        "id": layer.table,
        "name": _title(layer, titles),
        "source": _source(layer),
        "providerKey": "ogr",
        "checked": "Qt::Checked",
    }


def _title(layer: Shown, titles: Mapping[str, str]) -> str:
    return visible(titles.get(layer.table, layer.name))


def _source(layer: Shown) -> str:
    return f"./{layer.path}|layername={layer.name}"


def _system(crs: str, wkt: str) -> etree._Element:
    return E.spatialrefsys(E.wkt(wkt), E.authid(crs))


def _single(kind: str) -> str:
    single = kind.removeprefix("Multi")
    return single if single in ORDER else "Geometry"
