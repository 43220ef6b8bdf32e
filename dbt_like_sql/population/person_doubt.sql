-- One row per record of a person with a value in doubt: per attribute the doubt. Such a value loses to every value without
-- a doubt, whatever its authority. The texts of the doubts, and what the number tells, are in subjects/person.yaml.
with record as not materialized (
    select *, {{ department('resource_id') }} as department
    from {{ ref('linked.person_record') }}
    where person_id is not null
),

-- names: only people whose records differ
several_names as (
    select person_id from record where name is not null group by person_id having min(name) <> max(name)
),

reported_name as (
    select
        person_id, name, count(distinct department) as departments, bool_or(former_name is not null) as is_renamed,
        {{ is_noted('name') }} as is_noted, list_sort(string_split(name, '')) as characters
    from record
    semi join several_names on record.person_id = several_names.person_id
    where name is not null
    group by person_id, name
),

-- A name that is part of a fuller one is abbreviated, unless more departments report it so. A name of one department is
-- misspelt if two departments agree on a name that is like it, or three on any other. A former name explains both.
doubtful_name as (
    select
        one.person_id, one.name,
        case
            when any_value(one.is_noted) then 'noted'
            when any_value(one.is_renamed) then null
            when bool_or({{ is_part_of('one', 'other') }} and other.departments >= one.departments) then 'abbreviated'
            when any_value(one.departments) = 1
                and bool_or(other.departments > case when {{ is_like('one', 'other') }} then 1 else 2 end) then 'misspelt'
        end as doubt
    from reported_name as one
    join reported_name as other on one.person_id = other.person_id and one.name <> other.name
    where one.is_noted or not other.is_noted
    group by one.person_id, one.name
),

-- birth and sex: what contradicts the number, unless two departments report it
number as (
    select person_id, min(resident_id) as resident_id from record where resident_id is not null group by person_id
),

{% for attribute, declared in subject('person').surviving.items() if declared.survivorship.from_number %}
other_{{ attribute }} as (
    select record_id, role, record.person_id, department, {{ attribute }}
    from record
    join number on record.person_id = number.person_id
    where {{ attribute }} <> {{ value_of_number('person', attribute, 'number.resident_id') }}
),

confirmed_{{ attribute }} as (
    select person_id, {{ attribute }}
    from other_{{ attribute }}
    group by person_id, {{ attribute }}
    having count(distinct department) > 1
),

{% endfor %}
shared_phone as (select phone from {{ ref('population.shared_phone') }}),

-- employers: insurances that have ended
ended_insurance as (
    select record_id from {{ ref('staged.human_resources__pension_insurance') }}
    where status_code in ('suspended', 'terminated')
    union all
    select record_id from {{ ref('staged.sichuan_human_resources__insurance') }}
    where status_code in ('suspended', 'terminated') or end_date is not null
    union all
    select record_id from {{ ref('staged.medical_insurance__enrolments') }}
    where status_code in ('suspended', 'terminated') or end_date is not null
    union all
    select record_id from {{ ref('staged.sichuan_medical_insurance__enrolments') }}
    where status_code in ('suspended', 'terminated') or end_date is not null
),

employed as (
    select record.*
    from record
    anti join ended_insurance on record.record_id = ended_insurance.record_id
),

reachable as (
    select record.*
    from record
    anti join shared_phone on record.phone = shared_phone.phone
),

doubt as (
    select record.person_id, record.record_id, record.role, 'name' as attribute, doubt
    from record
    join doubtful_name on record.person_id = doubtful_name.person_id and record.name = doubtful_name.name
    where doubt is not null
{% for attribute, declared in subject('person').surviving.items() if declared.survivorship.from_number %}
    union all
    select person_id, record_id, role, '{{ attribute }}', 'contradicts_number'
    from other_{{ attribute }} as other
    anti join confirmed_{{ attribute }} as confirmed
        on other.person_id = confirmed.person_id and other.{{ attribute }} = confirmed.{{ attribute }}
{% endfor %}
    union all
    select person_id, record_id, role, 'phone', 'shared'
    from record
    semi join shared_phone on record.phone = shared_phone.phone
    union all
    select record.person_id, record.record_id, role, 'employer_code', 'ended'
    from record
    semi join ended_insurance on record.record_id = ended_insurance.record_id
    where employer_code is not null
    union all
    select record.person_id, record.record_id, role, 'employer_code', 'outvoted'
    from employed as record
    join {{ outvoted('person', 'employer_code', 'employer_organization_id', 'employed') }} as outvoted
        on record.person_id = outvoted.person_id
        and record.employer_organization_id = outvoted.employer_organization_id
    union all
    select record.person_id, record.record_id, role, 'phone', 'outvoted'
    from record
    join {{ outvoted('person', 'phone', 'phone', 'reachable') }} as outvoted
        on record.person_id = outvoted.person_id and record.phone = outvoted.phone
)

select
    person_id,
    record_id,
    role,
{% for attribute in subject('person').doubted %}
    max(doubt) filter (where attribute = '{{ attribute }}') as {{ attribute }}{{ ',' if not loop.last }}
{% endfor %}
from doubt
group by person_id, record_id, role
