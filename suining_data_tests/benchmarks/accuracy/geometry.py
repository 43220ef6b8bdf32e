"""Where things lie in the base, against where they lie in the made-up city: points of addresses, shapes of the layers.

Here: section geometry. Not here: which division an address is in (addresses.py), how fast points find their county
(benchmarks/spatial.py).

The truth is in CGCS2000; deliveries are in five systems, with errors. An address is found in the truth by its id. Metres are
those of the plane of city.yaml. A shape is right if each of its corners is at most RIGHT_M from a corner of the true shape, and
the other way round.
"""

from typing import TypedDict

import duckdb
from rich.console import Console

from suining_data.city import load_city
from suining_data.linkage.address_forms import address_id
from suining_data.warehouse import load_spatial
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of, rows_of
from suining_data_tests.benchmarks.accuracy.report import print_columns, print_rows

RIGHT_M = 1
LEVELS = ["door", "building", "site", "estate", "village_group", "street", "village", "town", "county"]
FINE = LEVELS[: LEVELS.index("village") + 1]
SHAPE, POINT = "ST_GeomFromText(geometry)", "ST_Point(longitude, latitude)"
# layer -> key, as the deliveries of the layer have it, and shape
LAYERS = {
    "division_boundary": ("division_code", SHAPE),
    "parcel": ("parcel_code", SHAPE),
    "forest_compartment": ("compartment_code", SHAPE),
    "road": ("route_code || '|' || start_stake", SHAPE),
    "building": ("building_code", POINT),
    "facility": ("local_code", POINT),
    "city_component": ("component_code", POINT),
    "water_feature": ("feature_code", POINT),
}


class Geometry(TypedDict):
    """Figures by level of the point, by layer, and of all."""

    points: list[Figures]
    layers: list[Figures]
    all: dict[str, Figures]


def measure(con: duckdb.DuckDBPyConnection) -> Geometry:
    """Points of addresses, shapes of layers, pairs of overlapping parcels. Reads truth_address_point and truth_shape."""
    load_spatial(con)
    con.execute(f"create or replace temp table address_off as {_ADDRESS_OFF}")
    con.execute(f"create or replace temp table shape_off as {' union all '.join(map(_shape_off, LAYERS))}")
    right = f"count_if(off_m <= {RIGHT_M}) as right_shapes, right_shapes / nullif(count(off_m), 0) as right_share"
    shapes = f"count(*) as known, count(off_m) as with_shape, {right}, max(off_m) as furthest_m"
    return {
        "points": rows_of(con, _POINTS),
        "layers": rows_of(con, f"select layer, {shapes} from shape_off group by layer order by layer"),
        "all": {
            "address": row_of(con, _ADDRESSES),
            "shape": row_of(con, f"select {shapes} from shape_off"),
            "parcel_overlap": row_of(con, _OVERLAPS),
        },
    }


def show(console: Console, city: str, found: Geometry) -> None:
    """Print the section."""
    print_rows(console, f"{city}: points of addresses, by what they are points of", found["points"])
    print_rows(console, f"{city}: shapes, those with the key of a delivered one", found["layers"])
    for subject, figures in found["all"].items():
        print_columns(console, f"{city}: {subject}", {"all": figures})


def _plane(shape: str) -> str:
    return f"ST_Transform({shape}, 'EPSG:4490', '{load_city().planes[0].crs}', always_xy := true)"


def _shape_off(layer: str) -> str:
    """SELECT of the things of a layer whose shape the truth knows: metres between that and the stored one, if there is one."""
    key, shape = LAYERS[layer]
    true = "ST_GeomFromText(true_shape.shape)"
    return f"""
        select '{layer}' as layer, shape_key, greatest({_furthest("here", "there")}, {_furthest("there", "here")}) as off_m
        from (
            select shape_key, ST_Points({_plane("stored.shape")}) as here,
                ST_Points({_plane(true if shape == SHAPE else f"ST_Centroid({true})")}) as there
            from (select {key} as shape_key, {shape} as shape from spatial.{layer}) as stored
            join truth_shape as true_shape using (shape_key)
        )
    """


def _furthest(of: str, others: str) -> str:
    """SQL: how far the corner of a shape is from the corners of another that is furthest from them."""
    return f"list_max(list_transform(ST_Dump({of}), lambda corner: ST_Distance(corner.geom, {others})))"


# every address: the level of its point, how far off it may be as the base says, how far off it is
_ADDRESS_OFF = f"""
    with true_point as (
        select {address_id("address")} as address_id, {_plane(POINT)} as place from truth_address_point
    ),
    off as (
        select address_id, min(ST_Distance({_plane(POINT)}, place)) as off_m
        from spatial.address_point join true_point using (address_id) group by address_id
    )
    select address_id, point.coordinate_accuracy as level, point.coordinate_accuracy_m as said_m, off_m
    from spatial.address
    left join spatial.address_point as point using (address_id)
    left join off using (address_id)
"""
_POINTS = f"""
    select coalesce(level, 'none') as level, count(*) as addresses, count(off_m) as checked,
        median(said_m) as said_m, median(off_m) as median_m, quantile_cont(off_m, 0.95) as p95_m,
        count_if(off_m <= said_m) / nullif(checked, 0) as within_said
    from address_off group by level order by list_position({LEVELS}, level) nulls last
"""
_ADDRESSES = f"""
    select count(*) as addresses, count_if(level in {tuple(FINE)}) / nullif(addresses, 0) as village_or_finer,
        count(off_m) as checked, median(off_m) as median_m, count_if(off_m <= said_m) / nullif(checked, 0) as within_said
    from address_off
"""
# of the parcels whose outlines are right, for another outline may well overlap
_OVERLAPS = f"""
    with outline as (
        select shape_key, {_plane("ST_GeomFromText(shape)")} as shape
        from shape_off join truth_shape using (shape_key) where layer = 'parcel' and off_m <= {RIGHT_M}
    ),
    overlapping as (
        select one.shape_key as parcel_code, other.shape_key as other_parcel_code, true as is_true
        from outline as one join outline as other on ST_Intersects(one.shape, other.shape)
        where one.shape_key < other.shape_key and ST_Area(ST_Intersection(one.shape, other.shape)) > 1
    ),
    found as (
        select parcel_code, other_parcel_code, true as is_found from spatial.parcel_overlap
        where parcel_code in (select shape_key from outline) and other_parcel_code in (select shape_key from outline)
    )
    select count(is_true) as true_pairs, count(is_found) as found_pairs, count_if(is_true and is_found) as right_pairs,
        right_pairs / nullif(found_pairs, 0) as precision, right_pairs / nullif(true_pairs, 0) as recall
    from overlapping full join found using (parcel_code, other_parcel_code)
"""
