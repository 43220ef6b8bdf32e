-- One row per stop of a bus route, in the order of travel, with its point.
with stop as (
    select route_code, stop_sequence, stop_code, stop_name, record_id
    from {{ ref('staged.transport__transit') }}
    where record_type_code = 'stop' and route_code is not null and stop_sequence is not null
    qualify row_number() over (partition by route_code, stop_sequence order by record_id) = 1
),

facility as (
    select facility_id, local_code, longitude, latitude
    from {{ ref('spatial.facility') }}
    where facility_type_code = 'transit_stop'
)

select
    route.route_id,
    stop.stop_sequence,
    facility.facility_id,
    stop.stop_code,
    stop.stop_name,
    facility.longitude,
    facility.latitude,
    stop.record_id,
    'transport__transit' as resource_id
from stop
join {{ ref('transport.route') }} as route on stop.route_code = route.route_code
left join facility on stop.stop_code = facility.local_code
