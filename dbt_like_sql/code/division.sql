-- One row per division code, so that a join cannot double rows. A code that several rows of spatial.division have is the current
-- division before a former one, and then that of the statistical codes (NBS), which the bases use, before that of Civil Affairs.
with division as (
    select *
    from {{ ref('spatial.division') }}
    where division_code is not null
    qualify row_number() over (
        partition by division_code
        order by is_current desc, code_system_code = 'NBS' desc, valid_from desc nulls last, division_id
    ) = 1
),

placed as (
    select
        *,
        case when level_code in ('town', 'village') then {{ division_code12('substr(division_code, 1, 9)') }} end as town_code
    from division
)

select
    placed.division_code,
    placed.name,
    placed.short_name,
    placed.level_code,
    placed.county_division_code,
    county.name as county_name,
    placed.town_code as town_division_code,
    town.name as town_name,
    placed.code_system_code,
    placed.is_current,
    placed.today_division_code,
    placed.division_id
from placed
left join division as county on placed.county_division_code = county.division_code
left join division as town on placed.town_code = town.division_code
