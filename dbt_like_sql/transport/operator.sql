-- One row per transport operator: who holds a road transport licence or runs buses. Buses name their operator only by
-- its name: it is the organisation that alone bears it, or nobody in the base.
with licence as (
    select organization_id, holder_name as name, license_number, scope, status_code, valid_from, valid_to, license_id
    from {{ ref('legal_entity.license') }}
    where license_type = 'road_transport'
),

-- of several licences one in force before one that is not, then the one that ends last
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

bearer as (
    select name, min(organization_id) as organization_id
    from {{ ref('legal_entity.organization') }}
    where name is not null
    group by name
    having count(*) = 1
),

running as (
    select service.*, bearer.organization_id, coalesce(bearer.organization_id, service.name) as operator_key
    from service
    left join bearer on service.name = bearer.name
),

operator as (
    select
        coalesce(licensed.operator_key, running.operator_key) as operator_key,
        coalesce(licensed.organization_id, running.organization_id) as organization_id,
        coalesce(licensed.name, running.name) as name,
        running.name as service_name,
        licensed.license_number, licensed.scope, licensed.status_code, licensed.valid_from, licensed.valid_to,
        coalesce(running.bus_count, 0) as bus_count, coalesce(running.route_count, 0) as route_count
    from licensed
    full join running on licensed.operator_key = running.operator_key
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
