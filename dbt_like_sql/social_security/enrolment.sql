-- One row per person, kind of insurance and start: the same enrolment told by city and province is one, of each column
-- the value of the most authoritative. Rows whose person is contested are leads in population.person_conflict.
with told as (
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
        person.person_id, told.insurance_type_code, told.valid_from,
        {{ most_authoritative('told.status_code') }} as status_code,
        {{ most_authoritative('told.valid_to') }} as valid_to,
        {{ most_authoritative('person.employer_organization_id') }} as employer_organization_id,
        {{ most_authoritative('told.record_id') }} as record_id,
        {{ most_authoritative('told.resource_id') }} as resource_id
    from told
    join {{ ref('linked.person_record') }} as person on told.record_id = person.record_id and person.role = 'insured'
    where person.person_id is not null and told.insurance_type_code is not null
    group by person.person_id, told.insurance_type_code, told.valid_from
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
