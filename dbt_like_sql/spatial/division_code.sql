-- One row per code that a version of a division has in a code system. A code of Civil Affairs belongs to the version of its name in
-- its county: the current one, else the last one. Codes of counties and above are the same in both systems and stand under NBS.
with version as (
    select
        version_id, code_system_code, division_code, name, short_name, level_code, valid_from, known_from, valid_from_precision, known_to, valid_to,
        valid_to_precision, is_current, source
    from {{ ref('spatial.division_version') }}
),

list_day as (
    select level_code, listed_on from {{ listed_divisions() }} as each
    where code_system_code = 'MCA'
    group by level_code, listed_on
),

in_lists as (
    select
        division_code, short_name, level_code, arg_max(name, listed_on) as name,
        min(case when not is_abolished then listed_on end) as first_on,
        max(case when not is_abolished then listed_on end) as last_on,
        min(case when is_abolished then listed_on end) as abolished_on,
        array_to_string(list_sort(list(distinct source)), '、') as source
    from {{ listed_divisions() }} as each
    where code_system_code = 'MCA'
    group by division_code, short_name, level_code
),

-- as far as the lists say, the code began after one list and before the next, and so it ended
stated as (
    select
        in_lists.division_code, in_lists.short_name, in_lists.level_code, in_lists.name, in_lists.source,
        max(case when list_day.listed_on < in_lists.first_on then list_day.listed_on + 1 end) as valid_from,
        in_lists.first_on as known_from,
        in_lists.last_on as known_to,
        coalesce(in_lists.abolished_on, min(case when list_day.listed_on > in_lists.last_on then list_day.listed_on - 1 end)) as valid_to
    from in_lists join list_day on in_lists.level_code = list_day.level_code
    group by
        in_lists.division_code, in_lists.short_name, in_lists.level_code, in_lists.name, in_lists.source, in_lists.first_on, in_lists.last_on,
        in_lists.abolished_on
    union all
    select division_code, short_name, level_code, name, 'natural_resources__divisions' as source, valid_from, known_from, known_to, valid_to
    from {{ delivered_divisions() }} as each
    where code_system_code = 'MCA'
),

civil_affairs as (
    select
        division_code, short_name, level_code, min(name) as name, array_to_string(list_sort(list(distinct source)), '、') as source,
        max(valid_from) as valid_from, min(known_from) as known_from, max(known_to) as known_to, min(valid_to) as valid_to
    from stated
    group by division_code, short_name, level_code
),

belonging as (
    select
        version.version_id, civil_affairs.division_code, civil_affairs.name, civil_affairs.source, civil_affairs.valid_from, civil_affairs.known_from,
        civil_affairs.known_to, civil_affairs.valid_to
    from civil_affairs
    join version
        on civil_affairs.level_code = version.level_code and civil_affairs.short_name = version.short_name
        and substr(civil_affairs.division_code, 1, 6) = substr(version.division_code, 1, 6)
    qualify row_number() over (
        partition by civil_affairs.division_code, civil_affairs.short_name, civil_affairs.level_code
        order by version.is_current desc, version.known_to desc nulls last, version.version_id
    ) = 1
)

select
    version_id,
    code_system_code,
    division_code,
    name,
    valid_from,
    known_from,
    valid_from_precision,
    known_to,
    valid_to,
    valid_to_precision,
    is_current,
    source
from version
where code_system_code = 'NBS' and division_code is not null
union all
select
    version_id,
    'MCA' as code_system_code,
    division_code,
    name,
    valid_from,
    known_from,
    {{ date_precision('valid_from', 'known_from') }} as valid_from_precision,
    case when valid_to is not null then known_to end as known_to,
    valid_to,
    {{ end_precision('known_to', 'valid_to') }} as valid_to_precision,
    valid_to is null as is_current,
    source
from belonging
