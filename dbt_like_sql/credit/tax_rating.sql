-- One row per taxpayer and year: the tax credit rating.
with reported as (
    select
        record_id, 'taxation__credit_ratings' as resource_id, name as subject_name, rating_year, rating_code
    from {{ ref('staged.taxation__credit_ratings') }}
    where rating_code is not null and rating_year is not null  -- values that could not be read are quarantined
),

subject as ({{ with_subject('reported') }}),

ranked as (
    select *, row_number() over (partition by subject_key, rating_year order by record_id) as rank_in_year from subject
)

select
    {{ opaque_id('T', "concat_ws('|', subject_key, rating_year)") }} as tax_rating_id,
    organization_id,
    subject_name as taxpayer_name,
    subject_number as taxpayer_number,
    rating_year,
    rating_code,
    record_id,
    resource_id
from ranked
where rank_in_year = 1
