-- One row per square kilometre in which something is known to be: how many people, households, organisations and facilities.
-- Only what has the point of a door, a building or a site is counted; a count of few people is left out.
{% set box = var('city').degrees %}
with located as (select * from {{ located_addresses() }} as address),

facility as (
    select {{ metres('longitude', 'latitude') }} as place
    from {{ ref('spatial.facility') }}
    where longitude is not null and latitude is not null
),

counted as (
    select located.east_km, located.north_km, 'resident' as what, sum(resident.persons) as n
    from {{ residents() }} as resident join located on resident.address_id = located.address_id
    group by located.east_km, located.north_km
    union all
    select located.east_km, located.north_km, 'household', count(*)
    from {{ ref('population.household') }} as household join located on household.address_id = located.address_id
    where household.member_count > 0
    group by located.east_km, located.north_km
    union all
    select located.east_km, located.north_km, 'organization', count(*)
    from {{ ref('legal_entity.organization') }} as organization join located on organization.address_id = located.address_id
    where organization.status_code = 'active'
    group by located.east_km, located.north_km
    union all
    select cast(floor(ST_X(place) / 1000) as bigint), cast(floor(ST_Y(place) / 1000) as bigint), 'facility', count(*)
    from facility
    group by cast(floor(ST_X(place) / 1000) as bigint), cast(floor(ST_Y(place) / 1000) as bigint)
),

cell as (
    select
        east_km, north_km,
        cast(sum(case when what = 'resident' then n else 0 end) as bigint) as resident_persons,
        cast(sum(case when what = 'household' then n else 0 end) as bigint) as households,
        cast(sum(case when what = 'organization' then n else 0 end) as bigint) as organizations,
        cast(sum(case when what = 'facility' then n else 0 end) as bigint) as facilities
    from counted
    group by east_km, north_km
)

select
    'E' || east_km || 'N' || north_km as cell_id,
    {{ not_of_few('resident_persons') }} as resident_persons,
    {{ not_of_few('households') }} as households,
    organizations,
    facilities,
    -- a cell on the edge of the city's box ends there, as every shape does
    ST_AsText(ST_Intersection(
        ST_Transform(
            ST_MakeEnvelope(east_km * 1000, north_km * 1000, east_km * 1000 + 1000, north_km * 1000 + 1000),
            '{{ var('city').planes[0].crs }}', 'EPSG:4490', always_xy := true
        ),
        ST_MakeEnvelope({{ box.west }}, {{ box.south }}, {{ box.east }}, {{ box.north }})
    )) as geometry
from cell
