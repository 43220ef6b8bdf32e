-- One row per current county and town: how many people, households, organisations and facilities it has, and the middle of
-- its addresses.
with area as (
    select division_code, name, level_code, county_division_code
    from {{ ref('code.division') }}
    where is_current and code_system_code = 'NBS' and level_code in ('county', 'town')
),

-- every division code with the county and the town that it counts for
part as (
    select division_code, county_division_code as area_code from {{ ref('code.division') }}
    union all
    select division_code, town_division_code from {{ ref('code.division') }}
),

counted as (
    select coalesce(address.division_code, person.registered_division_code) as division_code, 'resident' as what, count(*) as n
    from {{ ref('population.person') }} as person
    left join {{ ref('spatial.address') }} as address on person.residence_address_id = address.address_id
    where not person.is_deceased
    group by coalesce(address.division_code, person.registered_division_code)
    union all
    select registered_division_code, 'registered', count(*) from {{ ref('population.person') }}
    where not is_deceased and registered_division_code is not null
    group by registered_division_code
    union all
    select division_code, 'household', count(*) from {{ ref('population.household') }}
    where member_count > 0
    group by division_code
    union all
    select division_code, 'organization', count(*) from {{ ref('legal_entity.organization') }}
    where status_code = 'active'
    group by division_code
    union all
    select division_code, 'facility', count(*) from {{ ref('spatial.facility') }}
    group by division_code
),

summed as (
    select
        part.area_code,
        sum(case when what = 'registered' then n else 0 end) as registered_persons,
        sum(case when what = 'resident' then n else 0 end) as resident_persons,
        sum(case when what = 'household' then n else 0 end) as households,
        sum(case when what = 'organization' then n else 0 end) as organizations,
        sum(case when what = 'facility' then n else 0 end) as facilities
    from counted join part on counted.division_code = part.division_code
    group by part.area_code
),

middle as (
    select part.area_code, avg(address.longitude) as longitude, avg(address.latitude) as latitude
    from {{ ref('spatial.address') }} as address join part on address.division_code = part.division_code
    where address.coordinate_accuracy in ('door', 'building', 'site')
    group by part.area_code
    having count(*) >= 5  -- the middle of few would give away their points
)

select
    area.division_code,
    area.name,
    area.level_code,
    area.county_division_code,
    cast(coalesce(summed.registered_persons, 0) as bigint) as registered_persons,
    cast(coalesce(summed.resident_persons, 0) as bigint) as resident_persons,
    cast(coalesce(summed.households, 0) as bigint) as households,
    cast(coalesce(summed.organizations, 0) as bigint) as organizations,
    cast(coalesce(summed.facilities, 0) as bigint) as facilities,
    round(middle.longitude, 6) as longitude,
    round(middle.latitude, 6) as latitude
from area
left join summed on area.division_code = summed.area_code
left join middle on area.division_code = middle.area_code
