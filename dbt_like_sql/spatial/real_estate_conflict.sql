-- One row per real-estate unit and kind of contradiction between the register, the province's copy of it, the sales
-- contracts and the list of buildings. Nothing is decided: a row names the two source rows. Who held the unit before is no
-- contradiction, nor is what happened before the register's rows begin, nor a holder or buyer who is linked to nobody.
with house_right as (
    select
        real_estate_unit_code, coalesce(person_id, organization_id) as holder_id, person_id, holder_name, valid_from, area_m2,
        record_id, resource_id, coalesce(status_code = 'current' and {{ is_house_right('right_type_code') }}, false) as is_current
    from {{ ref('spatial.real_estate_right') }}
    where right_type_code is null or {{ is_house_right('right_type_code') }}
),

-- What the register says of a house: who was ever registered in it, and since when those are who are today.
registered as (
    select
        real_estate_unit_code,
        list(distinct holder_id) filter (where holder_id is not null) as holder_ids,
        list(distinct holder_name) filter (where holder_name is not null) as holder_names,
        list(distinct holder_id) filter (where holder_id is not null and is_current) as current_ids,
        list(distinct holder_name) filter (where holder_name is not null and is_current) as current_names,
        bool_and(holder_id is not null) as are_all_known,
        bool_and(person_id is not null and valid_from is not null) filter (where is_current) as are_holders_persons,
        min(valid_from) as first_from,
        min(valid_from) filter (where is_current) as held_from,
        arg_max(record_id, (valid_from, record_id)) filter (where is_current) as record_id,
        arg_max(resource_id, (valid_from, record_id)) filter (where is_current) as resource_id,
        arg_max(area_m2, (valid_from, record_id)) filter (where is_current) as area_m2
    from house_right
    group by real_estate_unit_code
),

-- The register's rows begin on the day after the first hundredth of them: a few old rows do not make it complete.
reach as (
    select min(registered_date) filter (where hundredth > 1) as begins, max(registered_date) as ends
    from (
        select registered_date, ntile(100) over (order by registered_date) as hundredth
        from {{ ref('spatial.real_estate_right') }}
        where registered_date is not null
    ) as dated
),

contract as (
    select
        real_estate_unit_code,
        contract_number,
        list(distinct person_id) filter (where person_id is not null) as buyer_ids,
        list(distinct buyer_name) filter (where buyer_name is not null) as buyer_names,
        bool_and(person_id is not null) as are_buyers_known,
        min(filed_date) as filed_date,
        arg_min(area_m2, record_id) as area_m2,
        arg_min(address_id, record_id) as address_id,
        min(record_id) as record_id,
        arg_min(resource_id, record_id) as resource_id
    from {{ ref('spatial.real_estate_sale') }}
    where {{ fixture_of('real_estate_unit_code') }} = 'F' and filed_date is not null and contract_number is not null
    group by real_estate_unit_code, contract_number
),

met as (
    select
        contract.*,
        registered.record_id as right_record_id,
        registered.resource_id as right_resource_id,
        registered.area_m2 as registered_area_m2,
        registered.held_from,
        coalesce(registered.are_holders_persons, false) as are_holders_persons,
        coalesce(
            list_has_any(contract.buyer_ids, registered.holder_ids)
            or list_has_any(contract.buyer_names, registered.holder_names),
            false
        ) as is_buyer_registered,
        coalesce(
            list_has_any(contract.buyer_ids, registered.current_ids)
            or list_has_any(contract.buyer_names, registered.current_names),
            false
        ) as is_buyer_holder,
        -- a buyer that is not found among the holders is surely not one of them
        contract.are_buyers_known and coalesce(registered.are_all_known, true) as are_all_known,
        contract.filed_date >= reach.begins as is_within_reach,
        contract.filed_date + interval {{ months_to_register() }} month as due,
        reach.ends
    from contract
    left join registered on contract.real_estate_unit_code = registered.real_estate_unit_code
    cross join reach
),

sold as (
    select
        *,
        row_number() over (partition by real_estate_unit_code order by filed_date desc, contract_number desc) = 1 as is_last,
        lead(filed_date) over in_order as next_filed_date,
        lag(record_id) over in_order as before_record_id,
        lag(resource_id) over in_order as before_resource_id,
        lag(are_all_known and is_within_reach and not is_buyer_registered) over in_order as is_before_open,
        coalesce(
            list_has_any(buyer_ids, lag(buyer_ids) over in_order)
            or list_has_any(buyer_names, lag(buyer_names) over in_order),
            false
        ) as is_to_same_buyer
    from met
    window in_order as (partition by real_estate_unit_code order by filed_date, contract_number)
),

never_registered as (
    select * from sold where are_all_known and is_within_reach and not is_buyer_registered
),

