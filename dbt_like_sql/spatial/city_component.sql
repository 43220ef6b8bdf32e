-- One row per city component (数字城管部件), with its class and point.
with reported as (
    select
        component_code, name, authority_name, status_code, surveyed_date, record_id, geometry,
        {{ crs('urban_management__city_components') }} as crs,
        {{ cgcs2000_shape(crs('urban_management__city_components'), 'geometry') }} as point
    from {{ ref('staged.urban_management__city_components') }}
    where component_code is not null
),

county as (
    select distinct division_code from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and level_code = 'county'
),

boundary as (select county6, outline from {{ county_outlines() }} as county)

select
    reported.component_code,
    county.division_code as county_division_code,
    substr(reported.component_code, 7, 2) as class_code,
    substr(reported.component_code, 9, 2) as subclass_code,
    reported.name,
    reported.authority_name,
    reported.status_code,
    reported.surveyed_date,
    ST_X(ST_GeomFromText(reported.point)) as longitude,
    ST_Y(ST_GeomFromText(reported.point)) as latitude,
    ST_Contains(boundary.outline, ST_GeomFromText(reported.point)) as is_in_county,
    reported.geometry as delivered_geometry,
    case when reported.geometry is not null then reported.crs end as delivered_crs,
    reported.record_id
from reported
left join county on {{ division_code12('substr(reported.component_code, 1, 6)') }} = county.division_code
left join boundary on substr(county.division_code, 1, 6) = boundary.county6
