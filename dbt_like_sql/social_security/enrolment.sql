-- One row per person, kind of insurance and start. If the city and the province report the same enrolment, it is one
-- row, with the most authoritative value of each column. Contested numbers are leads in population.person_conflict.
with reported as (
    select record_id, 'human_resources__pension_insurance' as resource_id, 1 as authority, insurance_type_code,
        status_code, start_date as valid_from, cast(null as date) as valid_to
    from {{ ref('staged.human_resources__pension_insurance') }}
    union all
    select record_id, 'medical_insurance__enrolments', 1, insurance_type_code, status_code, start_date, end_date
    from {{ ref('staged.medical_insurance__enrolments') }}
    union all
    select record_id, 'sichuan_human_resources__insurance', 2, insurance_type_code, status_code, start_date, end_date
    from {{ ref('staged.sichuan_human_resources__insurance') }}
    union all
    select record_id, 'sichuan_medical_insurance__enrolments', 2, insurance_type_code, status_code, start_date, end_date
    from {{ ref('staged.sichuan_medical_insurance__enrolments') }}
),

enrolment as (
    select
        person.person_id, reported.insurance_type_code, reported.valid_from,
        {{ most_authoritative('reported.status_code') }} as status_code,
        {{ most_authoritative('reported.valid_to') }} as valid_to,
        {{ most_authoritative('person.employer_organization_id') }} as employer_organization_id,
        {{ most_authoritative('reported.record_id') }} as record_id,
        {{ most_authoritative('reported.resource_id') }} as resource_id
    from reported
    join {{ ref('linked.person_record') }} as person on reported.record_id = person.record_id and person.role = 'insured'
    where person.person_id is not null and reported.insurance_type_code is not null
    group by person.person_id, reported.insurance_type_code, reported.valid_from
)

select
    {{ opaque_id('I', "concat_ws('|', enrolment.person_id, enrolment.insurance_type_code, enrolment.valid_from)") }}
        as enrolment_id,
    enrolment.person_id,
    enrolment.insurance_type_code,
    enrolment.status_code,
    enrolment.valid_from,
    enrolment.valid_to,
    employer.organization_id as employer_organization_id,
    enrolment.record_id,
    enrolment.resource_id
from enrolment
left join {{ ref('legal_entity.organization') }} as employer
    on enrolment.employer_organization_id = employer.organization_id
