-- One row per person, attribute and period, where records of the best authority reported different values over time.
-- Where the golden value is the only one there is no row.
with reported_end as (
    select person_id, attribute, moved_out_date as reported_to
    from {{ ref('population.person') }}
    cross join (
        select unnest(['registered_address_id', 'registered_division_code', 'household_number']) as attribute
    ) as left_behind
    where moved_out_date is not null
    union all
    select person_id, 'marital_status_code' as attribute, valid_from as reported_to
    from {{ ref('population.bereavement') }}
),

former as (
    {{ former_values('person', [
        'name', 'marital_status_code', 'education_code', 'phone', 'registered_address_id', 'registered_division_code',
        'residence_address_id', 'household_number', 'employer_organization_id'
    ], ref('linked.person_record'), ref('population.person_doubt'), ref('population.person'), 'reported_end') }}
)

select person_id, attribute, value, valid_from, valid_to, valid_to_kind, record_id, resource_id
from former
