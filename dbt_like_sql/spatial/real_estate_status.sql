-- One row per real-estate unit: what register, contracts and buildings say of it today, without anybody's name.
with registered as (
    select
        real_estate_unit_code,
        count(*) filter (where status_code = 'current' and not is_mortgage) as holder_count,
        min(valid_from) filter (where status_code = 'current' and not is_mortgage) as held_from,
        count(*) filter (where status_code in ('historic', 'terminated') and not is_mortgage) as former_holder_count,
        count(*) filter (where status_code = 'current' and is_mortgage) as mortgage_count,
        min(valid_from) filter (where status_code = 'current' and is_mortgage) as mortgaged_from
    from (select *, coalesce(right_type_code = 'mortgage', false) as is_mortgage from {{ ref('spatial.real_estate_right') }})
        as registered_right
    group by real_estate_unit_code
),

sold as (
    select real_estate_unit_code, count(distinct contract_number) as contract_count, max(filed_date) as latest_filed_date
    from {{ ref('spatial.real_estate_sale') }}
    group by real_estate_unit_code
),

contradicted as (
    select real_estate_unit_code, count(*) as conflict_count from {{ ref('spatial.real_estate_conflict') }}
    group by real_estate_unit_code
)

select
    unit.real_estate_unit_code,
    building.building_code,
    coalesce(registered.holder_count, 0) as holder_count,
    registered.held_from,
    coalesce(registered.former_holder_count, 0) as former_holder_count,
    coalesce(registered.mortgage_count, 0) > 0 as is_mortgaged,
    coalesce(registered.mortgage_count, 0) as mortgage_count,
    registered.mortgaged_from,
    coalesce(sold.contract_count, 0) as contract_count,
    sold.latest_filed_date,
    coalesce(contradicted.conflict_count, 0) as conflict_count
from {{ ref('spatial.real_estate_unit') }} as unit
left join registered on unit.real_estate_unit_code = registered.real_estate_unit_code
left join sold on unit.real_estate_unit_code = sold.real_estate_unit_code
left join contradicted on unit.real_estate_unit_code = contradicted.real_estate_unit_code
left join {{ ref('spatial.building') }} as building
    on case when unit.fixture_code = 'F' then {{ building_of('unit.real_estate_unit_code') }} end = building.building_code
