-- One row per division and year with its product and residents: product per head, and the population that it rests on: the mean
-- of the residents at the end of the year and of the year before, as the bureau takes it; of one year end alone if the other is
-- not known.
with yearly as (
    select indicator_code, division_code, region_name, year(period_end) as year, amount, figure_id
    from {{ ref('macro.latest') }}
    where frequency = 'Y' and caliber is null and measure_code = 'level_current' and amount is not null
        and month(period_start) = 1 and month(period_end) = 12 and year(period_start) = year(period_end)
        and indicator_code in ('gdp', 'population_resident', 'gdp_per_capita')
),

product as (select * from yearly where indicator_code = 'gdp'),

residents as (select * from yearly where indicator_code = 'population_resident'),

official as (select * from yearly where indicator_code = 'gdp_per_capita'),

based as (
    select
        product.division_code, product.region_name, product.year, product.amount as gdp,
        at_end.amount as population_at_end, at_start.amount as population_at_start,
        coalesce((at_end.amount + at_start.amount) / 2, at_end.amount, at_start.amount) as population,
        official.amount as official_gdp_per_capita, product.figure_id
    from product
    left join residents as at_end on product.division_code = at_end.division_code and product.year = at_end.year
    left join residents as at_start on product.division_code = at_start.division_code and product.year = at_start.year + 1
    left join official on product.division_code = official.division_code and product.year = official.year
)

select
    figure_id,
    division_code,
    region_name,
    cast(year as integer) as year,
    gdp,
    population,
    case
        when population_at_start is not null and population_at_end is not null then 'mean'
        when population_at_end is not null then 'end' else 'start'
    end as population_basis,
    round(gdp / population) as gdp_per_capita,
    official_gdp_per_capita,
    round(gdp / population - official_gdp_per_capita) as difference
from based
where population > 0
