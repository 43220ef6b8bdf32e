-- One row per address: its text, the elements of the text, its division and its point. How the text is
-- taken apart is in macros/address_parsing.sql.
with written as (
    select address_id, address, count(*) as records, max(division_code) as hint_code
    from {{ ref('linked.address_record') }}
    where address_id is not null
    group by address_id, address
),

current_county as (
    select distinct name from {{ ref('spatial.division') }} where level_code = 'county' and is_current
),

-- Of the texts of one place the best is shown: one that begins with its county of today, in digits and with 组; then the
-- one that most records have.
reported as (
    select
        address_id, max(hint_code) as hint_code,
        arg_min(
            address,
            {
                'flaws': case when name is null then 2 else 0 end + case when {{ is_variant_address('address') }} then 1 else 0 end,
                'fewer': -records, 'address': address
            }
        ) as address
    from written
    left join current_county on starts_with(address, name)
    group by address_id
),

{{ parsed_addresses('reported', ref('spatial.division'), ref('reference.' ~ var('city').tables.former_villages)) }},

-- the best point of an address: a door plate, else a building, else a site; then the fixed order of the records
located as (
    select
        address_id, resource_id, record_id,
        case role when 'standard_address' then 'door' when 'building' then 'building' else 'site' end as accuracy,
        {{ cgcs2000('crs', 'longitude', 'latitude') }} as point
    from {{ ref('linked.address_record') }}
    where
        longitude is not null and latitude is not null and address_id is not null
        and resource_id not in (select resource_id from {{ ref('spatial.misdeclared_system') }})
),

-- points outside the city are ranked last, not filtered: a filter would convert every point again
ranked as (
    select
        address_id, point.longitude, point.latitude, resource_id, accuracy,
        {{ in_city_box('point.longitude', 'point.latitude') }} as is_inside, record_id
    from located
),

point as (
    select
        address_id, is_inside, longitude, latitude, resource_id as coordinate_source, accuracy as coordinate_accuracy
    from ranked
    qualify row_number() over (
        partition by address_id
        order by is_inside desc nulls last,
            case accuracy when 'door' then 1 when 'building' then 2 else 3 end, record_id
    ) = 1
)

select
    parsed.address_id,
    reported.address,
    county_name,
    area_name,
    town_name,
    village_name,
    village_group,
    street,
    door_number,
    estate,
    building,
    unit,
    floor,
    room,
    remainder,
    division_code,
    parse_level,
    parse_confidence,
    case when is_inside then longitude end as longitude,
    case when is_inside then latitude end as latitude,
    case when is_inside then coordinate_source end as coordinate_source,
    case when is_inside then coordinate_accuracy end as coordinate_accuracy
from parsed
join reported on parsed.address_id = reported.address_id
left join point on parsed.address_id = point.address_id
