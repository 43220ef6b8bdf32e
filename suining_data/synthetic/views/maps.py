"""Map layers of the synthetic city: boundaries, roads, places, city components, waters, forests.

Here: shapes as WKT in CGCS2000 degrees. Not here: parcels (land.py), names of divisions (divisions.py), the delivery's
own coordinate system (coordinates.py).

All shapes are invented: the outlines of the counties (data/reference/boundaries), roads, which run from village to
village, and the others, which are near a village.
"""

import json

from ..city.geography import OUTLINES
from ..errors import ErrorRates
from .view import View, Views, list_pick

SPECIES = ["柏木", "马尾松", "桤木", "杉木", "桉树", "核桃", "柑橘"]
# class and subclass, name, who keeps it
COMPONENTS = (
    ("0101", "上水井盖", "水利局"),
    ("0102", "污水井盖", "住房和城乡建设局"),
    ("0106", "路灯", "综合行政执法局"),
    ("0201", "公交站亭", "交通运输局"),
    ("0205", "交通信号灯", "公安局"),
    ("0301", "公共厕所", "综合行政执法局"),
    ("0304", "垃圾箱", "综合行政执法局"),
    ("0402", "行道树", "住房和城乡建设局"),
    ("0501", "宣传栏", "文化广播电视和旅游局"),
)
RIVERS = ["涪江", "琼江", "郪江", "梓江", "芝溪河", "青岗河"]


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "natural_resources__division_boundaries": View(_boundaries(), is_whole=True, keeps_order=True),
        "transport__roads": View(_ROADS),
        "urban_management__city_components": View(_components()),
        "water_resources__waters_and_permits": View(_waters()),
        "forestry__compartments": View(_FORESTS.format(species=list_pick(SPECIES, "k", "species"))),
        "sichuan_surveying__map_features": View(_MAP_FEATURES),
    }


def _boundaries() -> str:
    """The counties and, as their union, the city."""
    features = json.loads(OUTLINES.read_text(encoding="utf-8"))["features"]
    rows = ", ".join(
        f"('{f['properties']['adcode']}000000', '{f['properties']['name']}', '{json.dumps(f['geometry'])}')"
        for f in features
    )
    return f"""
    with county as (
        select code, name, ST_GeomFromGeoJSON(shape) as shape from (values {rows}) as t(code, name, shape)
    )
    select row_number() over (order by code) as seq, code as division_code, name, 'county' as level_code, ST_AsText(shape) as geometry
    from county
    union all select 0, '510900000000', '遂宁市', 'city', ST_AsText(ST_Union_Agg(shape)) from county"""


# A route has six sections, each from a village to the next in the order of codes, bent in the middle.
_ROADS = """
with stop as (select *, row_number() over (partition by county_code order by vid) - 1 as i, count(*) over (partition by county_code) as n from village),
route as (
    select r, r * 7 % 5 as c, ['G42', 'G93', 'G318', 'G247', 'S205', 'S101'][1 + r] as known,
        ['沪蓉高速', '成渝环线高速', '沪聂线', '景昭线', '遂内路', '成南路'][1 + r] as known_name
    from range(60) as t(r)
),
area as (select county_code, row_number() over (order by county_code) - 1 as c from (select distinct county_code from village)),
section as (
    select r, k, known, known_name, a.county_code, a.village as from_name, a.lon as x1, a.lat as y1, b.lon as x2, b.lat as y2
    from route join area using (c), range(6) as s(k)
    join stop a on a.county_code = area.county_code and a.i = (pick(r, 'route', 200) + k) % a.n
    join stop b on b.county_code = area.county_code and b.i = (pick(r, 'route', 200) + k + 1) % b.n
),
drawn as (
    select *, 'LINESTRING (' || round(x1, 7) || ' ' || round(y1, 7) || ', ' || round((x1 + x2) / 2 + (u(r * 6 + k, 'bend') - 0.5) * 0.004, 7)
        || ' ' || round((y1 + y2) / 2, 7) || ', ' || round(x2, 7) || ' ' || round(y2, 7) || ')' as geometry
    from section
),
measured as (
    select *, ST_Length(ST_Transform(ST_GeomFromText(geometry), 'EPSG:4490', 'EPSG:4544', always_xy := true))::integer as metres from drawn
),
placed as (select *, sum(metres) over (partition by r order by k) as until from measured)
select r * 6 + k as seq, coalesce(known, case when r < 30 then 'X' else 'Y' end || lpad((r + 1)::varchar, 3, '0') || county_code) as route_code,
    coalesce(known_name, first_value(from_name) over (partition by r order by k) || '线') as route_name,
    case when r < 2 then 'expressway' when r < 4 then 'first' when r < 6 then 'second' when r < 20 then 'third'
        when r < 50 then 'fourth' else 'unclassified' end as road_grade_code,
    'K' || (until - metres) // 1000 || '+' || lpad(((until - metres) % 1000)::varchar, 3, '0') as start_stake,
    'K' || until // 1000 || '+' || lpad((until % 1000)::varchar, 3, '0') as end_stake, geometry
from placed"""


