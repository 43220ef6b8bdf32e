-- One row per address that can be placed: its own point; else the middle of the points of the finest place that it shares
-- with other addresses: building, door, estate, village group, street, village, town, county. An estate without its street is a
-- place only where no other street of the town has one of that name.
{% set levels = [
    ('building', ['town', 'street', 'door_number', 'building']),
    ('building', ['town', 'street', 'estate', 'building']),
    ('building', ['town', 'only_estate', 'building']),
    ('door', ['town', 'street', 'door_number']),
    ('estate', ['town', 'street', 'estate']),
    ('estate', ['town', 'only_estate']),
    ('village_group', ['town', 'village_name', 'village_group']),
    ('street', ['town', 'street']),
    ('village', ['village']),
    ('town', ['town']),
    ('county', ['county']),
] %}
with element as (
    select
        address_id, longitude, latitude, coordinate_source, coordinate_accuracy,
        cast(case coordinate_accuracy when 'door' then 10 when 'building' then 30 when 'site' then 100 end as double) as own_m,
        substr(division_code, 1, 6) as county,
        case when substr(division_code, 7, 3) <> '000' then substr(division_code, 1, 9) end as town,
        case when substr(division_code, 10) <> '000' then division_code end as village,
        village_name, village_group, street, door_number, estate, building
    from {{ ref('spatial.address') }}
),

address as (
    select
        *,
        case when min(street) over same_estate = max(street) over same_estate or max(street) over same_estate is null then estate end
            as only_estate
    from element
    window same_estate as (partition by town, estate)
),

place as (
{% for level, parts in levels %}
    select
        address_id, longitude, latitude, own_m, {{ loop.index }} as place_rank, '{{ level }}' as level,
        {{ parts | join(" || '|' || ") }} as place_key
    from address
    where {{ parts | join(' is not null and ') }} is not null
    {{ 'union all' if not loop.last }}
{% endfor %}
),

-- decimals: a sum of doubles hangs on the order of the rows
middle as (
    select
        place_rank, place_key, count(*) as point_count,
        round(avg(cast(longitude as decimal(10, 7))), 7) as longitude,
        round(avg(cast(latitude as decimal(10, 7))), 7) as latitude,
        sqrt(
            power(max(latitude) - min(latitude), 2)
            + power((max(longitude) - min(longitude)) * cos(radians(min(latitude))), 2)
        ) * {{ metres_per_degree() }} / 2 as radius_m,
        max(own_m) as own_m
    from place
    where longitude is not null
    group by place_rank, place_key
),

-- how far a known point is from the middle of the others of its place: so far off is a point that is derived from them. Several
-- addresses at one spot say nothing of a place, only of a building, which has one point.
spot as (
    select distinct
        place_rank, place_key, case when level = 'building' then address_id end as address_id,
        cast(longitude as decimal(10, 7)) as longitude, cast(latitude as decimal(10, 7)) as latitude
    from place
    where longitude is not null
),

others as (
    select
        *,
        count(*) over whole_place - 1 as other_count,
        sum(longitude) over whole_place - longitude as other_longitudes,
        sum(latitude) over whole_place - latitude as other_latitudes
    from spot
    window whole_place as (partition by place_rank, place_key)
),

off as (
    select
        place_rank as known_rank,
        quantile_cont(
            sqrt(
                power(latitude - other_latitudes / other_count, 2)
                + power((longitude - other_longitudes / other_count) * cos(radians(latitude)), 2)
            ) * {{ metres_per_degree() }},
            0.95
        ) as off_m
    from others
    where other_count > 0
    group by place_rank
),

-- a level of which no place has two points is taken for the next coarser one
level as (
    select place.place_rank, min(off.known_rank) as known_rank
    from (select distinct place_rank from place) as place
    join off on off.known_rank >= place.place_rank
    group by place.place_rank
),

derived as (
    select
        place.address_id, place.level, middle.longitude, middle.latitude, middle.point_count,
        greatest(middle.radius_m, off.off_m, middle.own_m) as off_m
    from place
    join middle on place.place_rank = middle.place_rank and place.place_key = middle.place_key
    left join level on place.place_rank = level.place_rank
    left join off on level.known_rank = off.known_rank
    where place.longitude is null
    qualify row_number() over (partition by place.address_id order by place.place_rank) = 1
)

select
    address_id, longitude, latitude, coordinate_accuracy,
    own_m as coordinate_accuracy_m,
    coordinate_source, cast(1 as bigint) as point_count
from address
where longitude is not null
union all
select
    address_id, longitude, latitude, level as coordinate_accuracy, round(off_m) as coordinate_accuracy_m,
    cast(null as varchar) as coordinate_source, point_count
from derived
