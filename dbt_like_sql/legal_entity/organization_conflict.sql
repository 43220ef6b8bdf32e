-- One row per contradiction: a value that lost against another one told of the same organisation. Nothing is repaired
-- here; every row is a lead for the departments that told the two sides.
with record as not materialized (
    {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
),

disputed as (
    select distinct record.organization_id
    from record
    join {{ ref('legal_entity.organization') }} as organization on record.organization_id = organization.organization_id
    where record.name <> organization.name
        or record.organization_type_code <> organization.organization_type_code
        or record.status_code <> organization.status_code
        or record.registered_capital_cny <> organization.registered_capital_cny
        or record.established_date <> organization.established_date
        or record.closed_date <> organization.closed_date
        or record.representative_name <> organization.representative_name
),

golden as (
    select
        record.organization_id,
        {{ golden('name') }} as won_name,
        {{ golden('organization_type_code') }} as won_organization_type_code,
        {{ golden('status_code') }} as won_status_code,
        {{ golden('registered_capital_cny') }} as won_registered_capital_cny,
        {{ golden('established_date') }} as won_established_date,
        {{ golden('closed_date') }} as won_closed_date,
        {{ golden('representative_name') }} as won_representative_name,
        {{ golden_source('name') }} as name_from,
        {{ golden_source('organization_type_code') }} as organization_type_code_from,
        {{ golden_source('status_code') }} as status_code_from,
        {{ golden_source('registered_capital_cny') }} as registered_capital_cny_from,
        {{ golden_source('established_date') }} as established_date_from,
        {{ golden_source('closed_date') }} as closed_date_from,
        {{ golden_source('representative_name') }} as representative_name_from
    from record
    join disputed on record.organization_id = disputed.organization_id
    group by record.organization_id
),

differing as (
    select record.*, golden.* exclude (organization_id)
    from record
    join golden on record.organization_id = golden.organization_id
),

lost as (
    {{ lost_value('name') }} and {{ name_core('name') }} <> {{ name_core('won_name') }}
    union all
    {{ lost_value('organization_type_code') }}
    union all
    {{ lost_value('status_code') }}
    union all
    {{ lost_value('registered_capital_cny') }}
    union all
    {{ lost_value('established_date') }}
    union all
    {{ lost_value('closed_date') }}
    union all
    {{ lost_value('representative_name') }}
),

winner as (
    select record_id, min(resource_id) as resource_id, max(valid_from) as valid_from
    from record
    where record_id in (select winning_record_id from lost)
    group by record_id
),

-- what the same register told before is history, and so is a name that was registered once
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
