-- One row per record and attribute that it reports of a person. The death of a spouse is a statement, too: it reports
-- that the person is widowed. So is a value that survives from the resident id itself; it has no row. Of the statements
-- that compete the one with the smallest rank survives, see person_provenance.
with household as (
    select person_id, household_number as golden_household_number from {{ ref('population.person') }}
),

record as (
    {{ weighed('person', ref('population.person_record'), ref('population.person_doubt')) }}
),

reported as (
    select
        record.person_id, record_id, role, resource_id, batch_id, line_number, valid_from, survivorship_rank,
        household_number is not distinct from golden_household_number as is_of_household,
        unnest({{ statements('person') }}) as statement
    from record
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
    {{ authority_of_source('statement.authority') }} as authority,
    statement.doubt as doubt,
    {{ empty_count('survivorship_rank') }} as empty_count,
    {{ survivorship_rank('statement.authority', 'survivorship_rank') }} as rank,
    -- the relation to the head of another household says nothing of this one
    statement.attribute <> 'head_relation_code' or is_of_household as competes
from reported
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
    cast(null as varchar) as doubt,
    {{ empty_count('survivorship_rank') }} as empty_count,
    {{ survivorship_rank('authority', 'survivorship_rank') }} as rank,
    true as competes
from {{ ref('population.bereavement') }}
{% for attribute, declared in subject('person').surviving.items() if declared.survivorship.from_number %}
union all
select
    person_id,
    '{{ attribute }}' as attribute,
    cast({{ attribute }} as varchar) as value,
    cast(null as bigint) as record_id,
    cast(null as varchar) as role,
    cast(null as varchar) as resource_id,
    cast(null as varchar) as batch_id,
    cast(null as bigint) as line_number,
    cast(null as date) as valid_from,
    cast(null as tinyint) as authority,
    cast(null as varchar) as doubt,
    cast(null as integer) as empty_count,
    cast({{ rank_from_number() }} as bigint) as rank,
    true as competes
from {{ ref('population.person') }}
where {{ attribute }} is not null and {{ declared.source.column }} is null
{% endfor %}
