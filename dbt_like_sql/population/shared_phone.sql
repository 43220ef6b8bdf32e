-- One row per phone that people of more than four households report. Who is in no household is one of their own.
with record as not materialized (
    select person_id, phone, household_number
    from {{ ref('linked.person_record') }}
    where person_id is not null
),

frequent_phone as (
    select phone from record where phone is not null group by phone having count(*) > 4
),

holder as (
    select distinct phone, person_id from record semi join frequent_phone on record.phone = frequent_phone.phone
),

home as (
    select record.person_id, min(household_number) as household_number
    from record
    semi join holder on record.person_id = holder.person_id
    where household_number is not null
    group by record.person_id
)

select
    phone,
    count(distinct coalesce(household_number, holder.person_id)) as household_count
from holder
left join home on holder.person_id = home.person_id
group by phone
having count(distinct coalesce(household_number, holder.person_id)) > 4
