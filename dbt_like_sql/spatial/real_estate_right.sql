-- One row per holder, right and real-estate unit: the latest registration; the city's register comes before the
-- province's copy.
with reported as (
    select real_estate_unit_code, holder_type_code, holder_name, holder_number, right_type_code, right_nature_code,
        area_m2, status_code, registered_date, record_id, 'natural_resources__real_estate_register' as resource_id
    from {{ ref('staged.natural_resources__real_estate_register') }}
    union all
    select real_estate_unit_code, holder_type_code, holder_name, holder_number, right_type_code, right_nature_code,
        area_m2, status_code, registered_date, record_id, 'sichuan_natural_resources__real_estate'
    from {{ ref('staged.sichuan_natural_resources__real_estate') }}
),

person as (
    select record_id, min(person_id) as person_id from {{ ref('linked.person_record') }}
    where role = 'right_holder' group by record_id
),

organization as (
    select record_id, min(organization_id) as organization_id from {{ ref('linked.organization_record') }}
    where role = 'right_holder' group by record_id
),

with_holder as (
    select reported.*, person.person_id, organization.organization_id,
        coalesce(person.person_id, organization.organization_id, concat_ws('|', holder_name, holder_number)) as holder_key
    from reported
    left join person on reported.record_id = person.record_id
    left join organization on reported.record_id = organization.record_id
    where real_estate_unit_code is not null
),

ranked as (
    select *, row_number() over (
        partition by real_estate_unit_code, holder_key, right_type_code
        order by registered_date desc nulls last, resource_id, record_id
    ) as rank_in_right
    from with_holder
)

select
    {{ opaque_id('R', "concat_ws('|', ranked.real_estate_unit_code, ranked.holder_key, ranked.right_type_code)") }}
        as real_estate_right_id,
    ranked.real_estate_unit_code,
    ranked.holder_type_code,
    person_base.person_id,
    organization_base.organization_id,
    ranked.holder_name,
    ranked.right_type_code,
    ranked.right_nature_code,
    ranked.area_m2,
    ranked.status_code,
    ranked.registered_date,
    ranked.resource_id,
    ranked.record_id
from ranked
join {{ ref('spatial.real_estate_unit') }} as unit on ranked.real_estate_unit_code = unit.real_estate_unit_code
left join {{ ref('population.person') }} as person_base on ranked.person_id = person_base.person_id
left join {{ ref('legal_entity.organization') }} as organization_base
    on ranked.organization_id = organization_base.organization_id
where rank_in_right = 1
