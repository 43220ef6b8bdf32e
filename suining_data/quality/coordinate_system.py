"""Whether the points of a new batch are in the coordinate system that the catalogue declares.

Here: points and middles of shapes of a raw file, before the batch becomes current, are compared with what the warehouse
knows of the same places: the same rows as they were delivered before, the same addresses as others report them, buildings and their
parcels. Not here: the comparison of all resources with one another once they are staged
(dbt_like_sql/spatial/coordinate_offset.sql), the formulas (dbt_like_sql/macros/).
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from suining_data.catalog import Field, Resource, load_catalog
from suining_data.elements import ELEMENTS
from suining_data.encryption import parquet_columns, parquet_rows
from suining_data.ingestion import LINE, Notice, raw_files, yaml_of
from suining_data.linkage import address_id
from suining_data.models import Renderer, declared_systems
from suining_data.settings import SQL, Settings
from suining_data.sql import identifier, literal
from suining_data.standardization import narrowed, source_columns, staged_select
from suining_data.warehouse import load_spatial

FEWEST_PAIRS = 20
MOST_COMPARED = 2_000  # rows, spread over the file
MISDECLARED = "spatial.misdeclared_system"
PARCEL_OF = {"parcel_code": "{}", "building_code": "substr({}, 1, 19)"}  # element -> SQL: the parcel of its value


@dataclass(frozen=True)
class _Known:
    """Points that the warehouse knows, found by a place."""

    place: str  # SQL over a staged row of the new batch
    columns: Collection[str]  # that `place` reads
    points: str  # SELECT of place, resource_id, crs, point of the places of the new batch: `select place from new`


@dataclass(frozen=True)
class _Offset:
    """How far the points of a batch lie off from those of a resource, in metres in the middle."""

    known: str
    pairs: int
    east: float
    north: float
    suspected: str | None
    known_suspected: str | None  # the other explanation: the known points are those in another system


def misdeclared_system(
    con: duckdb.DuckDBPyConnection, settings: Settings, raw: Path, resource: Resource, batch_id: str
) -> Notice | None:
    """The reason to refuse the batch when its points are off as those in another system are; None without known points."""
    coordinates = _coordinates(resource)
    known = _known_points(con, settings, resource, coordinates) if coordinates else iter(())
    offsets = (_offset(con, raw, resource, coordinates, each) for each in known)
    best = next(filter(None, offsets), None)  # the next points are only looked at when these are too few
    return _notice(resource, coordinates, best, batch_id) if best and best.suspected else None


def _coordinates(resource: Resource) -> list[Field]:
    """The field of the shape, or those of longitude and latitude; none when the resource has no points."""
    shapes = [field for field in resource.fields if field.element.startswith("geometry")]
    by_element = {field.element: field for field in resource.fields}
    return shapes[:1] or [by_element[each] for each in ("longitude", "latitude") if each in by_element]


def _point(resource: Resource, coordinates: list[Field]) -> str:
    """SQL: the point of a staged row in CGCS2000 degrees."""
    macro = "cgcs2000_middle" if len(coordinates) == 1 else "cgcs2000"
    arguments = [literal(resource.delivery.crs or ""), *(field.name for field in coordinates)]
    return _rendered(f"{macro}({', '.join(map(repr, arguments))})")[0]


def _is_located(coordinates: list[Field]) -> str:
    """SQL: on the columns, because DuckDB would convert all points to filter the converted ones."""
    return " and ".join(f"{field.name} is not null" for field in coordinates)


def _known_points(
    con: duckdb.DuckDBPyConnection, settings: Settings, resource: Resource, coordinates: list[Field]
) -> Iterator[_Known]:
    """The kinds of points that the warehouse has for this resource, the best proof first."""
    own, crs = literal(resource.id), literal(resource.delivery.crs or "")
    is_of_batch = "in (select place from new)"
    if (key := _place_key(resource)) and (rows := _former_rows(con, settings, resource, coordinates, key)):
        place = f"struct_pack({', '.join(f'{name} := {name}' for name in key)})"
        point = _point(resource, coordinates)
        select = f"select {place} as place, {own} as resource_id, {crs} as crs, {point} as point from {rows}"
        yield _Known(place, key, f"{select} where {place} {is_of_batch} and {_is_located(coordinates)}")
    address = next((each.values.get("address") for each in resource.entities if each.subject == "address"), None)
    if address and _has(con, "linked.address_record"):
        points, _ = _rendered("address_points()")
        yield _Known(address_id(address), [address], f"{points} and resource_id <> {own} and address_id {is_of_batch}")
    code = next((field for field in resource.fields if field.element in PARCEL_OF), None)
    for macro in ("parcel_points()", "building_points()") if code else ():
        points, [table] = _rendered(macro)
        if code and table != f"staged.{resource.id}" and _has(con, table):
            yield _Known(
                PARCEL_OF[code.element].format(code.name), [code.name], f"from ({points}) where place {is_of_batch}"
            )


def _former_rows(
    con: duckdb.DuckDBPyConnection, settings: Settings, resource: Resource, coordinates: list[Field], key: list[str]
) -> str | None:
    """SQL: the rows of the resource as they are staged; before the first are staged, as earlier files of this run have them."""
    if _has(con, f"staged.{resource.id}", *key, *(field.name for field in coordinates)):
        return f"staged.{resource.id}"
    if not (files := raw_files(settings, resource.id)):
        return None
    part = narrowed(resource, {*(field.name for field in coordinates), *key})
    found = {name for file in files for name in parquet_columns(file)}
    return f"(with delivered as ({_delivered(parquet_rows(*files), LINE, part, found)}) from ({staged_select(part)}))"


def _place_key(resource: Resource) -> list[str]:
    """The columns of the row key that say which thing a row is about, without those that say when or in which batch."""
    elements = {column.name: ELEMENTS[column.element].sql_type.lower() for column in resource.columns}
    return [name for name in resource.key if elements[name] not in ("date", "timestamp")]


def _offset(
    con: duckdb.DuckDBPyConnection, raw: Path, resource: Resource, coordinates: list[Field], known: _Known
) -> _Offset | None:
    """How far the batch lies off from the resource with most of the known points; None when there are too few."""
    part = narrowed(resource, {*(field.name for field in coordinates), *known.columns})
    middle = "struct_pack(longitude := avg(point.longitude), latitude := avg(point.latitude)) as point"
    trusted = f"resource_id not in (select resource_id from {MISDECLARED})" if _has(con, MISDECLARED) else "true"
    sql = f"""
        with delivered as ({_spread_over(raw, part)}),
        located as (
            select {known.place} as place, {_point(resource, coordinates)} as point
            from ({staged_select(part)}) where {_is_located(coordinates)}
        ),
        new as materialized (select place, {middle} from located group by place),
        known as (
            select place, resource_id, crs, {middle} from ({known.points}) where {trusted} group by place, resource_id, crs
        ),
        pair as (
            select {literal(resource.id)} as resource_id, known.resource_id as other_resource_id,
                {literal(resource.delivery.crs or "")} as declared_crs, known.crs as other_crs,
                {_rendered("metres_apart('new.point', 'known.point')")[0]}
            from new join known on new.place = known.place
        ),
        {_rendered(f"judged_offsets({FEWEST_PAIRS})")[0]}
        select other_resource_id, point_pairs, east_m, north_m, suspected_crs, other_suspected_crs from judged
        order by point_pairs desc, other_resource_id limit 1
    """
    load_spatial(con, sql)
    found = con.execute(sql).fetchone()
    return _Offset(*found) if found else None


def _spread_over(raw: Path, resource: Resource) -> str:
    """SELECT of raw rows of a new batch that are spread over the file, as staging reads them."""
    with pq.ParquetFile(raw) as file:
        rows, found = file.metadata.num_rows, file.schema_arrow.names
    number = "file_row_number"
    delivered = _delivered(f"read_parquet({literal(str(raw))}, {number} = true)", number, resource, found)
    return f"{delivered} where {number} % {rows // MOST_COMPARED + 1} = 0"


def _delivered(rows: str, number: str, resource: Resource, found: Collection[str]) -> str:
    """SELECT of raw rows as staging reads them. `found`: their columns."""
    absent = [f"null::varchar as {identifier(name)}, " for name in source_columns(resource) if name not in found]
    return f"select {number} as record_id, '' as batch_id, {LINE} as line_number, {''.join(absent)}* from {rows}"


def _notice(resource: Resource, coordinates: list[Field], offset: _Offset, batch_id: str) -> Notice:
    crs, actual = resource.delivery.crs, offset.suspected
    columns = "、".join(field.source for field in coordinates)
    known = load_catalog().resource(offset.known)
    of_zh = "本资源以前交付的坐标" if known.id == resource.id else f"{known.name}（{known.id}）的坐标"
    of_en = "those of its former delivery" if known.id == resource.id else f"those of {known.id}"
    is_degrees = len(coordinates) > 1  # a shape cannot be declared in the systems of map services
    yaml_zh = f"若今后都按 {actual} 交付，请改正 {yaml_of(resource)} 的 delivery.crs；" if is_degrees else ""
    yaml_en = (
        f", or, if it delivers in {actual} from now on, correct delivery.crs in {yaml_of(resource)}"
        if is_degrees
        else ""
    )
    other_zh = (
        f"也可能是 {known.id} 的坐标系登记有误，实为 {offset.known_suspected}。" if offset.known_suspected else ""
    )
    other_en = f"Or {known.id} is really in {offset.known_suspected}. " if offset.known_suspected else ""
    return Notice(
        f"列 {columns}: {resource.name}（{resource.id}）登记的坐标系是 {crs}，但与{of_zh}对照 {offset.pairs:,} 处，"
        f"中位偏移为东 {offset.east:+,.0f} 米、北 {offset.north:+,.0f} 米，正是 {actual} 与 {crs} 之差，疑似实为 {actual}。{other_zh}"
        f"请交付方核实并按 {crs} 重新导出；{yaml_zh}若坐标无误，请运行 suining refresh --accept {batch_id}。",
        f"column {columns}: {resource.id} is declared in {crs}, but compared with {of_en} at {offset.pairs:,} places its points lie "
        f"{offset.east:+,.0f} m to the east and {offset.north:+,.0f} m to the north in the middle, as points in {actual} do. {other_en}"
        f"Ask the department to check, and for an export in {crs}{yaml_en}. If the points are correct, run "
        f"suining refresh --accept {batch_id}.",
    )


def _has(con: duckdb.DuckDBPyConnection, table: str, *columns: str) -> bool:
    """Whether the warehouse has the table with these columns: before the first refresh it has none."""
    found = con.execute(
        "select column_name from duckdb_columns() where schema_name || '.' || table_name = ?", [table]
    ).fetchall()
    return bool(found) and set(columns) <= {name for (name,) in found}


@cache
def _renderer() -> Renderer:
    return Renderer(SQL, declared_systems())


@cache
def _rendered(macro: str) -> tuple[str, list[str]]:
    """The SQL of a macro of dbt_like_sql, and the tables that it reads."""
    return _renderer().render_text(f"{{{{ {macro} }}}}", SQL / "macros" / "coordinate_offset.sql")
