-- One row per record and attribute that it tells of a person: the smallest rank wins, see person_provenance.
with told as (
    select
        person_id, record_id, role, resource_id, batch_id, line_number, valid_from, place,
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
            {{ statement_with('household_number', 'head_relation_code') }},
            {{ statement('employer_code') }}
        ]) as statement
    from {{ ref('population.person_record') }}
    where person_id is not null
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
    cast(statement.authority as bigint) * 72057594037927936 + place as rank
from told
where statement.value is not null
