-- One row per bus route: its numbers of stops and buses, and its operator.
with route as (
    select
        route_code,
        count(distinct stop_sequence) filter (where record_type_code = 'stop') as stop_count,
        count(distinct plate_number) filter (where record_type_code = 'vehicle') as bus_count,
        count(distinct operator_name) as operator_count,
        min(operator_name) as operator_name,
        min(record_id) as record_id
    from {{ ref('staged.transport__transit') }}
    where route_code is not null
    group by route_code
)

select
    {{ opaque_id('B', 'route.route_code') }} as route_id,
    route.route_code,
    case when route.operator_count = 1 then operator.operator_id end as operator_id,
    route.operator_count,
    route.stop_count,
    route.bus_count,
    route.record_id,
    'transport__transit' as resource_id
from route
left join {{ ref('transport.operator') }} as operator on route.operator_name = operator.service_name
