-- One row per person in any register of social security: insurances, pension payments, housing fund, allowances, card.
-- Of several rows of a kind it shows the current one that began last. The consequences of a death are not decided here.
with enrolment as (
    select *,
        case
            when insurance_type_code like 'pension%' then 'pension'
            when insurance_type_code in ('medical_employee', 'medical_resident') then 'medical'
            else insurance_type_code
        end as scheme
    from {{ ref('social_security.enrolment') }}
),

ranked_enrolment as (
    select *, row_number() over (
        partition by person_id, scheme
        order by coalesce(status_code, '') in ('active', 'benefit') desc, valid_to desc nulls first,
            valid_from desc nulls last, enrolment_id
    ) as rank_in_scheme
    from enrolment
),

insurance as (
    select
        person_id,
        max(case when scheme = 'pension' then insurance_type_code end) as pension_type_code,
        max(case when scheme = 'pension' then status_code end) as pension_status_code,
        max(case when scheme = 'pension' then valid_from end) as pension_from,
        max(case when scheme = 'pension' then valid_to end) as pension_to,
        max(case when scheme = 'medical' then insurance_type_code end) as medical_type_code,
        max(case when scheme = 'medical' then status_code end) as medical_status_code,
        max(case when scheme = 'medical' then valid_from end) as medical_from,
        max(case when scheme = 'medical' then valid_to end) as medical_to,
        max(case when scheme = 'unemployment' then status_code end) as unemployment_status_code,
        max(case when scheme = 'work_injury' then status_code end) as work_injury_status_code
    from ranked_enrolment
    where rank_in_scheme = 1
    group by person_id
),

payment as (
    select person.person_id, paid.payment_month, paid.status_code, paid.record_id
    from {{ ref('staged.human_resources__pension_payments') }} as paid
    join {{ ref('linked.person_record') }} as person on paid.record_id = person.record_id and person.role = 'pensioner'
    where person.person_id is not null and paid.payment_month is not null
),

pension as (
    select
        person_id,
        min(payment_month) filter (where status_code = 'paid') as pension_paid_from,
        max(payment_month) filter (where status_code = 'paid') as pension_paid_until
    from payment
    group by person_id
),

last_payment as (
    select person_id, status_code as pension_payment_status_code
    from payment
    qualify row_number() over (partition by person_id order by payment_month desc, record_id) = 1
),

ranked_allowance as (
    select *, row_number() over (
        partition by person_id, allowance_type
        order by valid_to desc nulls first, valid_from desc nulls last, allowance_id
    ) as rank_in_type
    from {{ ref('social_security.allowance') }}
),

allowance as (
    select
        person_id,
        max(case when allowance_type = 'minimum_living' then category_code end) as minimum_living_code,
        max(case when allowance_type = 'minimum_living' then valid_from end) as minimum_living_from,
        max(case when allowance_type = 'minimum_living' then valid_to end) as minimum_living_to,
        max(case when allowance_type = 'destitute' then category_code end) as destitute_code,
        max(case when allowance_type = 'destitute' then valid_from end) as destitute_from,
        max(case when allowance_type = 'destitute' then valid_to end) as destitute_to,
        max(case when allowance_type = 'special_care' then category_code end) as special_care_code,
        max(case when allowance_type = 'special_care' then valid_from end) as special_care_from,
        max(case when allowance_type = 'poverty_relief' then valid_from end) as poverty_relief_from,
        max(case when allowance_type = 'poverty_relief' then valid_to end) as poverty_relief_to
    from ranked_allowance
    where rank_in_type = 1
    group by person_id
),

card as (
    select person_id, status_code as card_status_code, valid_from as card_issued_date
    from {{ ref('credential.credential') }}
    where credential_type = 'social_security_card' and person_id is not null
    qualify row_number() over (
        partition by person_id order by coalesce(status_code, '') = 'valid' desc, valid_from desc nulls last, credential_id
    ) = 1
),

housing_fund as (
    select
        person.person_id, account.status_code as housing_fund_status_code, account.opened_date as housing_fund_from,
        account.paid_until_month as housing_fund_paid_until
    from {{ ref('staged.housing_fund__accounts') }} as account
    join {{ ref('linked.person_record') }} as person
        on account.record_id = person.record_id and person.role = 'housing_fund_contributor'
    where person.person_id is not null
    qualify row_number() over (
        partition by person.person_id
        order by coalesce(account.status_code, '') = 'active' desc, account.opened_date desc nulls last, account.record_id
    ) = 1
),

covered as (
    select person_id from insurance
    union
    select person_id from payment
    union
    select person_id from allowance
    union
    select person_id from card
    union
    select person_id from housing_fund
)

select
    covered.person_id,
    insurance.pension_type_code,
    insurance.pension_status_code,
    insurance.pension_from,
    insurance.pension_to,
    pension.pension_paid_from,
    pension.pension_paid_until,
    last_payment.pension_payment_status_code,
    insurance.medical_type_code,
    insurance.medical_status_code,
    insurance.medical_from,
    insurance.medical_to,
    insurance.unemployment_status_code,
    insurance.work_injury_status_code,
    housing_fund.housing_fund_status_code,
    housing_fund.housing_fund_from,
    housing_fund.housing_fund_paid_until,
    allowance.minimum_living_code,
    allowance.minimum_living_from,
    allowance.minimum_living_to,
    allowance.destitute_code,
    allowance.destitute_from,
    allowance.destitute_to,
    allowance.special_care_code,
    allowance.special_care_from,
    allowance.poverty_relief_from,
    allowance.poverty_relief_to,
    card.card_status_code,
    card.card_issued_date
from covered
left join insurance on covered.person_id = insurance.person_id
left join pension on covered.person_id = pension.person_id
left join last_payment on covered.person_id = last_payment.person_id
left join allowance on covered.person_id = allowance.person_id
left join card on covered.person_id = card.person_id
left join housing_fund on covered.person_id = housing_fund.person_id
