{#- The attributes of a subject whose golden columns are `columns`: golden column -> name of the attribute. -#}
{% macro attribute_of(name, column) -%}
{% for attribute, declared in subject(name).surviving.items() if (declared.golden.column or attribute) == column %}
{{ attribute }}
{%- endfor %}
{%- endmacro %}

{#- The periods in which records reported other values than the golden ones. Of each attribute only the records of the
    best authority for the subject count: what a lesser one says is a conflict, not the past. Values in doubt do not
    count either, unless the doubt is that they are of the past. A period begins with its first record and ends with the
    first record of the next value, or on the day that `reported_ends` has (id, attribute, reported_to). A value that neither
    ended nor is golden is no history. Where the golden value is the only one there is no row. -#}
{% macro former_values(name, columns, records, doubts, golden, reported_ends) -%}
{% set id = name ~ '_id' %}
with reported as (
    select
        record.{{ id }}, record.record_id, record.resource_id, record.valid_from, record.survivorship_rank,
{% for column in columns %}
{% set attribute = attribute_of(name, column) %}
{% set rule = subject(name).surviving[attribute].survivorship %}
{% set value = rule.value or attribute %}
{% if attribute in subject(name).doubted %}
        case when doubt.{{ attribute }} is null or doubt.{{ attribute }} in ('former', 'ended') then cast(record.{{ value }} as varchar) end as {{ column }},
{% else %}
        cast(record.{{ value }} as varchar) as {{ column }},
{% endif %}
        record.{{ rule.authority or attribute }}_authority as {{ column }}_authority{{ ',' if not loop.last }}
{% endfor %}
    from {{ records }} as record
    left join {{ doubts }} as doubt on record.record_id = doubt.record_id and record.role = doubt.role
    where record.{{ id }} is not null
),

best as (
    select
        {{ id }},
{% for column in columns %}
        min({{ column }}_authority) filter (where {{ column }} is not null) as {{ column }}_authority{{ ',' if not loop.last }}
{% endfor %}
    from reported
    group by {{ id }}
),

-- attributes of which a record of the best authority has another value than the golden one
differing as (
    select distinct {{ id }}, attribute
    from (
        select
            reported.{{ id }},
            unnest([
{% for column in columns %}
                case when reported.{{ column }} is distinct from cast(golden.{{ column }} as varchar)
                    and reported.{{ column }}_authority = best.{{ column }}_authority and reported.{{ column }} is not null
                    then '{{ column }}' end{{ ',' if not loop.last }}
{% endfor %}
            ]) as attribute
        from reported
        join best on reported.{{ id }} = best.{{ id }}
        join {{ golden }} as golden on reported.{{ id }} = golden.{{ id }}
        where
{% for column in columns %}
            (reported.{{ column }}_authority = best.{{ column }}_authority
                and reported.{{ column }} is distinct from cast(golden.{{ column }} as varchar)){{ ' or' if not loop.last }}
{% endfor %}
    ) as compared
    where attribute is not null
),

statement as (
{% for column in columns %}
    select
        reported.{{ id }}, '{{ column }}' as attribute, reported.{{ column }} as value, record_id, resource_id, valid_from,
        survivorship_rank, cast(golden.{{ column }} as varchar) as golden_value
    from reported
    join differing on reported.{{ id }} = differing.{{ id }} and differing.attribute = '{{ column }}'
    join best on reported.{{ id }} = best.{{ id }}
    join {{ golden }} as golden on reported.{{ id }} = golden.{{ id }}
    where reported.{{ column }} is not null and reported.{{ column }}_authority = best.{{ column }}_authority
{{ '    union all' if not loop.last }}
{% endfor %}
),

-- the record with the largest survivorship rank is the oldest
marked as (
    select *, value is distinct from lag(value) over (
        partition by {{ id }}, attribute order by survivorship_rank desc
    ) as is_change
    from statement
),

numbered as (
    select *, sum(is_change::integer) over (
        partition by {{ id }}, attribute order by survivorship_rank desc rows unbounded preceding
    ) as period
    from marked
),

period as (
    select
        {{ id }}, attribute, period, min(value) as value, min(golden_value) as golden_value, min(valid_from) as valid_from,
        arg_min(record_id, survivorship_rank) as record_id, arg_min(resource_id, survivorship_rank) as resource_id
    from numbered
    group by {{ id }}, attribute, period
),

followed as (
    select *,
        lead(valid_from) over (partition by {{ id }}, attribute order by period) as next_from,
        lead(period) over (partition by {{ id }}, attribute order by period) is null as is_last
    from period
),

ended as (
    select
        followed.{{ id }}, followed.attribute, value, valid_from,
        case when is_last and value is distinct from golden_value then reported_end.reported_to when not is_last then next_from end as valid_to,
        case when is_last and value is distinct from golden_value then 'reported' when not is_last then 'derived' end as valid_to_kind,
        is_last and value = golden_value as is_golden,
        record_id, resource_id
    from followed
    left join {{ reported_ends }} as reported_end on followed.{{ id }} = reported_end.{{ id }} and followed.attribute = reported_end.attribute
),

sound as (
    select *, count(valid_to) over (partition by {{ id }}, attribute) as ended_periods
    from ended
    where coalesce(is_golden, false) or (valid_to is not null and coalesce(valid_from < valid_to, true))
)

select {{ id }}, attribute, value, valid_from, valid_to, valid_to_kind, record_id, resource_id
from sound
where ended_periods > 0
{%- endmacro %}
