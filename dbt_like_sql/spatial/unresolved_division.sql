-- One row per version of a division that is no more and of which no source says what it became, with the reason, and with the
-- nearest division above it that leads to one of today.
with recursive version as (
    select version_id, division_code, name, level_code, parent_version_id, valid_to from {{ ref('spatial.division_version') }}
),

today as (
    select version_id, count(*) as versions, min(later_version_id) as current_version_id
    from {{ ref('spatial.division_succession') }}
    where is_later_current
    group by version_id
),

unresolved as (
    select version.version_id, version.division_code, version.name, version.level_code, version.parent_version_id, version.valid_to
    from version anti join today on version.version_id = today.version_id
),

above as (
    select version_id, parent_version_id as above_version_id, 1 as step from unresolved
    union all
    select above.version_id, version.parent_version_id as above_version_id, above.step + 1 as step
    from above join version on above.above_version_id = version.version_id
),

within as (
    select above.version_id, today.current_version_id
    from above join today on above.above_version_id = today.version_id
    where today.versions = 1
    qualify row_number() over (partition by above.version_id order by above.step) = 1
),

abolished as (
    select distinct code.version_id
    from {{ ref('spatial.division_code') }} as code
    join {{ listed_divisions() }} as each
        on code.code_system_code = each.code_system_code and code.division_code = each.division_code and each.is_abolished
)

select
    unresolved.version_id,
    unresolved.division_code,
    unresolved.name,
    unresolved.level_code,
    unresolved.valid_to,
    case when abolished.version_id is not null then 'abolished' else 'not_in_later_list' end as reason_code,
    within.current_version_id as within_version_id
from unresolved
left join within on unresolved.version_id = within.version_id
left join abolished on unresolved.version_id = abolished.version_id
