-- One row per household of the register: its head, where it is registered, and how many of its members live.
with member as (
    select
        household_id, household_number, person_id, head_relation_code in ('01', '02') as is_head, is_deceased,
        registered_address_id, registered_division_code
    from {{ ref('population.person') }}
    where household_id is not null
),

counted as (
    select
        household_id,
        min(household_number) as household_number,
        coalesce(
            min(person_id) filter (where is_head and not is_deceased),
            min(person_id) filter (where is_head)
        ) as head_person_id,
        min(person_id) filter (where registered_address_id is not null) as first_addressed_id,
        count(*) filter (where not is_deceased) as member_count,
        count(*) filter (where is_deceased) as deceased_count
    from member
    group by household_id
),

-- the head's address stands for the household; without one, that of the member who comes first
speaker as (
    select counted.household_id, member.registered_address_id, member.registered_division_code
    from counted
    join member on counted.household_id = member.household_id
        and coalesce(counted.head_person_id, counted.first_addressed_id) = member.person_id
)

select
    counted.household_id,
    counted.household_number,
    counted.head_person_id,
    speaker.registered_address_id as address_id,
    speaker.registered_division_code as division_code,
    counted.member_count,
    counted.deceased_count
from counted
left join speaker on counted.household_id = speaker.household_id