def _point(key: str, spread: float = 0.01) -> str:
    """SQL: WKT of a point near village `v`."""
    return (
        f"'POINT (' || round(v.lon + (u({key}, 'x') - 0.5) * {spread}, 7) || ' ' "
        f"|| round(v.lat + (u({key}, 'y') - 0.5) * {spread}, 7) || ')'"
    )


def _components() -> str:
    kinds = ", ".join(f"('{code}', '{name}', '{keeper}')" for code, name, keeper in COMPONENTS)
    return f"""
    with kind as (select *, row_number() over () - 1 as i from (values {kinds}) as t(class, name, keeper)),
    community as (select *, row_number() over (order by vid) - 1 as i from village where is_community)
    select k as seq, v.county_code || kind.class || lpad(k::varchar, 6, '0') as component_code, kind.name,
        v.county || kind.keeper as authority_name,
        case when u(k, 'state') < 0.93 then 'good' when u(k, 'state') < 0.98 then 'damaged' when u(k, 'state') < 0.99 then 'lost'
            else 'removed' end as status_code,
        date '2019-08-20' - pick(k, 'surveyed', 600) as surveyed_date, {_point("k")} as geometry
    from range(1, 4001) as t(k) join kind on kind.i = pick(k, 'kind', {len(COMPONENTS)})
        join community v on v.i = pick(k, 'community', (select count(*) from community))"""


def _waters() -> str:
    """Reservoirs, river sections and intakes in turn; firms and water works take water."""
    return f"""
    with stop as (select *, row_number() over (order by vid) - 1 as i from village),
    user as (
        select oid, name, uscc, row_number() over (order by u(oid, 'takes water'), oid) - 1 as i, count(*) over () as n
        from organization where kind = 'company' and industry_code[1] in ('A', 'C', 'D') and uscc is not null and status_code = 'active'
    ),
    feature as (select k, ['reservoir', 'river_section', 'intake'][1 + k % 3] as type from range(260) as t(k))
    select f.k as seq, 'SL' || lpad(f.k::varchar, 5, '0') as feature_code,
        case type when 'reservoir' then regexp_replace(v.village, '(社区|居委会|村)$', '') || '水库'
            when 'river_section' then {list_pick(RIVERS, "f.k", "river")} || v.town || '段'
            else regexp_replace(v.village, '(社区|居委会|村)$', '') || '取水口' end as name,
        type as feature_type_code, {list_pick(RIVERS, "f.k", "river")} as basin_name,
        case when type = 'reservoir' then (10 + u(f.k, 'capacity') ** 4 * 9000)::decimal(12, 2) end as capacity_10k_m3,
        case when type = 'intake' then '取水（川遂）字[2018]第' || lpad(f.k::varchar, 5, '0') || '号' end as license_number,
        o.oid as organization_water_user, o.name as holder_name, o.uscc as holder_uscc,
        case when type = 'intake' then (1 + u(f.k, 'intake') ** 3 * 500)::decimal(12, 2) end as annual_intake_10k_m3,
        case when type = 'intake' then date '2019-06-30' + pick(f.k, 'water until', 1500) end as valid_until, {_point("f.k")} as geometry
    from feature f join stop v on v.i = pick(f.k, 'stop', (select count(*) from stop)) left join user o on type = 'intake' and o.i = f.k % o.n"""


