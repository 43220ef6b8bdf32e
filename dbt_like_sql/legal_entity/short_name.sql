-- One row per organisation and short form of its name: a reported name that lacks the city at the start or the legal
-- form at the end of another reported name. The short form counts as the full name.
with reported as (
    select distinct organization_id, name
    from {{ ref('linked.organization_record') }}
    where organization_id is not null and name is not null
),

with_core as (
    select reported.organization_id, reported.name, {{ name_core('reported.name') }} as core
    from reported
    semi join (
        select organization_id from reported group by organization_id having count(*) > 1
    ) as with_several_names on reported.organization_id = with_several_names.organization_id
)

select
    short.organization_id,
    short.name,
    arg_max(fuller.name, (length(fuller.name), fuller.name)) as full_name
from with_core as short
join with_core as fuller on short.organization_id = fuller.organization_id and short.core = fuller.core
where contains(fuller.name, short.name) and {{ is_short_form('short.name', 'fuller.name') }}
group by short.organization_id, short.name
