-- One row per administrative division and period as delivered: its name, its code, the code system of the code, and the dates. What
-- it was and what it became is delivered, or found in spatial.division_change; the current code through any number of changes.
with delivered as (
    select
        record_id, division_code, code_system_code, name, {{ division_short_name('name', 'level_code') }} as short_name, level_code,
        parent_division_code, valid_from, valid_to, coalesce(date_precision_code, 'day') as date_precision_code, predecessor_division_code,
        valid_to is null as is_current
    from {{ ref('staged.natural_resources__divisions') }}
),

code as (
    select code.version_id, code.code_system_code, code.division_code, version.short_name, version.level_code
    from {{ ref('spatial.division_code') }} as code
    join {{ ref('spatial.division_version') }} as version on code.version_id = version.version_id
),

-- if a division became several divisions, it has no successor; if it was several, no predecessor
predecessor as (
    select code.version_id, code.code_system_code, min(former.division_code) as division_code
    from {{ ref('spatial.division_change') }} as change
    join code on change.successor_version_id = code.version_id
    join code as former on change.predecessor_version_id = former.version_id and code.code_system_code = former.code_system_code
    group by code.version_id, code.code_system_code
    having count(distinct former.division_code) = 1
),

successor as (
    select code.version_id, code.code_system_code, min(later.division_code) as division_code
    from {{ ref('spatial.division_change') }} as change
    join code on change.predecessor_version_id = code.version_id
    join code as later on change.successor_version_id = later.version_id and code.code_system_code = later.code_system_code
    group by code.version_id, code.code_system_code
    having count(distinct later.division_code) = 1
),

today as (
    select code.version_id, code.code_system_code, min(later.division_code) as division_code
    from {{ ref('spatial.division_succession') }} as succession
    join code on succession.version_id = code.version_id
    join code as later on succession.later_version_id = later.version_id and code.code_system_code = later.code_system_code
    where succession.is_later_current
    group by code.version_id, code.code_system_code
    having count(distinct later.division_code) = 1
),

-- the province, and cities that the counties were in before: the city does not deliver them, but refers to them
above as (
    select division_code, name, short_name, level_code, is_current
    from {{ ref('spatial.division_version') }}
    where (level_code = 'province' or level_code = 'city' and division_code in (select parent_division_code from delivered))
        and division_code not in (select division_code from delivered where division_code is not null)
),

division as (
    select
        delivered.division_code, delivered.code_system_code, delivered.name, delivered.short_name, delivered.level_code,
        delivered.parent_division_code, delivered.valid_from, delivered.valid_to,
        case when delivered.valid_from is not null or delivered.valid_to is not null then delivered.date_precision_code end as date_precision_code,
        coalesce(delivered.predecessor_division_code, predecessor.division_code) as predecessor_division_code,
        case when not delivered.is_current then successor.division_code end as successor_division_code,
        case when delivered.is_current then delivered.division_code else today.division_code end as today_division_code,
        delivered.is_current, delivered.record_id
    from delivered
    left join code
        on coalesce(delivered.code_system_code, 'NBS') = code.code_system_code and delivered.division_code = code.division_code
        and delivered.short_name = code.short_name and delivered.level_code = code.level_code
    left join predecessor on code.version_id = predecessor.version_id and code.code_system_code = predecessor.code_system_code
    left join successor on code.version_id = successor.version_id and code.code_system_code = successor.code_system_code
    left join today on code.version_id = today.version_id and code.code_system_code = today.code_system_code
    union all
    select
        division_code, 'NBS', name, short_name, level_code, null, null, null, null, null, null, case when is_current then division_code end,
        is_current, null
    from above
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
    short_name,
    level_code,
    parent_division_code,
    case when level_code in ('county', 'town', 'village') then {{ division_code12('substr(division_code, 1, 6)') }} end
        as county_division_code,
    valid_from,
    valid_to,
    date_precision_code,
    predecessor_division_code,
    successor_division_code,
    today_division_code,
    is_current,
    record_id
from numbered
