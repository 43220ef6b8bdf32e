-- One row per published number of a resource that is open without conditions, as macro.observation has it.
select
    observation.observation_id, observation.indicator_code, observation.division_code, observation.period_start,
    observation.period_end, observation.frequency, observation.measure_code, observation.value, observation.unit,
    observation.multiplier, observation.price_basis, observation.vintage_code, observation.status_code, observation.resource_id
from {{ ref('macro.observation') }} as observation
semi join (
    select resource_id from {{ ref('code.resource') }} where open_type_code = 'unconditional'
) as open_resource using (resource_id)
where observation.value is not null
