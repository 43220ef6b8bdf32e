-- One row per version of a division and version that it became through any number of changes; the version itself is among them.
-- A division of today is not followed any further: what was split off it is in spatial.division_change.
with recursive change as (
    select change.predecessor_version_id, change.successor_version_id
    from {{ ref('spatial.division_change') }} as change
    join {{ ref('spatial.division_version') }} as former on change.predecessor_version_id = former.version_id
    where not former.is_current
),

reached as (
    select version_id, version_id as later_version_id from {{ ref('spatial.division_version') }}
    union
    select reached.version_id, change.successor_version_id as later_version_id
    from reached join change on reached.later_version_id = change.predecessor_version_id
)

select
    reached.version_id,
    reached.later_version_id,
    later.is_current as is_later_current
from reached join {{ ref('spatial.division_version') }} as later on reached.later_version_id = later.version_id
