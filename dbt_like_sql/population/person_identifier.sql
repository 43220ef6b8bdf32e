-- One row per person and identity number: every document a department knows the person by.
with record as (
    select person_id, resident_id, is_resident_id_derived, other_id_type_code, other_id, resource_id
    from {{ ref('linked.person_record') }}
    where person_id is not null
),

told as (
    select
        person_id, 'resident_id' as identifier_type, resident_id as identifier, resource_id,
        bool_and(is_resident_id_derived) as is_derived
    from record
    where resident_id is not null
    group by person_id, resident_id, resource_id
    union all
    select distinct
        person_id, coalesce(other_id_type_code, 'unknown') as identifier_type, other_id as identifier, resource_id,
        false as is_derived
    from record
    where other_id is not null
)

select
    person_id,
    identifier_type,
    identifier,
    bool_and(is_derived) as is_derived,
    row_number() over (
        partition by person_id order by identifier_type <> 'resident_id', identifier_type, identifier
    ) = 1 as is_primary,
    list_sort(list(resource_id)) as resource_ids
from told
group by person_id, identifier_type, identifier