mortgage as (
    select
        real_estate_unit_code,
        min(valid_from) as mortgaged_from,
        arg_min(record_id, (valid_from, record_id)) as record_id,
        arg_min(resource_id, (valid_from, record_id)) as resource_id
    from {{ ref('spatial.real_estate_right') }}
    where right_type_code = 'mortgage' and status_code = 'current' and valid_from is not null
    group by real_estate_unit_code
),

about_contract as (
    -- Somebody else came into the register by the time when the buyer of the last contract should have.
    select
        'registered_to_another' as kind, real_estate_unit_code, held_from as event_date,
        right_record_id as record_id, right_resource_id as resource_id, record_id as other_record_id, resource_id as other_resource_id
    from never_registered
    where are_holders_persons and held_from between filed_date and due
        and coalesce(next_filed_date > held_from, true)
    union all
    -- A firm that holds the house is the developer who sold it.
    select
        'contract_not_registered', real_estate_unit_code, filed_date, record_id, resource_id, right_record_id, right_resource_id
    from never_registered
    where is_last and due <= ends and coalesce(held_from < filed_date or not are_holders_persons, true)
    union all
    select
        'sold_twice', real_estate_unit_code, filed_date, record_id, resource_id, before_record_id, before_resource_id
    from sold
    where is_before_open and are_buyers_known and not is_to_same_buyer
    union all
    select
        'contract_area_differs', real_estate_unit_code, filed_date, right_record_id, right_resource_id, record_id, resource_id
    from sold
    where is_last
        and abs(area_m2 - registered_area_m2) > {{ area_tolerance() }} * registered_area_m2
),

-- A mortgage that a holder of today took after the contract, and before the registration, is the holder's own.
own_mortgage as (
    select sold.real_estate_unit_code
    from sold
    join mortgage on sold.real_estate_unit_code = mortgage.real_estate_unit_code
    where sold.is_buyer_holder and sold.filed_date <= mortgage.mortgaged_from
    group by sold.real_estate_unit_code
),

while_mortgaged as (
    select
        mortgage.real_estate_unit_code, registered.held_from as event_date, registered.record_id, registered.resource_id,
        mortgage.record_id as other_record_id, mortgage.resource_id as other_resource_id
    from mortgage
    join registered on mortgage.real_estate_unit_code = registered.real_estate_unit_code
    left join own_mortgage on mortgage.real_estate_unit_code = own_mortgage.real_estate_unit_code
    where registered.first_from <= mortgage.mortgaged_from and mortgage.mortgaged_from < registered.held_from
        and own_mortgage.real_estate_unit_code is null
    union all
    select
        mortgage.real_estate_unit_code, sold.filed_date, sold.record_id, sold.resource_id,
        mortgage.record_id, mortgage.resource_id
    from mortgage
    join never_registered as sold on mortgage.real_estate_unit_code = sold.real_estate_unit_code
    where sold.is_last and sold.held_from <= mortgage.mortgaged_from and mortgage.mortgaged_from < sold.filed_date
),

holder as (
    select record_id, min(holder_id) as holder_id
    from (
        select record_id, person_id as holder_id from {{ ref('linked.person_record') }} where role = 'right_holder'
        union all
        select record_id, organization_id from {{ ref('linked.organization_record') }} where role = 'right_holder'
    ) as linked
    group by record_id
),

reported as (
    select
        real_estate_unit_code, right_type_code, area_m2, status_code, registered_date, record_id, false as is_copy,
        'natural_resources__real_estate_register' as resource_id
    from {{ ref('staged.natural_resources__real_estate_register') }}
    union all
    select
        real_estate_unit_code, right_type_code, area_m2, status_code, registered_date, record_id, true,
        'sichuan_natural_resources__real_estate'
    from {{ ref('staged.sichuan_natural_resources__real_estate') }}
),

-- The latest registration of a right in each of the two registers.
latest as (
    select *
    from (
        select reported.*, holder.holder_id,
            coalesce(status_code = 'current' and {{ is_house_right('right_type_code') }}, false) as is_current,
            row_number() over (
                partition by is_copy, real_estate_unit_code, right_type_code, coalesce(holder_id, cast(reported.record_id as varchar))
                order by registered_date desc nulls last, reported.record_id
            ) as rank_in_right
        from reported
        left join holder on reported.record_id = holder.record_id
        where reported.real_estate_unit_code is not null and (right_type_code is null or right_type_code <> 'mortgage')
    ) as ranked_right
    where rank_in_right = 1
),

registered_by as (
    select
        real_estate_unit_code, is_copy,
        bool_and(holder_id is not null) as are_all_known,
        list(distinct holder_id) filter (where holder_id is not null) as holder_ids,
        list(distinct holder_id) filter (where is_current) as current_ids,
        max(registered_date) filter (where is_current) as registered_date,
        arg_max(record_id, (registered_date, record_id)) filter (where is_current) as record_id,
        any_value(resource_id) as resource_id
    from latest
    group by real_estate_unit_code, is_copy
),

