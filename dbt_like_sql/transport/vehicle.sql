-- One row per bus in service: its route and its operator.
with bus as (
    select plate_number, route_code, operator_name, record_id
    from {{ ref('staged.transport__transit') }}
    where record_type_code = 'vehicle' and plate_number is not null
    qualify row_number() over (partition by plate_number order by record_id) = 1
)

select
    bus.plate_number,
    route.route_id,
    operator.operator_id,
    bus.record_id,
    'transport__transit' as resource_id
from bus
left join {{ ref('transport.route') }} as route on bus.route_code = route.route_code
left join {{ ref('transport.operator') }} as operator on bus.operator_name = operator.service_name
