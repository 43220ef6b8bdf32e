-- One row per parcel that a real-estate unit stands on. Its area is known where the unit is the land itself; outlines
-- come with the parcel map, which is not delivered yet.
with unit as (select * from {{ ref('spatial.real_estate_unit') }}),

parcel as (
    select
        parcel_code,
        max(case when fixture_code = 'W' then area_m2 end) as area_m2,
        count(*) as unit_count,
        min(registered_date) as first_registered_date,
        min(record_id) as record_id
    from unit
    group by parcel_code
),

county as (
    select distinct division_code from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and level_code = 'county'
)

select
    parcel_code,
    county.division_code as county_division_code,
    substr(parcel_code, 7, 3) as cadastral_district,
    substr(parcel_code, 10, 3) as cadastral_subdistrict,
    substr(parcel_code, 13, 1) as ownership_code,
    substr(parcel_code, 14, 1) as use_code,
    area_m2,
    unit_count,
    first_registered_date,
    record_id
from parcel left join county on {{ division_code12('substr(parcel.parcel_code, 1, 6)') }} = county.division_code
