-- One row per indicator: what is measured. An indicator that is not in the reference table keeps its delivered name, so
-- that its observations are not lost; the rule `indicator_known` warns of it.
with listed as (
    select
        indicator_code, name_zh, name_en, nullif(unit, '') as unit, is_flow = 'true' as is_flow,
        nullif(part_of, '') as part_of
    from {{ ref('reference.macro_indicator') }}
),

delivered as (
    select indicator_name as name from {{ ref('staged.statistics__monthly_indicators') }}
    union
    select industry_name from {{ ref('staged.statistics__quarterly_gdp') }}
    union
    select tax_name from {{ ref('staged.taxation__tax_revenue') }}
    union
    select subject_name from {{ ref('staged.finance__budget_execution') }}
    union
    select indicator_name from {{ ref('staged.economy_information__industrial_figures') }}
    union
    select item_name from {{ ref('staged.peoples_bank__deposits_and_loans') }}
    union
    select industry_name from {{ ref('staged.power_supply__electricity_by_industry') }}
    union
    select item_name from {{ ref('staged.office_administration__vehicles_and_offices') }}
    union
    select indicator_name from {{ ref('staged.sichuan_statistics__indicators') }}
    where value_text is null or value is not null
),

unlisted as (
    select name from delivered
    anti join {{ ref('reference.macro_indicator_name') }} as listed_name on delivered.name = listed_name.name
    where name is not null
)

select indicator_code, name_zh, name_en, unit, is_flow, part_of, true as is_known from listed
union all
select {{ opaque_id('x', 'name') }}, name, null, null, null, null, false from unlisted
