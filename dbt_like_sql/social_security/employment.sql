-- One row per person, employer and period without a gap in which the employer insured the person, by the enrolments of all
-- kinds. The end is what enrolments report; without one it is the start of the next employer, if an enrolment has ended.
-- An end before the start is a mistake: the enrolment has ended, and nobody knows when.
with reported as (
    select
        person_id, employer_organization_id, valid_from, case when valid_to >= valid_from then valid_to end as valid_to,
        valid_to is null and status_code is distinct from 'terminated' as goes_on, enrolment_id, record_id, resource_id
    from {{ ref('social_security.enrolment') }}
    where employer_organization_id is not null and valid_from is not null
),

enrolment as (
    select *,
        max(coalesce(valid_to, date '9999-12-31')) over (
            partition by person_id, employer_organization_id order by valid_from, enrolment_id
            rows between unbounded preceding and 1 preceding
        ) as end_before
    from reported
),

numbered as (
    select *, sum(case when valid_from <= end_before then 0 else 1 end) over (
        partition by person_id, employer_organization_id order by valid_from, enrolment_id rows unbounded preceding
    ) as stay
    from enrolment
),

employment as (
    select
        person_id, employer_organization_id, min(valid_from) as valid_from,
        case when count(valid_to) = count(*) then max(valid_to) end as reported_to,
        not bool_or(goes_on) as has_ended,
        arg_min(record_id, (valid_from, enrolment_id)) as record_id, arg_min(resource_id, (valid_from, enrolment_id)) as resource_id
    from numbered
    group by person_id, employer_organization_id, stay
),

followed as (
    select *, min(valid_from) over (
        partition by person_id order by valid_from range between interval 1 day following and unbounded following
    ) as next_from
    from employment
)

select
    {{ opaque_id('E', "concat_ws('|', person_id, employer_organization_id, cast(valid_from as varchar))") }}
        as employment_id,
    person_id,
    employer_organization_id,
    valid_from,
    coalesce(reported_to, case when has_ended then next_from end) as valid_to,
    case
        when reported_to is not null then 'reported'
        when has_ended and next_from is not null then 'derived'
        when has_ended then 'known_by'
    end as valid_to_kind,
    record_id,
    resource_id
from followed
