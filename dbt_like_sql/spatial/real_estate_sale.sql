-- One row per sales contract, real-estate unit and buyer, with the buyer as a person and the place as an address.
with person as (
    select record_id, min(person_id) as person_id from {{ ref('linked.person_record') }}
    where role = 'house_buyer' group by record_id
),

located as (
    select record_id, min(address_id) as address_id from {{ ref('linked.address_record') }}
    where role = 'house' group by record_id
),

with_buyer as (
    select
        sale.contract_number, sale.real_estate_unit_code, sale.house_code, sale.buyer_name, sale.area_m2, sale.filed_date,
        sale.record_id, person.person_id, located.address_id,
        coalesce(person.person_id, concat_ws('|', sale.buyer_name, sale.buyer_resident_id)) as buyer_key
    from {{ ref('staged.housing__house_sales') }} as sale
    left join person on sale.record_id = person.record_id
    left join located on sale.record_id = located.record_id
),

ranked as (
    select *, row_number() over (
        partition by contract_number, real_estate_unit_code, buyer_key order by filed_date desc nulls last, record_id
    ) as rank_in_sale
    from with_buyer
)

select
    {{ opaque_id(
        'S', "concat_ws('|', coalesce(ranked.contract_number, ''), coalesce(ranked.real_estate_unit_code, ''), ranked.buyer_key)"
    ) }} as real_estate_sale_id,
    ranked.contract_number,
    ranked.real_estate_unit_code,
    ranked.house_code,
    person_base.person_id,
    ranked.buyer_name,
    address.address_id,
    ranked.area_m2,
    ranked.filed_date,
    'housing__house_sales' as resource_id,
    ranked.record_id
from ranked
left join {{ ref('population.person') }} as person_base on ranked.person_id = person_base.person_id
left join {{ ref('spatial.address') }} as address on ranked.address_id = address.address_id
where ranked.rank_in_sale = 1
