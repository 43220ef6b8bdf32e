-- One row per indicator, county or city, year and section of industries that the other three bases can count, beside the
-- official figure: how far our records explain what is published. Who has no county is counted for the city alone.
with renumbered as {{ renumbered_county(ref('reference.' ~ var('city').tables.counties_by_year)) }},

-- what begins and ends counts at the end of the years between: only the years are needed of each
life as (
    select 'population_registered' as indicator_code, substr(registered_division_code, 1, 6) as county, cast(null as varchar) as section_code,
        year(birth_date) as begun, year(coalesce(death_date, moved_out_date)) as ended, 'population.person' as source
    from {{ ref('population.person') }}
    where birth_date is not null
    union all
    select 'enterprises', substr(organization.division_code, 1, 6), section_code, year(established_date), year(closed_date),
        'legal_entity.organization'
    from {{ ref('legal_entity.organization') }} as organization
    left join {{ ref('code.industry') }} as industry on organization.industry_code = industry.industry_code
    where organization_type_code = 'enterprise' and established_date is not null
    union all
    select 'pension_insured', substr(registered_division_code, 1, 6), null, year(first_day), year(last_day), 'social_security.enrolment'
    from (
        select person_id, min(valid_from) as first_day, case when count(*) = count(valid_to) then max(valid_to) end as last_day
        from {{ ref('social_security.enrolment') }}
        where insurance_type_code in ('pension_employee', 'pension_government', 'pension_resident')
        group by person_id
    ) as insured
    join {{ ref('population.person') }} as person on insured.person_id = person.person_id
    where first_day is not null
    union all
    select 'licences', substr(division_code, 1, 6), null, year(valid_from), year(valid_to), 'credential.credential'
    from {{ ref('credential.credential') }} as credential
    join {{ ref('legal_entity.organization') }} as organization on credential.organization_id = organization.organization_id
    where valid_from is not null
),

-- years of which something is published; the current one is not over
year_end as (
    select distinct year(period_end) as year
    from {{ ref('macro.latest') }}
    where frequency = 'Y' and year(period_end) >= 2000
        and period_end < (select max(released_at) from {{ ref('macro.observation') }})
),

change as (
    select indicator_code, source, section_code, county, year, sum(change) as change
    from (
        select indicator_code, source, section_code, county, begun as year, 1 as change from life
        union all
        select indicator_code, source, section_code, county, ended, -1 from life where ended is not null
    ) as step
    group by all
),

stock as (
    select indicator_code, source, section_code, county, year_end.year, cast(sum(change) as double) as value
    from change join year_end on change.year <= year_end.year
    group by all
),

flow as (
    select 'enterprises_new' as indicator_code, source, section_code, county, begun as year, cast(count(*) as double) as value
    from life join year_end on life.begun = year_end.year
    where indicator_code = 'enterprises'
    group by all
    union all
    select 'housing_sales_area', 'housing__house_sales', null, substr(unit.division_code, 1, 6), year(filed_date),
        sum(sale.area_m2)
    from {{ ref('staged.housing__house_sales') }} as sale
    left join {{ ref('spatial.real_estate_unit') }} as unit on sale.real_estate_unit_code = unit.real_estate_unit_code
    join year_end on year(filed_date) = year_end.year
    where sale.area_m2 is not null
    group by all
),

counted as (
    select counted.* exclude (county), coalesce(substr(today_division_code, 1, 6), county) as county
    from (select * from stock union all select * from flow) as counted
    left join renumbered on {{ division_code12('counted.county') }} = renumbered.division_code
),

summed as (
    select indicator_code, source, year, section_code, {{ division_code12('county') }} as division_code, sum(value) as value
    from counted
    where county in (select substr(division_code, 1, 6) from {{ ref('spatial.division') }} where level_code = 'county')
    group by all
    union all
    select indicator_code, source, year, section_code, {{ literal(var('city').code ~ '000000') }}, sum(value)
    from counted
    group by all
),

total as (
    select * from summed where section_code is not null
    union all
    select indicator_code, source, year, null, division_code, sum(value) from summed group by all
),

official as (
    select indicator_code, division_code, year(period_end) as year, amount, figure_id
    from {{ ref('macro.latest') }}
    where frequency = 'Y' and caliber is null and measure_code = 'level_current' and month(period_start) = 1 and month(period_end) = 12
        and year(period_start) = year(period_end)
)

select
    {{ opaque_id('V', "concat_ws('|', total.indicator_code, total.division_code, total.year, section_code)") }} as derived_id,
    total.indicator_code,
    total.division_code,
    section_code as industry_section_code,
    make_date(cast(total.year as integer), 1, 1) as period_start,
    make_date(cast(total.year as integer), 12, 31) as period_end,
    value as derived_value,
    indicator.unit,
    official.amount as official_amount,
    value - official.amount as difference,
    case when official.amount <> 0 then round((value / official.amount - 1) * 100, 2) end as difference_percent,
    source,
    official.figure_id
from total
join {{ ref('macro.indicator') }} as indicator on total.indicator_code = indicator.indicator_code
left join official
    on total.indicator_code = official.indicator_code and total.division_code = official.division_code
    and case when section_code is null then total.year end = official.year
