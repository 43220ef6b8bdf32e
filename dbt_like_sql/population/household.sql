-- One row per household of the register: its head, its registered address, its living and its deceased members.
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

-- the address of a household is that of its head; without a head, that of the member with the smallest id
addressed_member as (
    select head_person_id as person_id from head
    union all
    select min(person_id)
    from member
    anti join head on member.household_id = head.household_id
    where registered_address_id is not null
    group by household_id
),

household_address as (
    select household_id, registered_address_id, registered_division_code
    from member
    semi join addressed_member on member.person_id = addressed_member.person_id
)

select
    counted.household_id,
    counted.household_number,
    head.head_person_id,
    household_address.registered_address_id as address_id,
    household_address.registered_division_code as division_code,
    counted.member_count,
    counted.deceased_count
from counted
left join head on counted.household_id = head.household_id
left join household_address on counted.household_id = household_address.household_id
