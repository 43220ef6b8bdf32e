-- One row per administrative penalty and subject. If the city and the province publish the same penalty, it is one row,
-- and the city's values are used.
with reported as (
    select
        record_id, 'market_supervision__penalties' as resource_id, 1 as authority, document_number, name as subject_name,
        reason as content, decision_date, cast(null as date) as published_until, authority_name
    from {{ ref('staged.market_supervision__penalties') }}
    where listing_type_code = 'penalty'
    union all
    select
        record_id, 'sichuan_development_reform__credit', 2, document_number, subject_name, content, decision_date,
        valid_until, authority_name
    from {{ ref('staged.sichuan_development_reform__credit') }}
    where record_type_code = 'penalty'
),

subject as ({{ with_subject('reported') }}),

ranked as (
    select *,
        max(published_until) over (partition by document_number, subject_key, decision_date) as published_until_anywhere,
        row_number() over (
            partition by document_number, subject_key, decision_date order by authority, record_id
        ) as rank_in_penalty
    from subject
)

select
    {{ opaque_id('N', "concat_ws('|', document_number, subject_key, decision_date)") }} as penalty_id,
    document_number,
    subject_type_code,
    organization_id,
    person_id,
    subject_name,
    subject_number,
    content,
    decision_date,
    published_until_anywhere as published_until,
    authority_name,
    record_id,
    resource_id
from ranked
where rank_in_penalty = 1
