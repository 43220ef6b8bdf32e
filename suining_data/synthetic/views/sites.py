"""Deliveries of civil air defence and meteorology: shelters, weather stations with their daily observations.

Here: the rows as the department records them. Not here: writing style and errors (habits.py, corruption.py).
"""

from ..errors import ErrorRates
from .view import View, Views, organization_name_of, shuffled


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "civil_air_defence__shelters": View(_shelters(rates), dates="dotted", title="平战结合人防工程一览表"),
        "meteorology__daily_observations": View(_WEATHER, dates="iso"),
    }


def _shelters(rates: ErrorRates) -> str:
    """A basement under an estate, built by a developer of the city."""
    return f"""
    with estate as (
        select estate_id, min(building_id) as building_id, row_number() over (order by estate_id) - 1 as i from building
        where built_year >= 2000 group by estate_id
    ),
    developer as (
        select *, row_number() over (order by oid) - 1 as i from organization where kind = 'company' and industry_code in ('K7010', 'E4710')
    )
    select {shuffled("e.i", "shelter")} as seq, o.oid as organization_builder, 'RF' || v.county_code || lpad(e.i::varchar, 5, '0') as shelter_code,
        b.estate || '地下人防工程' as name, '四川省遂宁市' || v.county || v.town || b.street || b.street_number || '号' || b.estate as address,
        {organization_name_of("o", "o.oid", "builder", rates)} as builder_name, o.uscc as builder_uscc,
        (900 + 40 * pick(b.estate_id, 'shelter area', 160))::decimal(10, 2) as floor_area_m2,
        ['地下停车库', '地下停车库', '地下停车库', '地下商场', '仓储'][1 + pick(b.estate_id, 'shelter use', 5)] as peacetime_use,
        make_date(b.built_year::integer, 1 + pick(b.estate_id, 'month', 12), 1 + pick(b.estate_id, 'day', 28)) as completed_date,
        b.lon as longitude, b.lat as latitude
    from estate e join building b using (building_id) join village v on v.vid = b.vid
        join developer o on o.i = pick(e.i, 'developer', (select count(*) from developer))"""


# Five national stations at the county seats, 45 regional ones in towns; a summer of days, wet ones now and then.
_WEATHER = """
with seat as (select county_code, min(vid) as vid from village where is_community group by county_code),
place as (
    select vid, true as is_national from seat
    union all select vid, false from (select town, county_code, min(vid) as vid from village group by all order by vid limit 60)
        where vid not in (select vid from seat)
),
station as (
    select p.*, v.county_code, v.county, v.town, v.lon, v.lat, row_number() over (order by is_national desc, vid) as k
    from place p join village v using (vid) qualify k <= 50
),
day as (select date '2019-06-01' + d::integer as on_day, d from range(92) as t(d)),
observed as (
    select s.*, d.on_day, d.d, s.k * 1000 + d.d as key, 24.5 + 4.5 * sin(pi() * d.d / 92) + 3 * (u(d.d, 'weather') - 0.5) + (u(s.k, 'station') - 0.5)
            as mean, u(d.d, 'rainy') < 0.38 and u(s.k * 1000 + d.d, 'rain') < 0.8 as is_wet
    from station s, day d
)
select key as seq, on_day as day, case when is_national then '574' || lpad(k::varchar, 2, '0') else 'S5' || lpad((1000 + k)::varchar, 4, '0') end
        as station_code,
    case when is_national then county || '国家气象观测站' else town || '区域气象站' end as station_name,
    case when is_national then '国家站' else '区域站' end as station_kind, county_code as division_code, lon as longitude, lat as latitude,
    (270 + pick(k, 'altitude', 220))::varchar as altitude_m, on_day as observed_date, mean::decimal(4, 1)::varchar as mean_temperature,
    (mean + 3 + 3 * u(key, 'hot'))::decimal(4, 1)::varchar as maximum_temperature,
    (mean - 3 - 2 * u(key, 'cool'))::decimal(4, 1)::varchar as minimum_temperature,
    (case when is_wet then 60 * u(key, 'much') ** 3 else 0 end)::decimal(5, 1)::varchar as precipitation_mm,
    (case when is_wet then 82 + pick(key, 'humid', 14) else 62 + pick(key, 'humid', 18) end)::varchar as relative_humidity
from observed"""
