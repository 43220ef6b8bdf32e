-- One row per run that recorded a state of a golden record, with the time that its states and changes have.
with state as (
    select begun_run, recorded_from, ended_run, recorded_to from {{ ref('population.person_version') }}
    union all
    select begun_run, recorded_from, ended_run, recorded_to from {{ ref('legal_entity.organization_version') }}
)

select begun_run as run_id, recorded_from as recorded_at
from state
group by begun_run, recorded_from
union
select ended_run as run_id, recorded_to as recorded_at
from state
where recorded_to is not null
group by ended_run, recorded_to
