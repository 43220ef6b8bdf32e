-- One row per person, household and relation to its head, with two times: when it was so, and when it was known. Periods are
-- those of person_history; a person of one household only has the refreshes that recorded it, and no period.
with several as (
    select person_id from {{ ref('population.person_version') }} group by person_id having count(*) > 1
),

marked as (
    select
        person_id, household_id, household_number, head_relation_code, recorded_from, recorded_to,
        coalesce(
            household_number is not distinct from lag(household_number) over states
            and head_relation_code is not distinct from lag(head_relation_code) over states
            and recorded_from = lag(recorded_to) over states,
            false
        ) as is_same
    from {{ ref('population.person_version') }}
    semi join several using (person_id)
    window states as (partition by person_id order by recorded_from)
),

numbered as (
    select *, sum(case when is_same then 0 else 1 end) over (
        partition by person_id order by recorded_from rows unbounded preceding
    ) as stay
    from marked
),

recorded as (
    select
        person_id, min(household_id) as household_id, min(household_number) as household_number,
        min(head_relation_code) as head_relation_code, min(recorded_from) as recorded_from,
        case when count(recorded_to) = count(*) then max(recorded_to) end as recorded_to
    from numbered
    group by person_id, stay
    union all
    select person_id, household_id, household_number, head_relation_code, recorded_from, recorded_to
    from {{ ref('population.person_version') }}
    anti join several using (person_id)
),

period as (
    select
        person_id, value as household_number, valid_from, valid_to, valid_to_kind, record_id, resource_id, recorded_from,
        recorded_to
    from {{ ref('population.person_history') }}
    where attribute = 'household_number'
),

present as (
    select recorded.*, period.valid_from, period.record_id, period.resource_id
    from recorded
    left join period
        on recorded.person_id = period.person_id and recorded.household_number = period.household_number
            and period.valid_to is null and period.recorded_from < coalesce(recorded.recorded_to, timestamp '9999-12-31')
            and recorded.recorded_from < coalesce(period.recorded_to, timestamp '9999-12-31')
    where recorded.household_number is not null
),

membership as (
    select
        person_id, household_id, household_number, head_relation_code, valid_from, cast(null as date) as valid_to,
        cast(null as varchar) as valid_to_kind, recorded_from, recorded_to, record_id, resource_id
    from present
    union all
    select
        person_id, {{ opaque_id('H', 'household_number') }} as household_id, household_number,
        cast(null as varchar) as head_relation_code, valid_from, valid_to, valid_to_kind, recorded_from, recorded_to,
        record_id, resource_id
    from period
    where valid_to is not null
)

select
    {{ opaque_id('M', "concat_ws('|', person_id, household_number, cast(recorded_from as varchar), cast(valid_to as varchar))") }}
        as membership_id,
    person_id, household_id, household_number, head_relation_code, valid_from, valid_to, valid_to_kind, recorded_from,
    recorded_to, record_id, resource_id
from membership
