-- One row per reservoir, river section or intake. An intake has its water permit and the holder of the permit.
with reported as (
    select
        feature_code, feature_type_code, name, basin_name, license_number, valid_until, record_id,
        cast(capacity_10k_m3 * 10000 as double) as capacity_m3,
        cast(annual_intake_10k_m3 * 10000 as double) as annual_intake_m3,
        {{ cgcs2000_shape(crs('water_resources__waters_and_permits'), 'geometry') }} as point
    from {{ ref('staged.water_resources__waters_and_permits') }}
    where feature_code is not null
),

holder as (
    select record_id, min(organization_id) as organization_id
    from {{ ref('linked.organization_record') }}
    where role = 'water_user'
    group by record_id
)

select
    reported.feature_code,
    reported.feature_type_code,
    reported.name,
    reported.basin_name,
    reported.capacity_m3,
    reported.license_number,
    base.organization_id,
    reported.annual_intake_m3,
    reported.valid_until,
    ST_X(ST_GeomFromText(reported.point)) as longitude,
    ST_Y(ST_GeomFromText(reported.point)) as latitude,
    ST_Contains(city.outline, ST_GeomFromText(reported.point)) as is_in_city,
    reported.record_id
from reported
left join holder on reported.record_id = holder.record_id
left join {{ ref('legal_entity.organization') }} as base on holder.organization_id = base.organization_id
cross join {{ city_outline() }} as city
