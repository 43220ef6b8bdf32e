"""How fast points find their county: the boundaries as published, joined by ST_Contains.

Here: the points, the join, its time. Not here: the share of the spatial stage in a refresh (refresh.py).

DuckDB makes an index of the boundaries for such a join, so a point is tested against the one or two counties in whose box it lies.
"""

import time

import duckdb

from suining_data.settings import Settings
from suining_data.warehouse import load_spatial

POINTS = 1_000_000
BOX = """
    select min(ST_XMin(geometry)) as west, max(ST_XMax(geometry)) as east,
        min(ST_YMin(geometry)) as south, max(ST_YMax(geometry)) as north
    from spatial.division_boundary
"""


def points_in_counties(settings: Settings, points: int = POINTS) -> dict[str, object]:
    """Seconds for as many points all over the box of the city, and the share of them that lies in a county."""
    file = (settings.published / "suining.duckdb").resolve()
    with duckdb.connect(str(file), read_only=True) as con:
        load_spatial(con)
        con.execute(f"""
            create temp table point as
            select ST_Point(
                west + hash(n, 'x') % 1000000 / 1e6 * (east - west), south + hash(n, 'y') % 1000000 / 1e6 * (north - south)
            )::geometry('EPSG:4490') as place
            from ({BOX}), range({points}) as t(n)
        """)
        started = time.monotonic()
        [(found,)] = con.execute("""
            select count(division_code) from point
            join spatial.division_boundary on ST_Contains(geometry, place) and level_code = 'county'
        """).fetchall()
    seconds = round(time.monotonic() - started, 2)
    return {"points_in_county_s": seconds, "points_in_county_share": round(found / points, 3)}
