"""Deliveries of natural resources about land: the outlines of parcels.

Here: shapes of the made-up city as WKT in CGCS2000 degrees. Not here: rights and buildings (real_estate.py), names of
divisions (divisions.py), the delivery's own coordinate system (coordinates.py).

A parcel is drawn around the buildings of an estate, a farmhouse or the site of a firm.
"""

from ..errors import ErrorRates
from .view import View, Views

METRES_TO_DEGREES = 1 / 111_320  # of latitude; a degree of longitude is 14 % shorter here


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {"natural_resources__parcels": View(_PARCELS, dates="iso", labels=frozenset({"land_use_code"}))}


def _outline(lon: str, lat: str, half: str, key: str) -> str:
    """SQL: WKT of a four-sided outline around a point, `half` metres to each side and a little askew."""
    corners = []
    for x, y in ((-1, -1), (-1, 1), (1, 1), (1, -1), (-1, -1)):
        askew = f"(1 + 0.15 * u({key}, 'corner {x} {y}'))"
        east = f"{lon} + {x} * {half} * {askew} * {METRES_TO_DEGREES} / 0.86"
        north = f"{lat} + {y} * {half} * {askew} * {METRES_TO_DEGREES}"
        corners.append(f"round({east}, 8) || ' ' || round({north}, 8)")
    return "'POLYGON ((' || " + " || ', ' || ".join(corners) + " || '))'"


_PARCELS = f"""
with dwelling as (
    select l.parcel, min(l.aid) as key, any_value(l.is_community) as is_community,
        (min(l.lon) + max(l.lon)) / 2 as lon, (min(l.lat) + max(l.lat)) / 2 as lat,
        case when any_value(l.is_community)
            then 30 + greatest(max(l.lon) - min(l.lon), max(l.lat) - min(l.lat)) / 2 / {METRES_TO_DEGREES} else 8 end as half,
        max(o.registered_on) as registered_on
    from place l left join ownership o using (aid) group by l.parcel
),
site as (
    select v.county_code || lpad(v.zone::varchar, 3, '0') || lpad(v.subzone::varchar, 3, '0') || 'GB'
            || lpad((50000 + o.oid % 49999)::varchar, 5, '0') as parcel,
        any_value(900000000 + o.oid) as key, any_value(o.industry_code) as industry_code,
        any_value(v.lon + (u(o.oid, 'site x') - 0.5) * 0.01) as lon, any_value(v.lat + (u(o.oid, 'site y') - 0.5) * 0.01) as lat,
        any_value(sqrt(200 + pick(o.oid, 'site area', 20000)) / 2) as half,
        max(o.established + pick(o.oid, 'site', 400)) as registered_on
    from organization o join village v using (vid)
    where o.kind not in ('sole_trader', 'branch') and u(o.oid, 'owns land') < 0.12 group by parcel
),
parcel as (
    select parcel, key, lon, lat, half, registered_on, case when is_community then '0701' else '0702' end as land_use_code
    from dwelling
    union all
    select parcel, key, lon, lat, half, registered_on,
        case when industry_code[1] in ('B', 'C', 'D') then '0601' when industry_code[1] = 'P' then '0803'
            when industry_code[1] in ('F', 'H') then '05' else '08' end
    from site where parcel not in (select parcel from dwelling)
),
drawn as (
    select *, row_number() over (order by registered_on desc nulls last, parcel) as seq, {_outline("lon", "lat", "half", "key")} as geometry
    from parcel where registered_on <= date '2019-08-31' or registered_on is null
)
select seq, parcel as parcel_code, parcel || 'W00000000' as real_estate_unit_code, land_use_code, geometry,
    ST_Area(ST_Transform(ST_GeomFromText(geometry), 'EPSG:4490', 'EPSG:4544', always_xy := true)) as area_m2
from drawn"""
