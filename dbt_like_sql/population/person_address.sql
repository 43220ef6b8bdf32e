-- One row per person, address and kind: where a person is or was registered, lives or lived, and which row reports it.
with reported as (
    select
        person_id, 'registered' as address_type, registered_address_id as address_id, valid_from, record_id,
        resource_id, registered_address_authority as authority, survivorship_rank
    from {{ ref('linked.person_record') }}
    where person_id is not null and registered_address_id is not null
    union all
    select
        person_id, 'residence' as address_type, residence_address_id as address_id, valid_from, record_id,
        resource_id, residence_address_authority as authority, survivorship_rank
    from {{ ref('linked.person_record') }}
    where person_id is not null and residence_address_id is not null
),

distinct_address as (
    select
        person_id,
        address_type,
        address_id,
        min(valid_from) as valid_from,
        max(valid_from) as last_reported_date,
        {{ most_authoritative('record_id') }} as record_id,
        {{ most_authoritative('resource_id') }} as resource_id
    from reported
    group by person_id, address_type, address_id
)

select
    distinct_address.person_id,
    distinct_address.address_type,
    distinct_address.address_id,
    distinct_address.valid_from,
    distinct_address.last_reported_date,
    coalesce(distinct_address.address_id = case distinct_address.address_type
        when 'registered' then person.registered_address_id
        when 'residence' then person.residence_address_id
    end, false) as is_current,
    distinct_address.record_id,
    distinct_address.resource_id
from distinct_address
join {{ ref('population.person') }} as person on distinct_address.person_id = person.person_id
join {{ ref('spatial.address') }} as address on distinct_address.address_id = address.address_id
