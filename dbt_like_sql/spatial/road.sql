-- One row per section of a road: highways of the transport bureau with grade and stakes, streets of the map with their
-- names. No source reports which street a highway follows, so all rows of both are kept.
with reported as (
    select
        coalesce('R' || route_code || start_stake, cast(record_id as varchar)) as road_key, route_code,
        route_name as name, road_grade_code, start_stake, end_stake, {{ cgcs2000_shape(crs('transport__roads'), 'geometry') }} as geometry,
        'transport__roads' as resource_id, record_id
    from {{ ref('staged.transport__roads') }}
    union all
    select
        coalesce(feature_code, cast(record_id as varchar)), null, name, null, null, null,
        {{ cgcs2000_shape(crs('sichuan_surveying__map_features'), 'geometry') }},
        'sichuan_surveying__map_features', record_id
    from {{ ref('staged.sichuan_surveying__map_features') }}
    where feature_type_code = 'road'
)

select
    {{ opaque_id('R', 'resource_id || road_key') }} as road_id,
    route_code,
    name,
    road_grade_code,
    start_stake,
    end_stake,
    {{ metres_of_line('geometry') }} as length_m,
    geometry,
    resource_id,
    record_id
from reported
