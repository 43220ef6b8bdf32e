-- One row per person, address and kind: where a person is or was registered, lives or lived, until when, and which row
-- reports it. The end is that of the last period at the address (person_period). Without one it is known by records only.
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
),

ended as (
    select
        person_id, case attribute when 'registered_address_id' then 'registered' else 'residence' end as address_type,
        value as address_id, max(valid_to) as valid_to, arg_max(valid_to_kind, valid_to) as valid_to_kind
    from {{ ref('population.person_period') }}
    where attribute in ('registered_address_id', 'residence_address_id')
    group by person_id, attribute, value
),

marked as (
    select
        distinct_address.*,
        coalesce(distinct_address.address_id = case distinct_address.address_type
            when 'registered' then person.registered_address_id
            when 'residence' then person.residence_address_id
        end, false) as is_current
    from distinct_address
    join {{ ref('population.person') }} as person on distinct_address.person_id = person.person_id
)

select
    marked.person_id,
    marked.address_type,
    marked.address_id,
    marked.valid_from,
    case when not is_current then ended.valid_to end as valid_to,
    case when not is_current then coalesce(ended.valid_to_kind, 'known_by') end as valid_to_kind,
    marked.last_reported_date,
    marked.is_current,
    marked.record_id,
    marked.resource_id
from marked
join {{ ref('spatial.address') }} as address on marked.address_id = address.address_id
left join ended
    on marked.person_id = ended.person_id and marked.address_type = ended.address_type
        and marked.address_id = ended.address_id
