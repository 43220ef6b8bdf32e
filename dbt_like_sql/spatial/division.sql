-- One row per administrative division and period: its name, its code, the code system of the code, and the dates.
with delivered as (
    select
        record_id, division_code, code_system_code, name, level_code, parent_division_code, valid_from, valid_to,
        predecessor_division_code,
        valid_to is null as is_current
    from {{ ref('staged.natural_resources__divisions') }}
),

-- if a division became several divisions, it has no successor
successor as (
    select code_system_code, predecessor_division_code, min(division_code) as successor_division_code
    from delivered
    where predecessor_division_code <> division_code
    group by code_system_code, predecessor_division_code
    having count(distinct division_code) = 1
),

-- the province: the city does not deliver it, but refers to it
province as (
    select distinct {{ division_code12('province_adcode') }} as division_code, province_name as name
    from {{ ref('reference.' ~ var('city').tables.counties_by_year) }}
    where {{ division_code12('province_adcode') }} not in (
        select division_code from delivered where division_code is not null
    )
),

division as (
    select
        delivered.division_code, delivered.code_system_code, delivered.name, delivered.level_code,
        delivered.parent_division_code, delivered.valid_from, delivered.valid_to, delivered.predecessor_division_code,
        successor.successor_division_code, delivered.is_current, delivered.record_id
    from delivered left join successor
        on delivered.code_system_code = successor.code_system_code
        and delivered.division_code = successor.predecessor_division_code
    union all
    select division_code, 'NBS', name, 'province', null, null, null, null, null, true, null from province
),

-- Two rows may have the same key because the values that distinguish them could not be read: they stay two rows.
with_division_key as (
    select *, concat_ws('|', code_system_code, coalesce(division_code, name), name, valid_from) as division_key from division
),

numbered as (
    select *, row_number() over (partition by division_key order by record_id) as occurrence from with_division_key
)

select
    {{ opaque_id('D', "concat_ws('|', division_key, case when occurrence > 1 then occurrence end)") }} as division_id,
    division_code,
    code_system_code,
    name,
    case when level_code = 'village' then {{ village_short_name('name') }} else name end as short_name,
    level_code,
    parent_division_code,
    case when level_code in ('county', 'town', 'village') then {{ division_code12('substr(division_code, 1, 6)') }} end
        as county_division_code,
    valid_from,
    valid_to,
    predecessor_division_code,
    successor_division_code,
    -- the current code: its own, or that of its successor
    case when is_current then division_code else successor_division_code end as today_division_code,
    is_current,
    record_id
from numbered
