-- One row per food or drug business: who holds such a licence or is a designated pharmacy, in what state its licences
-- are, and what it was penalised for. A business that the base does not know is known by its name,
-- or where that cannot be read by its licence.
with licence as (
    -- JY operates with food, SC produces it; what is left is told by its scope
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
    select holder.organization_id, told.name, told.designation_number, told.status_code, told.record_id
    from {{ ref('staged.medical_insurance__designated_providers') }} as told
    left join {{ ref('linked.organization_record') }} as holder
        on told.record_id = holder.record_id and holder.role = 'designated_provider'
    where told.provider_type_code = 'pharmacy'
),

-- of several licences of a kind, one in force before one that is not, then the one that ends last
licensed as (
    select *, coalesce(organization_id, name, license_id) as business_key,
        row_number() over (
            partition by coalesce(organization_id, name, license_id), kind
            order by coalesce(status_code, '') = 'valid' desc, valid_to desc nulls last, license_id
        ) as place
    from licence
),

by_licence as (
    select
        business_key,
        min(organization_id) as organization_id,
        max(case when place = 1 and kind = 'food' then license_number end) as food_license_number,
        max(case when place = 1 and kind = 'food' then status_code end) as food_license_status_code,
        max(case when place = 1 and kind = 'food' then valid_to end) as food_license_valid_to,
        max(case when place = 1 and kind = 'drug' then license_number end) as drug_license_number,
        max(case when place = 1 and kind = 'drug' then status_code end) as drug_license_status_code,
        max(case when place = 1 and kind = 'drug' then valid_to end) as drug_license_valid_to,
        min(name) as name,
        count(*) as license_count
    from licensed
    group by business_key
),

designated as (
    select *, coalesce(organization_id, name, cast(record_id as varchar)) as business_key
    from pharmacy
    qualify row_number() over (
        partition by coalesce(organization_id, name, cast(record_id as varchar))
        order by coalesce(status_code, '') = 'active' desc, record_id
    ) = 1
),

business as (
    select
        coalesce(by_licence.business_key, designated.business_key) as business_key,
        coalesce(by_licence.organization_id, designated.organization_id) as organization_id,
        coalesce(by_licence.name, designated.name) as told_name,
        by_licence.food_license_number,
        by_licence.food_license_status_code,
        by_licence.food_license_valid_to,
        by_licence.drug_license_number,
        by_licence.drug_license_status_code,
        by_licence.drug_license_valid_to,
        coalesce(by_licence.license_count, 0) as license_count,
        designated.designation_number,
        designated.status_code as designation_status_code
    from by_licence
    full join designated on by_licence.business_key = designated.business_key
)

select
    {{ opaque_id('B', 'business.business_key') }} as business_id,
    business.organization_id,
    coalesce(organization.name, business.told_name) as name,
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
