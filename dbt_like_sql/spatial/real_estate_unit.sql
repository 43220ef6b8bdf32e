-- One row per real-estate unit: the values of its latest registration. The city's register comes before the province's
-- copy, and a registration before a sales contract.
with reported as (
    select real_estate_unit_code, area_m2, right_nature_code, registered_date, record_id,
        'natural_resources__real_estate_register' as resource_id, 1 as authority
    from {{ ref('staged.natural_resources__real_estate_register') }}
    union all
    select real_estate_unit_code, area_m2, right_nature_code, registered_date, record_id,
        'sichuan_natural_resources__real_estate', 2
    from {{ ref('staged.sichuan_natural_resources__real_estate') }}
    union all
    select real_estate_unit_code, area_m2, null, filed_date, record_id, 'housing__house_sales', 3
    from {{ ref('staged.housing__house_sales') }}
),

located as (
    select reported.*, address.address_id
    from reported left join (
        select record_id, min(address_id) as address_id from {{ ref('linked.address_record') }}
        where role in ('real_estate', 'house') group by record_id
    ) as address on reported.record_id = address.record_id
    where real_estate_unit_code is not null
),

ranked as (
    select *, row_number() over (
        partition by real_estate_unit_code
        order by authority = 3, registered_date desc nulls last, authority, record_id
    ) as rank_in_unit
    from located
)

select
    ranked.real_estate_unit_code,
    {{ parcel_of('ranked.real_estate_unit_code') }} as parcel_code,
    {{ fixture_of('ranked.real_estate_unit_code') }} as fixture_code,
    address.address_id,
    address.division_code,
    ranked.area_m2,
    ranked.right_nature_code,
    ranked.registered_date,
    ranked.authority < 3 as is_registered,
    ranked.resource_id,
    ranked.record_id
from ranked left join {{ ref('spatial.address') }} as address on ranked.address_id = address.address_id
where rank_in_unit = 1
