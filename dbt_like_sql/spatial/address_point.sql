-- One row per address that can be placed: its own point; else the middle of the points of the finest place that it shares
-- with other addresses: building, door, estate, village group, street, village, town, county.
{% set levels = [
    ('building', ['town', 'street', 'door_number', 'building']),
    ('building', ['town', 'estate', 'building']),
    ('door', ['town', 'street', 'door_number']),
    ('estate', ['town', 'estate']),
    ('village_group', ['town', 'village_name', 'village_group']),
    ('street', ['town', 'street']),
    ('village', ['village']),
    ('town', ['town']),
    ('county', ['county']),
] %}
with address as (
    select
        address_id, longitude, latitude, coordinate_source, coordinate_accuracy,
        cast(case coordinate_accuracy when 'door' then 10 when 'building' then 30 when 'site' then 100 end as double) as own_m,
        substr(division_code, 1, 6) as county,
        case when substr(division_code, 7, 3) <> '000' then substr(division_code, 1, 9) end as town,
        case when substr(division_code, 10) <> '000' then division_code end as village,
        village_name, village_group, street, door_number, estate, building
    from {{ ref('spatial.address') }}
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

-- decimals: a sum of doubles hangs on the order of the rows. The radius is half the diagonal of the box of the points.
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

-- of one point, or of several at one spot, nothing follows for another address: no radius is less than the usual one of such places
usual as (
    select place_rank, median(radius_m) as radius_m from middle where radius_m > 0 group by place_rank
),

derived as (
    select
        place.address_id, place.level, middle.longitude, middle.latitude, middle.point_count,
        greatest(middle.radius_m, usual.radius_m, middle.own_m) as radius_m
    from place
    join middle on place.place_rank = middle.place_rank and place.place_key = middle.place_key
    left join usual on place.place_rank = usual.place_rank
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
    address_id, longitude, latitude, level as coordinate_accuracy, round(radius_m) as coordinate_accuracy_m,
    cast(null as varchar) as coordinate_source, point_count
from derived
