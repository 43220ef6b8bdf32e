-- One row per organisation, name and period: what it was registered as and when, and what else others call it.
with record as (
    {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
),

told as (
    select
        record.organization_id, record.name, record.told_name, record.valid_from, record.record_id, record.resource_id,
        record.name_authority as authority, record.survivorship_rank, organization.name as golden_name,
        record.role = 'registered_entity' or record.record_id = organization.name_from as is_registered,
        record.record_id = organization.name_from and record.name = organization.name as is_golden
    from record
    join {{ ref('legal_entity.organization') }} as organization
        on record.organization_id = organization.organization_id
    where record.name is not null
),

golden as (
    select organization_id, min(valid_from) as golden_from from told where is_golden group by organization_id
),

-- the history ends with the golden record: what a lesser register says later is no renaming
registered as (
    select told.*
    from told
    join golden on told.organization_id = golden.organization_id
    where told.is_registered
        and (told.name = told.golden_name or told.valid_from < golden.golden_from or told.valid_from is null)
),

history as (
    {{ periods_of('registered', 'name') }}
),

alias as (
    select
        told.organization_id, told.told_name as name, min(told.valid_from) as valid_from,
        max(told.valid_from) as last_reported_date,
        {{ most_authoritative('told.record_id') }} as record_id,
        {{ most_authoritative('told.resource_id') }} as resource_id
    from told
    left join history on told.organization_id = history.organization_id and told.told_name = history.name
    where history.organization_id is null
    group by told.organization_id, told.told_name
)

select
    organization_id, name, 'registered' as name_type, valid_from, valid_to, is_current, last_reported_date, record_id,
    resource_id
from history
union all
select
    organization_id, name, 'also_known' as name_type, valid_from, cast(null as date) as valid_to, false as is_current,
    last_reported_date, record_id, resource_id
from alias
