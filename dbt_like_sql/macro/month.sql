-- One row per flow, division and month, or months that were published together: the cumulative figure less the one before it.
-- January and February stay together where only their sum is published; so do months before which one is missing.
with cumulative as (
    select
        latest.figure_id, latest.indicator_code, latest.division_code, latest.region_name, latest.caliber, period_start,
        period_end, amount, base_unit as unit, vintage_code
    from {{ ref('macro.latest') }} as latest
    join {{ ref('macro.indicator') }} as indicator on latest.indicator_code = indicator.indicator_code
    where indicator.kind = 'flow' and indicator.is_cumulative and latest.amount is not null
        and month(period_start) = 1 and year(period_start) = year(period_end)
        and (latest.measure_code = 'level_cumulative'
            or latest.measure_code = 'level_current' and (month(period_end) = 12 or month(period_end) = 1 and latest.frequency = 'M'))
),

-- where both are there, the cumulative one and the level of January say the same
distinct_cumulative as (
    select * from cumulative
    qualify row_number() over (
        partition by indicator_code, coalesce(division_code, region_name), caliber, period_end order by figure_id
    ) = 1
),

followed as (
    select
        *,
        lag(amount) over same as former_amount,
        lag(period_end) over same as former_end
    from distinct_cumulative
    window same as (
        partition by indicator_code, coalesce(division_code, region_name), caliber, year(period_end) order by period_end
    )
)

select
    figure_id,
    indicator_code,
    division_code,
    region_name,
    coalesce(cast(former_end + interval 1 day as date), period_start) as period_start,
    period_end,
    cast(month(period_end) - coalesce(month(former_end), 0) as integer) as months,
    round(amount - coalesce(former_amount, 0), 6) as amount,
    unit,
    vintage_code,
    caliber
from followed
