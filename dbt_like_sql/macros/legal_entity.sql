{#- The periods in which an organisation's registrations reported the same value, oldest first. A value that comes back
    starts a new period. The relation has organization_id, the value, valid_from, authority, survivorship_rank, record_id,
    resource_id. Of two records of one day the one with the better authority counts as the later. -#}
{% macro periods_of(relation, value) -%}
select
    organization_id, {{ value }}, valid_from, last_reported_date, record_id, resource_id,
    lead(valid_from) over (partition by organization_id order by period) as valid_to,
    lead(period) over (partition by organization_id order by period) is null as is_current
from (
    select
        organization_id, period, min({{ value }}) as {{ value }}, min(valid_from) as valid_from,
        max(valid_from) as last_reported_date, {{ most_authoritative('record_id') }} as record_id,
        {{ most_authoritative('resource_id') }} as resource_id
    from (
        select *, sum(is_change::integer) over (
            partition by organization_id
            order by valid_from nulls first, authority desc, survivorship_rank desc
            rows unbounded preceding
        ) as period
        from (
            select *, {{ value }} is distinct from lag({{ value }}) over (
                partition by organization_id
                order by valid_from nulls first, authority desc, survivorship_rank desc
            ) as is_change
            from {{ relation }}
        ) as marked
    ) as numbered
    group by organization_id, period
) as period
{%- endmacro %}

{#- The records of organisations. If a record reports a short form, `name` is the full name; reported_name is the name as
    it was written. -#}
{% macro named_in_full(records, short_names) -%}
select record.* exclude (name), coalesce(short_name.full_name, record.name) as name, record.name as reported_name
from {{ records }} as record
left join {{ short_names }} as short_name
    on record.organization_id = short_name.organization_id and record.name = short_name.name
where record.organization_id is not null
{%- endmacro %}
