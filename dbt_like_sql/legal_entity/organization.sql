-- One row per legal entity: for each attribute the value of the most authoritative record without a doubt, and the record
-- it came from.
with weighed_record as (
    {{ weighed('organization', ref('linked.organization_record'), ref('legal_entity.organization_doubt')) }}
),

record as (
    {{ named_in_full('weighed_record', ref('legal_entity.short_name')) }}
),

golden as (
    select
        organization_id,
        {{ golden_values('organization') }},
        count(*) as record_count,
        count(distinct resource_id) as resource_count,
        min(valid_from) as first_valid_from,
        max(valid_from) as last_valid_from
    from record
    group by organization_id
),

-- The person who represents it: the row that reports the golden name was linked to that person. A row whose name cannot
-- be read is used if no other row was linked.
representative as (
    select
        record.organization_id, record.representative_name_authority, record.survivorship_rank,
        case
            when record.representative_name = golden.representative_name
                or ({{ is_noted('record.representative_name') }} and starts_with(record.representative_name, golden.representative_name))
                then person.person_id
        end as named_id,
        case when record.representative_name is null then person.person_id end as unnamed_id
    from {{ ref('linked.organization_record') }} as record
    join {{ ref('linked.person_record') }} as person
        on record.record_id = person.record_id and person.role = 'legal_representative'
    join golden on record.organization_id = golden.organization_id
    where record.role = 'registered_entity' and person.person_id is not null
),

representative_person as (
    select
        organization_id,
        coalesce(
            {{ golden('named_id', authority='representative_name') }},
            {{ golden('unnamed_id', authority='representative_name') }}
        ) as person_id
    from representative
    group by organization_id
),

division as (select distinct division_code from {{ ref('spatial.division') }})

select
    golden.organization_id,
    {{ golden_columns('organization', without=['organization_code', 'address_id', 'division_code']) }},
    coalesce(golden.organization_code, substr(golden.uscc, 9, 9)) as organization_code,
    representative_person.person_id as representative_person_id,
    address.address_id,
    coalesce(
        division.division_code, {{ division_of_today('renumbered', 'address.division_code') }}, address.division_code
    ) as division_code,
    golden.record_count,
    golden.resource_count,
    golden.first_valid_from,
    golden.last_valid_from
from golden
left join representative_person on golden.organization_id = representative_person.organization_id
left join {{ ref('spatial.address') }} as address on golden.address_id = address.address_id
left join division on golden.division_code = division.division_code
left join {{ ref('spatial.renumbered_division') }} as renumbered on golden.division_code = renumbered.former_code
