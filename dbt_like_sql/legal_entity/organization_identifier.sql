-- One row per organisation and number that any record reports for it: USCC, organisation code, registration number.
with record as (
    select organization_id, uscc, organization_code, registration_number, resource_id, valid_from
    from {{ ref('linked.organization_record') }}
    where organization_id is not null
),

reported as (
    select organization_id, 'uscc' as identifier_type, uscc as identifier, false as is_derived, resource_id, valid_from
    from record
    union all
    select organization_id, 'organization_code', organization_code, false, resource_id, valid_from
    from record
    union all
    select organization_id, 'organization_code', substr(uscc, 9, 9), true, resource_id, valid_from
    from record
    union all
    select organization_id, 'registration_number', registration_number, false, resource_id, valid_from
    from record
),

organization_number as (
    select
        organization_id,
        identifier_type,
        identifier,
        bool_and(is_derived) as is_derived,
        min(valid_from) as first_reported_date,
        max(valid_from) as last_reported_date,
        list_sort(list(distinct resource_id)) as resource_ids
    from reported
    where identifier is not null
    group by organization_id, identifier_type, identifier
)

select
    organization_number.organization_id,
    organization_number.identifier_type,
    organization_number.identifier,
    organization_number.is_derived,
    coalesce(organization_number.identifier = case organization_number.identifier_type
        when 'uscc' then organization.uscc
        when 'organization_code' then organization.organization_code
        else organization.registration_number
    end, false) as is_current,
    organization_number.first_reported_date,
    organization_number.last_reported_date,
    organization_number.resource_ids
from organization_number
join {{ ref('legal_entity.organization') }} as organization
    on organization_number.organization_id = organization.organization_id
