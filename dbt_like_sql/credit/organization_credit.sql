-- One row per organisation that any credit register reports: its penalties, its listings, its last tax credit rating.
with penalty as (
    select organization_id, count(*) as penalty_count, max(decision_date) as last_penalty_date
    from {{ ref('credit.penalty') }}
    where organization_id is not null
    group by organization_id
),

listing as (
    select
        organization_id,
        count(*) filter (where list_type <> 'red_list') as listing_count,
        count(*) filter (where list_type = 'red_list') as red_listing_count,
        max(valid_from) filter (where list_type <> 'red_list') as last_listed_date,
        min(valid_from) filter (where list_type = 'abnormal' and not is_removed) as abnormal_since,
        min(valid_from) filter (where list_type = 'serious' and not is_removed) as serious_since
    from {{ ref('credit.listing') }}
    where organization_id is not null
    group by organization_id
),

rating as (
    select organization_id, rating_code, rating_year
    from {{ ref('credit.tax_rating') }}
    where organization_id is not null
    qualify row_number() over (partition by organization_id order by rating_year desc, record_id) = 1
)

select
    organization.organization_id,
    organization.status_code,
    organization.tax_status_code,
    rating.rating_code as tax_rating_code,
    rating.rating_year as tax_rating_year,
    coalesce(penalty.penalty_count, 0) as penalty_count,
    penalty.last_penalty_date,
    coalesce(listing.listing_count, 0) as listing_count,
    listing.last_listed_date,
    listing.abnormal_since,
    listing.serious_since,
    coalesce(listing.red_listing_count, 0) as red_listing_count
from {{ ref('legal_entity.organization') }} as organization
left join penalty on organization.organization_id = penalty.organization_id
left join listing on organization.organization_id = listing.organization_id
left join rating on organization.organization_id = rating.organization_id
where coalesce(penalty.organization_id, listing.organization_id, rating.organization_id) is not null