# Six-sided patches of 100 to 400 metres around a point outside the communities.
_FORESTS = """
with rural as (select *, row_number() over (order by vid) - 1 as i from village where not is_community),
patch as (
    select k, v.code, 100 + u(k, 'size') * 300 as radius, v.lon + (u(k, 'x') - 0.5) * 0.01 as lon, v.lat + (u(k, 'y') - 0.5) * 0.01 as lat
    from range(660) as t(k) join rural v on v.i = pick(k, 'forest', (select count(*) from rural))
),
drawn as (
    select *, 'POLYGON ((' || list_aggregate(list_transform([0, 1, 2, 3, 4, 5, 0], lambda s:
        round(lon + radius * (0.7 + 0.3 * u(k * 6 + s, 'edge')) * sin(radians(60 * s)) / 95700, 7) || ' '
        || round(lat + radius * (0.7 + 0.3 * u(k * 6 + s, 'edge')) * cos(radians(60 * s)) / 111320, 7)), 'string_agg', ', ') || '))' as geometry
    from patch
)
select k as seq, code[1:6] || 'XB' || lpad(k::varchar, 6, '0') as compartment_code, code as division_code,
    ['protection', 'protection', 'timber', 'economic', 'special'][1 + pick(k, 'forest type', 5)] as forest_type_code,
    {species} as dominant_species_name,
    ST_Area(ST_Transform(ST_GeomFromText(geometry), 'EPSG:4490', 'EPSG:4544', always_xy := true)) as area_m2,
    case when u(k, 'owner') < 0.2 then 'state' else 'collective' end as land_ownership_code, geometry
from drawn"""

# Doors of streets and houses, what people look for, street centre lines; in no order.
_MAP_FEATURES = """
with door as (
    select min(aid) as aid, county, town, street || street_number || '号' || estate as tail, any_value(code) as code,
        any_value(lon) as lon, any_value(lat) as lat
    from place where is_community group by county, town, street, street_number, estate
    union all select aid, county, town, tail, code, lon, lat from place where not is_community
),
feature as (
    select 1 as kind, aid as id, 'address' as feature_type_code, tail as name, null as category_code,
        '四川省遂宁市' || county || town || tail as address, code as division_code, 'POINT (' || round(lon, 7) || ' ' || round(lat, 7) || ')' as geometry
    from door
    union all
    select 2, oid, 'poi', name, case when kind in ('school', 'private_school') then 'school' when kind in ('hospital', 'private_hospital') then 'medical'
            when kind in ('government', 'institution', 'mass') then 'government' when industry_code[1] in ('F', 'H') then 'shop'
            when kind in ('company', 'branch') then 'company' else 'other' end,
        '四川省遂宁市' || county || town || tail, division_code, 'POINT (' || round(lon, 7) || ' ' || round(lat, 7) || ')'
    from organization where status_code = 'active' and name is not null and (kind <> 'sole_trader' or u(oid, 'on the map') < 0.02)
    union all
    select 3, min(b.estate_id), 'road', b.street, null, null, v.county_code || '000000', 'LINESTRING (' || round(min(b.lon) - 0.0015, 7) || ' '
        || round(min(b.lat), 7) || ', ' || round(max(b.lon) + 0.0015, 7) || ' ' || round(max(b.lat) + 0.0005, 7) || ')'
    from building b join village v using (vid) group by b.street, v.county_code, b.vid
)
select row_number() over (order by u(id * 4 + kind, 'map'), kind, id) as seq, 'F5109' || kind || lpad(id::varchar, 12, '0') as feature_code,
    * exclude (kind, id)
from feature where kind <> 1 or u(id, 'mapped') < 0.3"""
