-- One row per holder, right and real-estate unit: the latest registration; the city's register comes before the
-- province's copy. A right begins with its earliest registration. A historic or terminated right ends when another holder
-- registers the same kind of right in the unit; no register reports the day.
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
    select *,
        min(registered_date) over (partition by real_estate_unit_code, holder_key, right_type_code) as valid_from,
        row_number() over (
            partition by real_estate_unit_code, holder_key, right_type_code
            order by registered_date desc nulls last, resource_id, record_id
        ) as rank_in_right
    from with_holder
),

followed as (
    select *,
        status_code in ('historic', 'terminated') as has_ended,
        min(valid_from) over (
            partition by real_estate_unit_code, right_type_code
            order by valid_from range between interval 1 day following and unbounded following
        ) as next_from
    from ranked
    where rank_in_right = 1
)

select
    {{ opaque_id('R', "concat_ws('|', followed.real_estate_unit_code, followed.holder_key, followed.right_type_code)") }}
        as real_estate_right_id,
    followed.real_estate_unit_code,
    followed.holder_type_code,
    person_base.person_id,
    organization_base.organization_id,
    followed.holder_name,
    followed.right_type_code,
    followed.right_nature_code,
    followed.area_m2,
    followed.status_code,
    followed.registered_date,
    followed.valid_from,
    case when has_ended then next_from end as valid_to,
    case when has_ended and next_from is not null then 'derived' when has_ended then 'known_by' end as valid_to_kind,
    followed.resource_id,
    followed.record_id
from followed
join {{ ref('spatial.real_estate_unit') }} as unit on followed.real_estate_unit_code = unit.real_estate_unit_code
left join {{ ref('population.person') }} as person_base on followed.person_id = person_base.person_id
left join {{ ref('legal_entity.organization') }} as organization_base
    on followed.organization_id = organization_base.organization_id
