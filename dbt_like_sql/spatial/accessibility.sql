-- One row per county or town and kind of facility: how many people live within 500 m and 1 km of one, in a straight line. Of
-- the people whose address has the point of a door, a building or a site; of few people there is no row.
with home as (
    select address.address_id, address.division_code, address.x, address.y, address.east_km, address.north_km, resident.persons
    from {{ residents() }} as resident join {{ located_addresses() }} as address
        on resident.address_id = address.address_id
),

facility as (
    select facility_type_code, {{ metres('longitude', 'latitude') }} as place
    from {{ ref('spatial.facility') }}
    where facility_type_code in ('school', 'medical_institution', 'transit_stop') and longitude is not null and latitude is not null
),

step as (select -1 as d union all select 0 union all select 1),

-- whatever is within 1 km lies in the same kilometre or in one beside it
reach as (
    select
        facility.facility_type_code, ST_X(facility.place) as x, ST_Y(facility.place) as y,
        cast(floor(ST_X(facility.place) / 1000) as bigint) + east.d as east_km,
        cast(floor(ST_Y(facility.place) / 1000) as bigint) + north.d as north_km
    from facility cross join step as east cross join step as north
),

nearest as (
    select
        home.address_id, reach.facility_type_code,
        min(sqrt(power(home.x - reach.x, 2) + power(home.y - reach.y, 2))) as metres
    from home join reach on home.east_km = reach.east_km and home.north_km = reach.north_km
    group by home.address_id, reach.facility_type_code
),

kind as (select distinct facility_type_code from facility),

part as (
    select division_code, county_division_code as area_code from {{ ref('code.division') }}
    union all
    select division_code, town_division_code from {{ ref('code.division') }}
),

summed as (
    select
        part.area_code,
        kind.facility_type_code,
        cast(sum(home.persons) as bigint) as persons,
        cast(sum(case when nearest.metres <= 500 then home.persons else 0 end) as bigint) as persons_within_500m,
        cast(sum(case when nearest.metres <= 1000 then home.persons else 0 end) as bigint) as persons_within_1km
    from home
    cross join kind
    join part on home.division_code = part.division_code
    left join nearest on home.address_id = nearest.address_id and kind.facility_type_code = nearest.facility_type_code
    where part.area_code in (select division_code from {{ ref('code.division') }} where division_code is not null)
    group by part.area_code, kind.facility_type_code
)

select
    area_code as division_code,
    facility_type_code,
    persons,
    {{ not_of_few('persons_within_500m') }} as persons_within_500m,
    {{ not_of_few('persons_within_1km') }} as persons_within_1km
from summed
where persons >= 5
