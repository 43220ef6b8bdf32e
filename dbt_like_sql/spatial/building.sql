-- One row per building (自然幢), with its address and its point.
with delivered as (
    select building_code, estate_name, floor_count, completed_year, record_id
    from {{ ref('staged.housing__buildings') }}
    where building_code is not null  -- a row without a readable code is quarantined until it is delivered again
),

located as (
    select record_id, min(address_id) as address_id, any_value({{ cgcs2000(trusted_crs('housing__buildings'), 'longitude', 'latitude') }}) as point
    from {{ ref('linked.address_record') }}
    where role = 'building'
    group by record_id
),

parcel as (select parcel_code from {{ ref('spatial.parcel') }}),

ranked as (
    select *, row_number() over (partition by building_code order by record_id) as rank_in_building from delivered
)

select
    ranked.building_code,
    ranked.estate_name,
    parcel.parcel_code,
    address.address_id,
    address.division_code,
    ranked.floor_count,
    ranked.completed_year,
    case when {{ in_city_box('point.longitude', 'point.latitude') }} then point.longitude end as longitude,
    case when {{ in_city_box('point.longitude', 'point.latitude') }} then point.latitude end as latitude,
    ranked.record_id
from ranked
left join located on ranked.record_id = located.record_id
left join {{ ref('spatial.address') }} as address on located.address_id = address.address_id
left join parcel on substr(ranked.building_code, 1, 19) = parcel.parcel_code
where ranked.rank_in_building = 1
