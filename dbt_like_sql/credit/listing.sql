-- One row per listing of an organisation or a person: abnormal operation, serious violations, judgment debtors, tax,
-- wages, the red list. A listing ends when it is removed or when its publication ends.
with reported as (
    select
        record_id, 'market_supervision__penalties' as resource_id, 1 as authority,
        case when listing_type_code like 'abnormal%' then 'abnormal' else 'serious' end as list_type, document_number,
        name as subject_name, reason as content, decision_date, cast(null as date) as published_until, authority_name,
        listing_type_code in ('abnormal_removed', 'serious_removed') as is_removal
    from {{ ref('staged.market_supervision__penalties') }}
    where listing_type_code in ('abnormal', 'abnormal_removed', 'serious', 'serious_removed')
    union all
    select
        record_id, 'sichuan_development_reform__credit', 2, record_type_code, document_number, subject_name, content,
        decision_date, valid_until, authority_name, false
    from {{ ref('staged.sichuan_development_reform__credit') }}
    where record_type_code in ('debtor', 'tax', 'wages', 'red_list', 'other')
    union all
    -- the court masks the numbers of persons: such a debtor has only a name, so it is never joined to a person
    select
        record_id, 'intermediate_court__dishonest_debtors', 1, 'debtor', case_number, debtor_name, conduct,
        published_date, null, court_name, false
    from {{ ref('staged.intermediate_court__dishonest_debtors') }}
),

subject as ({{ with_subject('reported') }}),

ranked as (
    select *, row_number() over (
        partition by list_type, document_number, subject_key, decision_date, is_removal order by authority, record_id
    ) as rank_in_decision
    from subject
),

decision as (select * from ranked where rank_in_decision = 1),

removal as (
    select list_type, subject_key, decision_date as removed_date from decision where is_removal
),

-- the first removal after a listing ends it
ended as (
    select decision.record_id, min(removal.removed_date) as removed_date
    from decision
    join removal
        on decision.list_type = removal.list_type and decision.subject_key = removal.subject_key
        and decision.decision_date <= removal.removed_date
    where not decision.is_removal
    group by decision.record_id
),

first_listed as (
    select list_type, subject_key, min(decision_date) as listed_date from decision where not is_removal
    group by list_type, subject_key
),

listing as (
    select decision.*, decision.decision_date as valid_from, coalesce(ended.removed_date, decision.published_until) as valid_to,
        ended.removed_date is not null as is_removed
    from decision
    left join ended on decision.record_id = ended.record_id
    where not decision.is_removal
    union all
    -- it was removed, and no source reports when it was listed
    select decision.*, null, decision.decision_date, true
    from decision
    left join first_listed
        on decision.list_type = first_listed.list_type and decision.subject_key = first_listed.subject_key
    where decision.is_removal and decision.decision_date < coalesce(first_listed.listed_date, date '9999-12-31')
)

select
    {{ opaque_id('S', "concat_ws('|', list_type, document_number, subject_key, decision_date, is_removal)") }} as listing_id,
    list_type,
    document_number,
    subject_type_code,
    organization_id,
    person_id,
    subject_name,
    subject_number,
    content,
    valid_from,
    valid_to,
    is_removed,
    authority_name,
    record_id,
    resource_id
from listing
