-- One row per section of a road: highways of the transport bureau with grade and stakes, streets of the map with their
-- names. No source reports which street a highway follows, so all rows of both are kept.
with reported as (
    select
        coalesce('R' || route_code || start_stake, cast(record_id as varchar)) as road_key, route_code,
        route_name as name, road_grade_code, start_stake, end_stake, {{ cgcs2000_shape(crs('transport__roads'), 'geometry') }} as geometry,
        'transport__roads' as resource_id, record_id, cast(null as varchar) as division_code
    from {{ ref('staged.transport__roads') }}
    union all
    select
        coalesce(feature_code, cast(record_id as varchar)), null, name, null, null, null,
        {{ cgcs2000_shape(trusted_crs('sichuan_surveying__map_features'), 'geometry') }},
        'sichuan_surveying__map_features', record_id, division_code
    from {{ ref('staged.sichuan_surveying__map_features') }}
    where feature_type_code = 'road'
),

division as (
    select division_code, max(coalesce(today_division_code, division_code)) as today_code
    from {{ ref('spatial.division') }}
    where code_system_code = 'NBS'
    group by division_code
),

boundary as (select county6, outline from {{ county_outlines() }} as county)

select
    {{ opaque_id('R', 'resource_id || road_key') }} as road_id,
    route_code,
    name,
    road_grade_code,
    start_stake,
    end_stake,
    {{ metres_of_line('geometry') }} as length_m,
    division.today_code as division_code,
    ST_Contains(boundary.outline, ST_Centroid(ST_GeomFromText(reported.geometry))) as is_in_county,
    ST_Contains(city.outline, ST_Centroid(ST_GeomFromText(reported.geometry))) as is_in_city,
    geometry,
    resource_id,
    record_id
from reported
left join division on reported.division_code = division.division_code
left join boundary on substr(division.today_code, 1, 6) = boundary.county6
cross join {{ city_outline() }} as city
