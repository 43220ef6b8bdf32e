-- One row per organisation and number it is or was known by: USCC, organisation code, registration number.
with record as (
    select organization_id, uscc, organization_code, registration_number, resource_id, valid_from
    from {{ ref('linked.organization_record') }}
    where organization_id is not null
),

told as (
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

gathered as (
    select
        organization_id,
        identifier_type,
        identifier,
        bool_and(is_derived) as is_derived,
        min(valid_from) as first_told_date,
        max(valid_from) as last_reported_date,
        list_sort(list(distinct resource_id)) as resource_ids
    from told
    where identifier is not null
    group by organization_id, identifier_type, identifier
)

select
    gathered.organization_id,
    gathered.identifier_type,
    gathered.identifier,
    gathered.is_derived,
    coalesce(gathered.identifier = case gathered.identifier_type
        when 'uscc' then organization.uscc
        when 'organization_code' then organization.organization_code
        else organization.registration_number
    end, false) as is_current,
    gathered.first_told_date,
    gathered.last_reported_date,
    gathered.resource_ids
from gathered
join {{ ref('legal_entity.organization') }} as organization
    on gathered.organization_id = organization.organization_id
