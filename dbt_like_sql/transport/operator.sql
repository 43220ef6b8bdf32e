-- One row per transport operator: every holder of a road transport licence and every operator of buses. Buses have only
-- the name of their operator: it is linked to an organisation if exactly one has that name.
with licence as (
    select organization_id, holder_name as name, license_number, scope, status_code, valid_from, valid_to, license_id
    from {{ ref('legal_entity.license') }}
    where license_type = 'road_transport'
),

-- of several licences: a valid one first, then the one that ends last
licensed as (
    select *, coalesce(organization_id, name, license_id) as operator_key
    from licence
    qualify row_number() over (
        partition by coalesce(organization_id, name, license_id)
        order by coalesce(status_code, '') = 'valid' desc, valid_to desc nulls last, license_id
    ) = 1
),

service as (
    select
        operator_name as name, count(distinct plate_number) as bus_count, count(distinct route_code) as route_count
    from {{ ref('staged.transport__transit') }}
    where operator_name is not null
    group by operator_name
),

named_organization as (
    select name, min(organization_id) as organization_id
    from {{ ref('legal_entity.organization') }}
    where name is not null
    group by name
    having count(*) = 1
),

bus_operator as (
    select service.*, named_organization.organization_id,
        coalesce(named_organization.organization_id, service.name) as operator_key
    from service
    left join named_organization on service.name = named_organization.name
),

operator as (
    select
        coalesce(licensed.operator_key, bus_operator.operator_key) as operator_key,
        coalesce(licensed.organization_id, bus_operator.organization_id) as organization_id,
        coalesce(licensed.name, bus_operator.name) as name,
        bus_operator.name as service_name,
        licensed.license_number, licensed.scope, licensed.status_code, licensed.valid_from, licensed.valid_to,
        coalesce(bus_operator.bus_count, 0) as bus_count, coalesce(bus_operator.route_count, 0) as route_count
    from licensed
    full join bus_operator on licensed.operator_key = bus_operator.operator_key
)

select
    {{ opaque_id('T', 'operator_key') }} as operator_id,
    organization_id,
    name,
    service_name,
    license_number,
    scope,
    status_code as license_status_code,
    valid_from,
    valid_to,
    bus_count,
    route_count
from operator
