-- One row per organisation, name and period: its registered names with their periods, and the other names in use.
with record as (
    {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
),

reported as (
    select
        record.organization_id, record.name, record.reported_name, record.valid_from, record.record_id,
        record.resource_id, record.name_authority as authority, record.survivorship_rank,
        organization.name as golden_name, record.role = 'registered_entity' or record.record_id = organization.name_from as is_registered,
        record.record_id = organization.name_from and record.name = organization.name as is_golden
    from record
    join {{ ref('legal_entity.organization') }} as organization
        on record.organization_id = organization.organization_id
    where record.name is not null
),

golden as (
    select organization_id, min(valid_from) as golden_from from reported where is_golden group by organization_id
),

-- the history ends with the golden record: a later name in a less authoritative register is not a renaming
registered as (
    select reported.*
    from reported
    join golden on reported.organization_id = golden.organization_id
    where reported.is_registered
        and (
            reported.name = reported.golden_name
            or reported.valid_from < golden.golden_from or reported.valid_from is null
        )
),

history as (
    {{ periods_of('registered', 'name') }}
),

alias as (
    select
        reported.organization_id, reported.reported_name as name, min(reported.valid_from) as valid_from,
        max(reported.valid_from) as last_reported_date,
        {{ most_authoritative('reported.record_id') }} as record_id,
        {{ most_authoritative('reported.resource_id') }} as resource_id
    from reported
    left join history on reported.organization_id = history.organization_id and reported.reported_name = history.name
    where history.organization_id is null
    group by reported.organization_id, reported.reported_name
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
