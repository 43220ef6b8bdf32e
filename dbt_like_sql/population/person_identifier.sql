-- One row per person and identity number: every document number that a department reports for the person.
with record as not materialized (select * from {{ ref('linked.person_record') }} where person_id is not null),

-- there are only a few different sets of resources: each is turned into a list once, at the end
resource as {{ resource_bits(ref('linked.person_record')) }},

-- deterministic linkage gives a person one resident id at most
resident as (
    select
        person_id, 'resident_id' as identifier_type, resident_id as identifier,
        bool_and(is_resident_id_derived) as is_derived, true as is_primary,
        bit_or(low_bit) as low_bits, bit_or(high_bit) as high_bits
    from record
    join resource using (resource_id)
    where resident_id is not null
    group by person_id, resident_id
),

other as (
    select
        person_id, coalesce(other_id_type_code, 'unknown') as identifier_type, other_id as identifier,
        false as is_derived, bit_or(low_bit) as low_bits, bit_or(high_bit) as high_bits
    from record
    join resource using (resource_id)
    where other_id is not null
    group by person_id, coalesce(other_id_type_code, 'unknown'), other_id
),

identifier as (
    select * from resident
    union all
    select
        person_id, identifier_type, identifier, is_derived,
        person_id not in (select person_id from resident)
            and row_number() over (partition by person_id order by identifier_type, identifier) = 1 as is_primary,
        low_bits, high_bits
    from other
),

reported_by as (
    select low_bits, high_bits, list(resource_id order by resource_id) as resource_ids
    from (select distinct low_bits, high_bits from identifier) as resource_set
    join resource on low_bits & low_bit <> 0 or high_bits & high_bit <> 0
    group by low_bits, high_bits
)

select
    person_id,
    identifier_type,
    identifier,
    is_derived,
    is_primary,
    resource_ids
from identifier
join reported_by using (low_bits, high_bits)
