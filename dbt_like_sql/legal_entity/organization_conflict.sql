-- One row per contradiction: a value that did not survive against another one reported of the same organisation. Nothing is repaired
-- here; every row is a lead for the departments that reported the two values.
with record as not materialized (
    {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
),

disputed as (
    select distinct record.organization_id
    from record
    join {{ ref('legal_entity.organization') }} as organization on record.organization_id = organization.organization_id
    where {{ differs_from_golden('organization', 'record', 'organization') }}
),

won as (
    select
        record.organization_id,
        {{ won_values('organization') }}
    from record
    join disputed on record.organization_id = disputed.organization_id
    group by record.organization_id
),

differing as (
    select
        record.*, won.* exclude (organization_id), {{ name_core('name') }} as name_core,
        {{ name_core('won_name') }} as winning_name_core
    from record
    join won on record.organization_id = won.organization_id
),

lost as (
{{ lost_values('organization') }}
),

winner as (
    select record_id, min(resource_id) as resource_id, max(valid_from) as valid_from
    from record
    where record_id in (select winning_record_id from lost)
    group by record_id
),

-- what the same register reported before is history, and so is a name that was registered once
contradiction as (
    select lost.*, winner.resource_id as winning_resource_id
    from lost
    join winner on lost.winning_record_id = winner.record_id
    anti join {{ ref('legal_entity.organization_name') }} as registered
        on lost.organization_id = registered.organization_id and registered.name_type = 'registered'
        and case when lost.attribute = 'name' then lost.losing_value end = registered.name
    where lost.resource_id <> winner.resource_id or coalesce(lost.valid_from >= winner.valid_from, true)
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
