-- One row per contradiction: two sources report different values of the same organisation, and one value survived.
-- Nothing is repaired here: every row is a lead for the departments that reported the two values.
with weighed_record as not materialized (
    {{ weighed('organization', ref('linked.organization_record'), ref('legal_entity.organization_doubt')) }}
),

record as not materialized (
    {{ named_in_full('weighed_record', ref('legal_entity.short_name')) }}
),

disputed as (
    select distinct record.organization_id
    from record
    join {{ ref('legal_entity.organization') }} as organization on record.organization_id = organization.organization_id
    where {{ differs_from_golden('organization', 'record', 'organization') }}
),

winning as (
    select
        record.organization_id,
        {{ winning_values('organization') }}
    from record
    join disputed on record.organization_id = disputed.organization_id
    group by record.organization_id
),

differing as (
    select
        record.*, winning.* exclude (organization_id), {{ name_core('name') }} as name_core,
        {{ name_core('winning_name') }} as winning_name_core
    from record
    join winning on record.organization_id = winning.organization_id
),

losing as (
{{ losing_values('organization') }}
),

winning_record as (
    select record_id, min(resource_id) as resource_id, max(valid_from) as valid_from
    from record
    where record_id in (select winning_record_id from losing)
    group by record_id
),

-- an earlier value of the same register is history, not a contradiction; so is a name that was registered before
contradiction as (
    select losing.*, winning_record.resource_id as winning_resource_id
    from losing
    join winning_record on losing.winning_record_id = winning_record.record_id
    anti join {{ ref('legal_entity.organization_name') }} as registered
        on losing.organization_id = registered.organization_id and registered.name_type = 'registered'
        and case when losing.attribute = 'name' then losing.losing_value end = registered.name
    where losing.resource_id <> winning_record.resource_id
        or coalesce(losing.valid_from >= winning_record.valid_from, true)
)

select
    {{ opaque_id('C', "concat_ws('|', organization_id, attribute, losing_value, winning_record_id)") }} as conflict_id,
    'different_value' as kind,
    organization_id,
    attribute,
    winning_value,
    winning_record_id,
    winning_resource_id,
    losing_value,
    {{ most_authoritative('record_id') }} as losing_record_id,
    {{ most_authoritative('resource_id') }} as losing_resource_id
from contradiction
group by organization_id, attribute, winning_value, winning_record_id, winning_resource_id, losing_value
