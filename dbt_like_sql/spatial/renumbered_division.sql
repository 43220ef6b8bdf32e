-- One row per current town and village with a former code: a county that becomes a city gets another code, and so do
-- the divisions within it. Codes that a division really had are left out. A row is certain if the former code of the
-- town, where there was one, is the same town today.
with division as (
    select division_code, level_code, today_division_code, is_current
    from {{ ref('spatial.division') }}
    where code_system_code = 'NBS' and division_code is not null
),

county as (
    select substr(division_code, 1, 6) as former_county, substr(today_division_code, 1, 6) as county
    from division
    where level_code = 'county' and not is_current and substr(today_division_code, 1, 6) <> substr(division_code, 1, 6)
),

renumbered as (
    select
        county.former_county || substr(current_division.division_code, 7) as former_code,
        county.former_county || substr(current_division.division_code, 7, 3) || '000' as former_town_code,
        current_division.division_code
    from county
    join division as current_division on county.county = substr(current_division.division_code, 1, 6)
    where current_division.is_current and current_division.level_code in ('town', 'village')
)

select
    renumbered.former_code,
    renumbered.division_code,
    town.division_code is null
        or coalesce(substr(town.today_division_code, 1, 9) = substr(renumbered.division_code, 1, 9), false) as is_certain
from renumbered
left join division as town on renumbered.former_town_code = town.division_code
anti join division as delivered on renumbered.former_code = delivered.division_code
qualify row_number() over (partition by renumbered.former_code order by town.today_division_code nulls last) = 1