-- The holders of today in one register have never been registered in the other, and the other way round: a transfer that
-- the province has not got yet is no contradiction, because it knows the former holder.
held_by_others as (
    select
        city.real_estate_unit_code, greatest(city.registered_date, copy.registered_date) as event_date,
        city.record_id, city.resource_id, copy.record_id as other_record_id, copy.resource_id as other_resource_id
    from registered_by as city
    join registered_by as copy on city.real_estate_unit_code = copy.real_estate_unit_code
    where not city.is_copy and copy.is_copy and city.are_all_known and copy.are_all_known
        and not list_has_any(city.current_ids, copy.holder_ids) and not list_has_any(copy.current_ids, city.holder_ids)
),

copied as (
    select
        city.real_estate_unit_code, city.registered_date as event_date, city.record_id, city.resource_id,
        copy.record_id as other_record_id, copy.resource_id as other_resource_id,
        city.area_m2 <> copy.area_m2 as has_other_area, city.status_code <> copy.status_code as has_other_status
    from latest as city
    join latest as copy
        on city.real_estate_unit_code = copy.real_estate_unit_code and city.right_type_code = copy.right_type_code
        and city.holder_id = copy.holder_id and city.registered_date = copy.registered_date
    where not city.is_copy and copy.is_copy
),

building as (
    select building_code, {{ parcel_of('building_code') }} as parcel_code, division_code, record_id
    from {{ ref('spatial.building') }}
),

-- Housing lists the buildings of an estate together: of a parcel without any, nothing is known.
listed_parcel as (
    select parcel_code, min(record_id) as record_id from building group by parcel_code
),

county as (
    select division_code, min(coalesce(today_division_code, division_code)) as today_division_code
    from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and level_code = 'county'
    group by division_code
),

unit as (
    select
        real_estate_unit_code, address_id, division_code, registered_date, is_registered, fixture_code, record_id, resource_id,
        parcel_code, {{ building_of('real_estate_unit_code') }} as building_code,
        {{ division_code12('substr(real_estate_unit_code, 1, 6)') }} as code_county
    from {{ ref('spatial.real_estate_unit') }}
),

about_place as (
    select
        'building_not_listed' as kind, unit.real_estate_unit_code, unit.registered_date as event_date, unit.record_id,
        unit.resource_id, listed_parcel.record_id as other_record_id, 'housing__buildings' as other_resource_id
    from unit
    join listed_parcel on unit.parcel_code = listed_parcel.parcel_code
    left join building on unit.building_code = building.building_code
    where unit.fixture_code = 'F' and building.building_code is null
    union all
    select
        'building_elsewhere', unit.real_estate_unit_code, unit.registered_date, unit.record_id, unit.resource_id,
        building.record_id, 'housing__buildings'
    from unit
    join building on unit.building_code = building.building_code
    where unit.fixture_code = 'F' and {{ lie_apart('unit.division_code', 'building.division_code') }}
    union all
    select
        'address_outside_county', unit.real_estate_unit_code, unit.registered_date, unit.record_id, unit.resource_id,
        null, null
    from unit
    join county on unit.code_county = county.division_code
    where substr(unit.division_code, 1, 6) <> substr(county.today_division_code, 1, 6)
    union all
    select
        'contract_address_differs', unit.real_estate_unit_code, sold.filed_date, unit.record_id, unit.resource_id,
        sold.record_id, sold.resource_id
    from sold
    join unit on sold.real_estate_unit_code = unit.real_estate_unit_code
    join {{ ref('spatial.address') }} as place on unit.address_id = place.address_id
    join {{ ref('spatial.address') }} as sold_place on sold.address_id = sold_place.address_id
    where sold.is_last and unit.is_registered and (
        {{ lie_apart('place.division_code', 'sold_place.division_code') }}
        or coalesce(place.door_number <> sold_place.door_number, false)
        or coalesce(place.building <> sold_place.building, false)
        or coalesce(place.unit <> sold_place.unit, false)
        or coalesce(place.room <> sold_place.room, false)
    )
),

found as (
    select * from about_contract
    union all
    select 'sold_while_mortgaged' as kind, * from while_mortgaged
    union all
    select 'copy_holder_differs' as kind, * from held_by_others
    union all
    select 'copy_area_differs' as kind, * exclude (has_other_area, has_other_status) from copied where has_other_area
    union all
    select 'copy_status_differs' as kind, * exclude (has_other_area, has_other_status) from copied where has_other_status
    union all
    select * from about_place
),

ranked as (
    select *, row_number() over (
        partition by real_estate_unit_code, kind order by event_date desc nulls last, record_id, other_record_id
    ) as rank_in_kind
    from found
)

select
    {{ opaque_id('C', "concat_ws('|', real_estate_unit_code, kind)") }} as conflict_id,
    kind,
    real_estate_unit_code,
    event_date,
    record_id,
    resource_id,
    other_record_id,
    other_resource_id
from ranked
where rank_in_kind = 1
