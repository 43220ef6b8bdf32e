-- One row per industry of GB/T 4754-2017 of any level, with the names of the levels above it. The code of a level begins with
-- the code of the level above.
with industry as (
    select
        code, name,
        case level when '门类' then 'section' when '大类' then 'division' when '中类' then 'group' else 'class' end as level_code
    from {{ ref('reference.gbt4754_2017_industry') }}
)

select
    industry.code as industry_code,
    industry.name,
    industry.level_code,
    section.code as section_code,
    section.name as section_name,
    division.code as division_code,
    division.name as division_name,
    'GB/T 4754-2017' as standard
from industry
join industry as section on substr(industry.code, 1, 1) = section.code
left join industry as division on substr(industry.code, 1, 3) = division.code and division.level_code = 'division'
