-- One row per index or growth series and period, chained to a fixed base: the period before the first one is 100. Indices of
-- 上年同期=100 and growth in per cent are links of the same chain; a missing year begins a new one.
with link as (
    select
        indicator_code, division_code, region_name, caliber, period_start, period_end, measure_code,
        case when measure_code = 'index' then amount else 100 + amount end as link_index
    from {{ ref('macro.latest') }} as latest
    where measure_code in ('index', 'yoy_real', 'yoy_nominal') and amount is not null
        and (measure_code <> 'index' or unit is null or unit in ('上年同期=100', '上年=100', '%'))
        and period_end is not null and year(period_start) = year(period_end)
),

-- an index says it with more digits than a growth
best_link as (
    select * from link where link_index > 0
    qualify row_number() over (
        partition by indicator_code, coalesce(division_code, region_name), caliber, period_start, period_end
        order by measure_code = 'index' desc, measure_code = 'yoy_real' desc
    ) = 1
),

chained as (
    select
        *,
        year(period_end) - row_number() over (
            partition by indicator_code, coalesce(division_code, region_name), caliber, month(period_start), month(period_end)
            order by period_end
        ) as chain
    from best_link
)

select
    {{ opaque_id('C', "concat_ws('|', indicator_code, coalesce(division_code, region_name), caliber, period_start, period_end)") }} as chained_index_id,
    indicator_code,
    division_code,
    region_name,
    period_start,
    period_end,
    measure_code as link_measure_code,
    link_index,
    round(100 * exp(sum(ln(link_index / 100)) over same), 4) as chained_index,
    cast(min(year(period_end)) over chain - 1 as integer) as base_year,
    caliber
from chained
window
    chain as (
        partition by indicator_code, coalesce(division_code, region_name), caliber, month(period_start), month(period_end), chain
    ),
    same as (
        partition by indicator_code, coalesce(division_code, region_name), caliber, month(period_start), month(period_end), chain
        order by period_end
    )
