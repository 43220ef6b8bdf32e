-- One row per record and attribute that it tells of a person, and per spouse's death, which tells that somebody is
-- widowed: of those that compete the smallest rank wins, see person_provenance.
with household as (
    select person_id, household_number as golden_household_number from {{ ref('population.person') }}
),

told as (
    select
        record.person_id, record_id, role, resource_id, batch_id, line_number, valid_from, place,
        household_number is not distinct from golden_household_number as is_of_household,
        unnest([
            {{ statement('name') }},
            {{ statement('former_name') }},
            {{ statement('sex_code') }},
            {{ statement('birth_date') }},
            {{ statement('death_date') }},
            {{ statement('ethnicity_code') }},
            {{ statement('marital_status_code') }},
            {{ statement('education_code') }},
            {{ statement('phone') }},
            {{ statement('registered_address') }},
            {{ statement('registered_division_code') }},
            {{ statement('residence_address') }},
            {{ statement('household_number') }},
            {{ statement('head_relation_code', authority='household_number') }},
            {{ statement('employer_organization_id', authority='employer_code') }}
        ]) as statement
    from {{ ref('population.person_record') }} as record
    join household on record.person_id = household.person_id
)

select
    person_id,
    statement.attribute as attribute,
    statement.value as value,
    record_id,
    role,
    resource_id,
    batch_id,
    line_number,
    valid_from,
    statement.authority as authority,
    cast((place >> 35) & 31 as integer) as empty_count,
    cast(statement.authority as bigint) * 72057594037927936 + place as rank,
    -- the relation to the head of another household says nothing of this one
    statement.attribute <> 'head_relation_code' or is_of_household as competes
from told
where statement.value is not null
union all
select
    person_id,
    'marital_status_code' as attribute,
    marital_status_code as value,
    record_id,
    role,
    resource_id,
    batch_id,
    line_number,
    valid_from,
    authority,
    cast((place >> 35) & 31 as integer) as empty_count,
    cast(authority as bigint) * 72057594037927936 + place as rank,
    true as competes
from {{ ref('population.bereavement') }}
