-- One row per contradiction: a value that did not survive, a number that two people use, or two facts that exclude each
-- other. Nothing is repaired here: every row is a lead for the departments that reported the two values.
with person as not materialized (select * from {{ ref('population.person') }}),

record as not materialized (select * from {{ ref('linked.person_record') }}),

weighed_record as (
    {{ weighed('person', ref('linked.person_record'), ref('population.person_doubt')) }}
),

disputed as (
    select distinct record.person_id
    from record
    join person on record.person_id = person.person_id
    where {{ differs_from_golden('person', 'record', 'person') }}
),

winning as (
    select
        record.person_id,
        {{ winning_values('person') }}
    from weighed_record as record
    semi join disputed on record.person_id = disputed.person_id
    group by record.person_id
),

-- a former name is no contradiction
differing as (
    select record.*, winning.* exclude (person_id), person.former_name as golden_former_name
    from weighed_record as record
    join winning on record.person_id = winning.person_id
    join person on record.person_id = person.person_id
),

-- If a register is not updated since a wedding or a divorce, it does not contradict it. If it is updated since, it
-- does.
other_marital_status as (
    select
        record.person_id, 'marital_status_code' as attribute, person.marital_status_code as winning_value,
        person.marital_status_code_from as winning_record_id, record.marital_status_code as losing_value,
        record.record_id, record.resource_id, record.valid_from, record.marital_status_code_authority as authority,
        record.survivorship_rank
    from record
    join person
        on record.person_id = person.person_id
        and left(record.marital_status_code, 1) <> left(person.marital_status_code, 1)
    join record as winning_record
        on person.marital_status_code_from = winning_record.record_id and person.person_id = winning_record.person_id
        and winning_record.marital_status_code is not null
    where left(record.marital_status_code, 1) <> '9' and left(person.marital_status_code, 1) <> '9'
        and record.marital_status_code_authority > winning_record.marital_status_code_authority
        and record.valid_from > winning_record.valid_from
),

losing as (
{{ losing_values('person') }}
    union all
    select * from other_marital_status
),

different_value as (
    select
        'different_value' as kind, person_id, attribute, winning_value, winning_record_id, losing_value,
        {{ most_authoritative('record_id') }} as losing_record_id,
        {{ most_authoritative('resource_id') }} as losing_resource_id,
        cast(null as date) as valid_from, cast(null as date) as valid_to
    from losing
    group by person_id, attribute, winning_value, winning_record_id, losing_value
),

-- a record whose number belongs to somebody else: linkage removed the number, whoever the record is about
one_number_two_persons as (
    select
        'one_number_two_persons' as kind, person.person_id, 'name' as attribute, person.name as winning_value,
        person.name_from as winning_record_id, record.name as losing_value, record.record_id as losing_record_id,
        record.resource_id as losing_resource_id, record.valid_from, cast(null as date) as valid_to
    from record
    left join person on record.contested_number = person.resident_id
    where record.contested_number is not null
),

-- The province's register of residents is delivered in full: two rows with different households are two registrations
-- at the same time, unless the person has moved out of one household since.
resident as not materialized (
    select person_id, household_number, valid_from, record_id
    from {{ ref('linked.person_record') }}
    where resource_id = 'sichuan_public_security__residents' and person_id is not null and household_number is not null
),

registered as (
    select person_id, household_number, min(valid_from) as valid_from, min(record_id) as record_id
    from resident
    where person_id in (select person_id from resident group by person_id having count(*) > 1)
    group by person_id, household_number
),

left_household as (
    select person_id, household_number, max(change_date) as left_date
    from {{ ref('staged.public_security__household_changes') }} as change
    join (
        select record_id, person_id from {{ ref('linked.person_record') }} where person_id is not null
    ) as mover on change.record_id = mover.record_id
    where change_code in ('moved_out', 'emigrated', 'died')
    group by person_id, household_number
),

registration as (
    select registered.*, 'sichuan_public_security__residents' as resource_id, cast(null as date) as valid_to
    from registered
    left join left_household
        on registered.person_id = left_household.person_id
        and registered.household_number = left_household.household_number
        and registered.valid_from <= left_household.left_date
    where left_household.person_id is null
),

two_active_registrations as (
    select
        'two_active_registrations' as kind, first.person_id, 'household_number' as attribute,
        first.household_number as winning_value, first.record_id as winning_record_id,
        second.household_number as losing_value, second.record_id as losing_record_id,
        second.resource_id as losing_resource_id,
        greatest(first.valid_from, second.valid_from) as valid_from, cast(null as date) as valid_to
    from registration as first
    join registration as second
        on first.person_id = second.person_id
        and (coalesce(first.valid_from, date '0001-01-01'), first.record_id)
        > (coalesce(second.valid_from, date '0001-01-01'), second.record_id)
),

spouse as (
    select person_id, related_person_id, related_name, valid_from, valid_to, record_id, resource_id
    from {{ ref('population.relationship') }}
    where relation_type = 'spouse' and valid_from is not null
),

