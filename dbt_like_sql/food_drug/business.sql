-- One row per food or drug business: every holder of such a licence and every designated pharmacy, with the status of
-- its licences and its penalties. A business that is not in the base is identified by its name, or by its licence if
-- the name cannot be read.
with licence as (
    -- JY: the business sells food; SC: it produces food; for all other numbers the scope decides
    select
        organization_id, holder_name as name, license_number, scope, status_code, valid_from, valid_to, license_id,
        case
            when license_number like 'JY%' or license_number like 'SC%' then 'food'
            when scope like '%药%' then 'drug'
            else 'food'
        end as kind
    from {{ ref('legal_entity.license') }}
    where license_type = 'food_drug'
),

pharmacy as (
    select holder.organization_id, provider.name, provider.designation_number, provider.status_code, provider.record_id
    from {{ ref('staged.medical_insurance__designated_providers') }} as provider
    left join {{ ref('linked.organization_record') }} as holder
        on provider.record_id = holder.record_id and holder.role = 'designated_provider'
    where provider.provider_type_code = 'pharmacy'
),

-- of several licences of a kind: a valid one first, then the one that ends last
ranked_licence as (
    select *, coalesce(organization_id, name, license_id) as business_key,
        row_number() over (
            partition by coalesce(organization_id, name, license_id), kind
            order by coalesce(status_code, '') = 'valid' desc, valid_to desc nulls last, license_id
        ) as rank_in_kind
    from licence
),

licensed as (
    select
        business_key,
        min(organization_id) as organization_id,
        max(case when rank_in_kind = 1 and kind = 'food' then license_number end) as food_license_number,
        max(case when rank_in_kind = 1 and kind = 'food' then status_code end) as food_license_status_code,
        max(case when rank_in_kind = 1 and kind = 'food' then valid_to end) as food_license_valid_to,
        max(case when rank_in_kind = 1 and kind = 'drug' then license_number end) as drug_license_number,
        max(case when rank_in_kind = 1 and kind = 'drug' then status_code end) as drug_license_status_code,
        max(case when rank_in_kind = 1 and kind = 'drug' then valid_to end) as drug_license_valid_to,
        min(name) as name,
        count(*) as license_count
    from ranked_licence
    group by business_key
),

designated_pharmacy as (
    select *, coalesce(organization_id, name, cast(record_id as varchar)) as business_key
    from pharmacy
    qualify row_number() over (
        partition by coalesce(organization_id, name, cast(record_id as varchar))
        order by coalesce(status_code, '') = 'active' desc, record_id
    ) = 1
),

business as (
    select
        coalesce(licensed.business_key, designated_pharmacy.business_key) as business_key,
        coalesce(licensed.organization_id, designated_pharmacy.organization_id) as organization_id,
        coalesce(licensed.name, designated_pharmacy.name) as reported_name,
        licensed.food_license_number,
        licensed.food_license_status_code,
        licensed.food_license_valid_to,
        licensed.drug_license_number,
        licensed.drug_license_status_code,
        licensed.drug_license_valid_to,
        coalesce(licensed.license_count, 0) as license_count,
        designated_pharmacy.designation_number,
        designated_pharmacy.status_code as designation_status_code
    from licensed
    full join designated_pharmacy on licensed.business_key = designated_pharmacy.business_key
)

select
    {{ opaque_id('B', 'business.business_key') }} as business_id,
    business.organization_id,
    coalesce(organization.name, business.reported_name) as name,
    organization.status_code,
    organization.address_id,
    organization.division_code,
    business.license_count,
    business.food_license_number,
    business.food_license_status_code,
    business.food_license_valid_to,
    business.drug_license_number,
    business.drug_license_status_code,
    business.drug_license_valid_to,
    business.designation_number,
    business.designation_status_code,
    coalesce(credit.penalty_count, 0) as penalty_count,
    credit.last_penalty_date,
    credit.abnormal_since,
    credit.serious_since
from business
left join {{ ref('legal_entity.organization') }} as organization
    on business.organization_id = organization.organization_id
left join {{ ref('credit.organization_credit') }} as credit on business.organization_id = credit.organization_id
