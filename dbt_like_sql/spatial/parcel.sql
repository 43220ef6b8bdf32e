-- One row per parcel that is on the parcel map or has a real-estate unit. The map has outline, use and area. Without
-- the map, the area is that of the unit if the unit is the land itself.
with unit as (select * from {{ ref('spatial.real_estate_unit') }}),

registered as (
    select
        parcel_code,
        max(case when fixture_code = 'W' then area_m2 end) as area_m2,
        count(*) as unit_count,
        min(registered_date) as first_registered_date,
        min(record_id) as record_id
    from unit
    group by parcel_code
),

drawn as (
    select
        parcel_code, land_use_code, area_m2, geometry, record_id,
        {{ crs('natural_resources__parcels') }} as crs, {{ trusted_crs('natural_resources__parcels') }} as trusted_crs
    from {{ ref('staged.natural_resources__parcels') }}
    where parcel_code is not null
),

parcel as (
    select
        coalesce(drawn.parcel_code, registered.parcel_code) as parcel_code,
        drawn.land_use_code,
        coalesce(drawn.area_m2, registered.area_m2) as area_m2,
        {{ cgcs2000_shape('drawn.trusted_crs', 'drawn.geometry') }} as geometry,
        drawn.geometry as delivered_geometry,
        case when drawn.geometry is not null then drawn.crs end as delivered_crs,
        -- the delivered coordinate system is in metres
        round(ST_Area(ST_GeomFromText(drawn.geometry)), 2) as drawn_area_m2,
        coalesce(registered.unit_count, 0) as unit_count,
        registered.first_registered_date,
        coalesce(drawn.record_id, registered.record_id) as record_id
    from drawn full join registered on drawn.parcel_code = registered.parcel_code
),

county as (
    select distinct division_code from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and level_code = 'county'
),

boundary as (select county6, outline from {{ county_outlines() }} as county)

select
    parcel.parcel_code,
    county.division_code as county_division_code,
    substr(parcel.parcel_code, 7, 3) as cadastral_district,
    substr(parcel.parcel_code, 10, 3) as cadastral_subdistrict,
    substr(parcel.parcel_code, 13, 1) as ownership_code,
    substr(parcel.parcel_code, 14, 1) as use_code,
    -- a parcel that is not on the map has no land use, unless its code says that it is a homestead
    coalesce(parcel.land_use_code, case when substr(parcel.parcel_code, 14, 1) = 'C' then '0702' end) as land_use_code,
    parcel.area_m2,
    parcel.drawn_area_m2,
    ST_Contains(boundary.outline, ST_Centroid(ST_GeomFromText(parcel.geometry))) as is_in_county,
    parcel.geometry,
    parcel.delivered_geometry,
    parcel.delivered_crs,
    parcel.unit_count,
    parcel.first_registered_date,
    parcel.record_id
from parcel
left join county on {{ division_code12('substr(parcel.parcel_code, 1, 6)') }} = county.division_code
left join boundary on substr(county.division_code, 1, 6) = boundary.county6