married_twice as (
    select
        'married_twice' as kind, first.person_id, 'spouse' as attribute, first.related_name as winning_value,
        first.record_id as winning_record_id, second.related_name as losing_value,
        second.record_id as losing_record_id, second.resource_id as losing_resource_id,
        greatest(first.valid_from, second.valid_from) as valid_from, least(first.valid_to, second.valid_to) as valid_to
    from spouse as first
    join spouse as second
        on first.person_id = second.person_id
        and (first.valid_from, first.record_id) < (second.valid_from, second.record_id)
        and {{ overlap('first', 'second') }}
    -- two spouses with the same name and wedding day are one person with two numbers
    where (first.related_name <> second.related_name or first.valid_from <> second.valid_from)
        and coalesce(
            first.related_person_id <> second.related_person_id, first.related_name <> second.related_name
        )
),

-- Insured at two employers, or as employee and as resident, at the same time. An enrolment that has ended without a
-- date is not compared.
enrolment as (
    select record_id, 'medical_insurance__enrolments' as resource_id, insurance_type_code, status_code, employer_code,
        start_date as valid_from, end_date as valid_to
    from {{ ref('staged.medical_insurance__enrolments') }}
    union all
    select record_id, 'sichuan_medical_insurance__enrolments', insurance_type_code, status_code, employer_code,
        start_date, end_date
    from {{ ref('staged.sichuan_medical_insurance__enrolments') }}
    union all
    select record_id, 'sichuan_human_resources__insurance', insurance_type_code, status_code, employer_code,
        start_date, end_date
    from {{ ref('staged.sichuan_human_resources__insurance') }}
    union all
    select record_id, 'human_resources__pension_insurance', insurance_type_code, status_code, employer_code, start_date, null
    from {{ ref('staged.human_resources__pension_insurance') }}
),

insured as (
    select
        record.person_id, enrolment.* exclude (employer_code), left(insurance_type_code, 7) as scheme,
        coalesce(record.employer_organization_id, enrolment.employer_code) as employer
    from enrolment
    join {{ ref('linked.person_record') }} as record on enrolment.record_id = record.record_id and record.role = 'insured'
    where record.person_id is not null and enrolment.valid_from is not null
        and insurance_type_code in (
            'pension_employee', 'pension_government', 'pension_resident', 'medical_employee', 'medical_resident',
            'unemployment'
        )
        and (enrolment.valid_to is not null or coalesce(status_code, 'active') not in ('suspended', 'terminated'))
),

-- people with one enrolment in a scheme cannot have two at the same time
repeatedly_insured as (
    select insured.*
    from insured
    semi join (
        select person_id, scheme from insured group by person_id, scheme having count(*) > 1
    ) as repeated on insured.person_id = repeated.person_id and insured.scheme = repeated.scheme
),

distinct_enrolment as (
    select
        person_id, scheme, insurance_type_code, employer, valid_from,
        arg_min(resource_id, record_id) as resource_id, max(valid_to) as valid_to, min(record_id) as record_id
    from repeatedly_insured
    group by person_id, scheme, insurance_type_code, employer, valid_from
),

-- Rows that began on one day are one enrolment that both the city and the province report; one of them may still have
-- the former employer.
overlapping_insurance as (
    select
        'overlapping_insurance' as kind, first.person_id, 'insurance_type_code' as attribute,
        first.insurance_type_code as winning_value, first.record_id as winning_record_id,
        second.insurance_type_code as losing_value, second.record_id as losing_record_id,
        second.resource_id as losing_resource_id,
        greatest(first.valid_from, second.valid_from) as valid_from, least(first.valid_to, second.valid_to) as valid_to
    from distinct_enrolment as first
    join distinct_enrolment as second
        on first.person_id = second.person_id and first.scheme = second.scheme
        and (first.valid_from, first.record_id) < (second.valid_from, second.record_id)
        and {{ overlap('first', 'second') }}
    where (first.insurance_type_code <> second.insurance_type_code or first.employer <> second.employer)
        and (first.valid_from <> second.valid_from or first.resource_id = second.resource_id)
),

conflict as (
    select * from different_value
    union all
    select * from one_number_two_persons
    union all
    select * from two_active_registrations
    union all
    select * from married_twice
    union all
    select * from overlapping_insurance
),

winning_record as (
    select record_id, min(resource_id) as resource_id
    from record
    where record_id in (select winning_record_id from conflict)
    group by record_id
)

select
    {{ opaque_id('C', "concat_ws('|', kind, person_id, attribute, losing_value, losing_record_id, winning_record_id)") }}
        as conflict_id,
    conflict.kind,
    conflict.person_id,
    conflict.attribute,
    conflict.winning_value,
    conflict.winning_record_id,
    winning_record.resource_id as winning_resource_id,
    conflict.losing_value,
    conflict.losing_record_id,
    conflict.losing_resource_id,
    conflict.valid_from,
    conflict.valid_to
from conflict
left join winning_record on conflict.winning_record_id = winning_record.record_id
