{#- The periods in which an organisation's registrations told the same value, oldest first; a value that comes back
    starts a new period. The relation has organization_id, the value, valid_from, authority, survivorship_rank, record_id,
    resource_id; of records of one day the better authority counts as the later. -#}
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

{#- The name of the parent that a branch's name starts with; null when the name is not that of a branch. -#}
{% macro parent_name(name) -%}
nullif(regexp_extract(
    {{ name }},
    '^(.{2,}(?:公司|合作社|联合社|信用社|银行|事务所))[^（(]*(?:分公司|支公司|分店|分厂|分社|分行|支行|分理处|营业部|营业厅|门市部|经营部|销售部|项目部|办事处|分所|分院|分校|分部|加油站|店)$',
    1
), '')
{%- endmacro %}

{#- What is left of a name without spelling: brackets and blanks, the province and city before it, the legal form behind
    it. Departments leave these out or write them differently; the same core is the same name. -#}
{% macro core_of_name(name) -%}
regexp_replace(
    regexp_replace(regexp_replace({{ name }}, '[（）()\s]', '', 'g'), '^(四川省?)?(遂宁市?)?', ''),
    '(有限责任公司|有限公司)$', ''
)
{%- endmacro %}

{#- Whether one of two names of the same core lacks what the other has: a place before it or a legal form behind it. -#}
{% macro is_short_form(name, fuller) -%}
(
    regexp_matches({{ fuller }}, '^(四川|遂宁)') and not regexp_matches({{ name }}, '^(四川|遂宁)')
    or regexp_matches({{ fuller }}, '(有限责任公司|有限公司)$') and not regexp_matches({{ name }}, '(有限责任公司|有限公司)$')
)
{%- endmacro %}

{#- The records of organisations, each with the full name where it tells a short form of it; told_name is what it says. -#}
{% macro named_in_full(records, short_names) -%}
select record.* exclude (name), coalesce(short_name.full_name, record.name) as name, record.name as told_name
from {{ records }} as record
left join {{ short_names }} as short_name
    on record.organization_id = short_name.organization_id and record.name = short_name.name
where record.organization_id is not null
{%- endmacro %}
