-- One row per figure and release that changed it: the value before and after, by source. Two sources of one file that disagree
-- without naming another stage of accounting are no revision.
with ordered as (
    select
        *,
        lag(struct_pack(
            value := value, amount := amount, observation_id := observation_id, release_id := release_id,
            vintage_code := vintage_code, released_at := released_at, file_name := file_name
        )) over (
            partition by figure_id, resource_id order by released_at, file_name, vintage_rank desc, record_id
        ) as former
    from {{ ref('macro.observation') }}
    where value is not null
)

select
    observation_id,
    figure_id,
    indicator_code,
    series_division_code as division_code,
    region_name,
    period_start,
    period_end,
    measure_code,
    former.value as from_value,
    value as to_value,
    unit,
    amount - former.amount as difference,
    case when former.amount <> 0 then round((amount / former.amount - 1) * 100, 4) end as difference_percent,
    former.vintage_code as from_vintage_code,
    vintage_code as to_vintage_code,
    former.release_id as from_release_id,
    release_id as to_release_id,
    former.released_at as from_released_at,
    released_at as to_released_at,
    former.observation_id as from_observation_id,
    resource_id
from ordered
where former.amount <> amount
    and (former.file_name <> file_name or former.vintage_code is distinct from vintage_code)
