-- One row per figure: the value that stands, why it stands, and what else was reported of it.
with best as (select * from {{ ref('macro.observation') }} where preference = 1),

-- the best of the observations that say something else
runner_up as (
    select other.*
    from {{ ref('macro.observation') }} as other
    join best on other.figure_id = best.figure_id
    where other.amount is distinct from best.amount
    qualify row_number() over (partition by other.figure_id order by other.preference) = 1
),

counted as (
    select
        figure_id, count(*) as observations, count(distinct resource_id) as sources,
        min(released_at) as first_released_at,
        string_agg(distinct cast(value as varchar) || coalesce(unit, ''), '、') filter (where preference > 1) as others
    from {{ ref('macro.observation') }}
    group by figure_id
)

select
    best.figure_id,
    best.indicator_code,
    best.series_division_code as division_code,
    best.region_name,
    best.period_name,
    best.period_start,
    best.period_end,
    best.frequency,
    best.measure_code,
    best.value,
    best.unit,
    best.multiplier,
    best.amount,
    best.base_unit,
    best.price_basis,
    best.caliber,
    best.vintage_code,
    best.status_code,
    best.is_published,
    best.release_id,
    best.released_at,
    best.release_date_kind,
    counted.first_released_at,
    counted.observations,
    counted.sources,
    case
        when counted.observations = 1 then 'only_one'
        when runner_up.figure_id is null then 'same'
        when best.is_published and not runner_up.is_published then 'published'
        when best.vintage_rank < runner_up.vintage_rank then 'vintage'
        when best.authority < runner_up.authority then 'authority'
        when best.released_at > runner_up.released_at or best.file_name > runner_up.file_name then 'release'
        else 'precision'
    end as chosen_by,
    case when runner_up.figure_id is not null then counted.others end as other_values,
    best.observation_id,
    best.file_name,
    best.sheet_name,
    best.cell,
    best.resource_id,
    best.record_id
from best
join counted on best.figure_id = counted.figure_id
left join runner_up on best.figure_id = runner_up.figure_id
