-- One row per household of the register: its head, where it is registered, and how many of its members live.
with member as not materialized (
    select
        household_id, household_number, person_id, head_relation_code in ('01', '02') as is_head, is_deceased,
        registered_address_id, registered_division_code
    from {{ ref('population.person') }}
    where household_id is not null
),

counted as (
    select
        household_id,
        any_value(household_number) as household_number,
        count(*) filter (where not is_deceased) as member_count,
        count(*) filter (where is_deceased) as deceased_count
    from member
    group by household_id
),

head as (
    select
        household_id,
        coalesce(min(person_id) filter (where not is_deceased), min(person_id)) as head_person_id
    from member
    where is_head
    group by household_id
),

-- the head's address stands for the household; without a head, that of the member who comes first
speaker_id as (
    select head_person_id as person_id from head
    union all
    select min(person_id)
    from member
    anti join head on member.household_id = head.household_id
    where registered_address_id is not null
    group by household_id
),

speaker as (
    select household_id, registered_address_id, registered_division_code
    from member
    semi join speaker_id on member.person_id = speaker_id.person_id
)

select
    counted.household_id,
    counted.household_number,
    head.head_person_id,
    speaker.registered_address_id as address_id,
    speaker.registered_division_code as division_code,
    counted.member_count,
    counted.deceased_count
from counted
left join head on counted.household_id = head.household_id
left join speaker on counted.household_id = speaker.household_id
