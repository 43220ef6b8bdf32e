-- One row per organisation and name that is a short form of another name told of it: without the city before it or the
-- legal form behind it. Whoever writes the short form means the full name.
with told as (
    select distinct organization_id, name
    from {{ ref('linked.organization_record') }}
    where organization_id is not null and name is not null
),

several as (
    select told.organization_id, told.name, {{ name_core('told.name') }} as core
    from told
    semi join (
        select organization_id from told group by organization_id having count(*) > 1
    ) as named_twice on told.organization_id = named_twice.organization_id
)

select
    short.organization_id,
    short.name,
    arg_max(fuller.name, (length(fuller.name), fuller.name)) as full_name
from several as short
join several as fuller on short.organization_id = fuller.organization_id and short.core = fuller.core
where contains(fuller.name, short.name) and {{ is_short_form('short.name', 'fuller.name') }}
group by short.organization_id, short.name
