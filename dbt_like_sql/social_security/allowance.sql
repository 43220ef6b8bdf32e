-- One row per person and allowance: minimum living standard and destitute support, special care, poverty relief.
with reported as (
    select record_id, 'civil_affairs__welfare_recipients' as resource_id, 'welfare_recipient' as role,
        case when welfare_type_code like '%destitute' then 'destitute' else 'minimum_living' end as allowance_type,
        welfare_type_code as category_code, benefit_amount_cny as monthly_amount_cny, start_date as valid_from,
        end_date as valid_to
    from {{ ref('staged.civil_affairs__welfare_recipients') }}
    where welfare_type_code is not null
    union all
    select record_id, 'veterans_affairs__special_care', 'special_care_recipient', 'special_care', special_care_type_code,
        monthly_benefit_cny, start_date, null
    from {{ ref('staged.veterans_affairs__special_care') }}
    union all
    -- relief ends with the year in which a household left poverty and lost its support
    select record_id, 'poverty_alleviation__households', 'poor_household_member', 'poverty_relief', poverty_type_code,
        null, registered_month,
        case when poverty_exit_code = 'left' then cast(exit_year || '-12-31' as date) end
    from {{ ref('staged.poverty_alleviation__households') }}
),

received as (
    select reported.*, person.person_id
    from reported
    join {{ ref('linked.person_record') }} as person
        on reported.record_id = person.record_id and reported.role = person.role
    where person.person_id is not null
    qualify row_number() over (
        partition by person.person_id, reported.allowance_type, reported.category_code, reported.valid_from
        order by reported.valid_to desc nulls first, reported.record_id
    ) = 1
)

select
    {{ opaque_id('W', "concat_ws('|', person_id, allowance_type, category_code, valid_from)") }} as allowance_id,
    person_id,
    allowance_type,
    category_code,
    monthly_amount_cny,
    valid_from,
    valid_to,
    record_id,
    resource_id
from received
