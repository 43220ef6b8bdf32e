-- One row per person: for each attribute the value of the most authoritative record without a doubt, and the record it
-- came from.
with address as (select address_id, division_code from {{ ref('spatial.address') }}),

division as (select distinct division_code from {{ ref('spatial.division') }}),

employer as (select organization_id from {{ ref('legal_entity.organization') }}),

-- A person moved out and no later record has a household here: the household and address reported before are outdated.
leaving_record as (
    select record_id, batch_id, change_code, change_date
    from {{ ref('staged.public_security__household_changes') }}
    where change_code in ('moved_out', 'emigrated', 'enlisted', 'died', 'cancelled')
),

move as (
    select person_id, max(change_date) as moved_date, arg_max(record_id, (change_date, record_id)) as record_id
    from leaving_record
    join {{ ref('linked.person_record') }} using (record_id)
    where change_code in ('moved_out', 'emigrated') and person_id is not null
    group by person_id
),

-- People with a later record of a registration here. A row without a date is later than the rows above it in the same
-- file.
staying as (
    select move.person_id
    from move
    join {{ ref('linked.person_record') }} as record on move.person_id = record.person_id
    anti join leaving_record on record.record_id = leaving_record.record_id
    where coalesce(record.registered_address, record.registered_division_code, record.household_number) is not null
        and coalesce(
            record.valid_from >= move.moved_date,
            record.record_id > move.record_id and {{ is_same_batch('record.record_id', 'move.record_id') }}
        )
),

departed as (
    select move.person_id, move.moved_date
    from move
    anti join staying on move.person_id = staying.person_id
),

record as (
    {{ weighed('person', ref('linked.person_record'), ref('population.person_doubt')) }}
),

golden as (
    select
        person_id,
        min(resident_id) as resident_id,
        bool_and(is_resident_id_derived) filter (where resident_id is not null) as is_resident_id_derived,
        {{ golden_values('person') }},
        {{ golden_rank('marital_status_code') }} as marital_status_code_rank,
        count(*) as record_count,
        {{ resource_count() }} as resource_count,
        min(valid_from) as first_valid_from,
        max(valid_from) as last_valid_from
    from record
    join {{ resource_bits(ref('linked.person_record')) }} as resource using (resource_id)
    group by person_id
),

-- The relation to the head, if the surviving row lacks it: from another row of the same household. If no row has a
-- household number, from a row without one.
without_relation as (
    select person_id, household_number as golden_household_number from golden where head_relation_code is null
),

relation as (
    select person_id, {{ golden('head_relation_code', authority='household_number') }} as head_relation_code
    from {{ ref('linked.person_record') }}
    join without_relation using (person_id)
    where household_number is not distinct from golden_household_number
    group by person_id
),

widowed as (
    select golden.person_id, bereavement.marital_status_code, bereavement.record_id
    from golden
    join {{ ref('population.bereavement') }} as bereavement on golden.person_id = bereavement.person_id
    where {{ survivorship_rank('bereavement.authority', 'bereavement.survivorship_rank') }} < golden.marital_status_code_rank
)

select
    golden.person_id,
    golden.resident_id,
    golden.is_resident_id_derived,
    {{ golden_columns('person', without=[
        'marital_status_code', 'marital_status_code_from', 'registered_address_id', 'registered_division_code',
        'residence_address_id', 'household_number', 'head_relation_code', 'employer_organization_id'
    ]) }},
    golden.death_date is not null as is_deceased,
    coalesce(widowed.marital_status_code, golden.marital_status_code) as marital_status_code,
    coalesce(widowed.record_id, golden.marital_status_code_from) as marital_status_code_from,
    departed.moved_date as moved_out_date,
    case when departed.moved_date is null then registered.address_id end as registered_address_id,
    case when departed.moved_date is null then coalesce(
        division.division_code, {{ division_of_today('renumbered', 'registered.division_code') }}, registered.division_code
    ) end as registered_division_code,
    residence.address_id as residence_address_id,
    case when departed.moved_date is null then {{ opaque_id('H', 'golden.household_number') }} end as household_id,
    case when departed.moved_date is null then golden.household_number end as household_number,
    case when departed.moved_date is null
        then coalesce(golden.head_relation_code, relation.head_relation_code) end as head_relation_code,
    employer.organization_id as employer_organization_id,
    golden.record_count,
    golden.resource_count,
    golden.first_valid_from,
    golden.last_valid_from
from golden
left join address as registered on golden.registered_address_id = registered.address_id
left join address as residence on golden.residence_address_id = residence.address_id
left join division on golden.registered_division_code = division.division_code
left join {{ ref('spatial.renumbered_division') }} as renumbered
    on golden.registered_division_code = renumbered.former_code
left join relation on golden.person_id = relation.person_id
left join widowed on golden.person_id = widowed.person_id
left join employer on golden.employer_organization_id = employer.organization_id
left join departed on golden.person_id = departed.person_id
