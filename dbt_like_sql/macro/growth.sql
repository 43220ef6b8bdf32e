-- One row per level of which the level of a year before is known: the growth at current prices that they give, beside the
-- published one. Published real growth is not recomputed: 2020 1403.18 and 2021 1519.87 give 8.3 %, the real growth is 8.2 %.
with level as (
    select * from {{ ref('macro.latest') }}
    where measure_code in ('level_current', 'level_cumulative') and amount is not null and period_end is not null
),

official as (
    select * from {{ ref('macro.latest') }} where measure_code in ('yoy_real', 'yoy_nominal') and amount is not null
    qualify row_number() over (
        partition by indicator_code, coalesce(division_code, region_name), caliber, period_start, period_end
        order by measure_code = 'yoy_nominal' desc
    ) = 1
)

select
    level.figure_id,
    level.indicator_code,
    level.division_code,
    level.region_name,
    level.period_start,
    level.period_end,
    level.measure_code as level_measure_code,
    former.amount as former_amount,
    level.amount,
    level.base_unit as unit,
    round((level.amount / former.amount - 1) * 100, 4) as nominal_growth,
    -- half of the last digit of both levels, as percentage points of growth
    round(50 * level.amount / former.amount * (
        power(10, -({{ decimals('level.value') }})) * level.multiplier / abs(level.amount)
        + power(10, -({{ decimals('former.value') }})) * former.multiplier / abs(former.amount)), 4) as rounding_points,
    official.amount as official_growth,
    official.measure_code as official_measure_code,
    case when official.measure_code = 'yoy_nominal' then round((level.amount / former.amount - 1) * 100 - official.amount, 4) end
        as difference_points,
    level.caliber
from level
join level as former
    on level.indicator_code = former.indicator_code
    and coalesce(level.division_code, level.region_name) = coalesce(former.division_code, former.region_name)
    and level.measure_code = former.measure_code and level.caliber is not distinct from former.caliber
    and former.period_start = cast(level.period_start - interval 1 year as date)
    and former.period_end = last_day(cast(level.period_end - interval 1 year as date))
left join official
    on level.indicator_code = official.indicator_code
    and coalesce(level.division_code, level.region_name) = coalesce(official.division_code, official.region_name)
    and level.period_start = official.period_start and level.period_end = official.period_end
    and level.caliber is not distinct from official.caliber
where former.amount > 0 and level.amount <> 0
