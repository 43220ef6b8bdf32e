-- One row per organisation, attribute and period, where records of the best authority reported different values over
-- time; the names are the registered ones (see organization_name). Where the golden value is the only one there is no row.
with reported_end as (
    select organization_id, 'status_code' as attribute, closed_date as reported_to
    from {{ ref('legal_entity.organization') }}
    where closed_date is not null
),

former as (
    {{ former_values('organization', [
        'address_id', 'division_code', 'representative_name', 'registered_capital_cny', 'status_code', 'tax_status_code',
        'organization_type_code', 'registration_type_code', 'industry_code', 'business_scope', 'employee_count'
    ], ref('linked.organization_record'), ref('legal_entity.organization_doubt'), ref('legal_entity.organization'), 'reported_end') }}
),

registered_name as (
    select *, count(valid_to) over (partition by organization_id) as ended_periods
    from {{ ref('legal_entity.organization_name') }}
    where name_type = 'registered' and (is_current or (valid_to is not null and coalesce(valid_from < valid_to, true)))
)

select organization_id, attribute, value, valid_from, valid_to, valid_to_kind, record_id, resource_id
from former
union all
select
    organization_id, 'name' as attribute, name as value, valid_from, valid_to,
    case when valid_to is not null then 'derived' end as valid_to_kind, record_id, resource_id
from registered_name
where ended_periods > 0
