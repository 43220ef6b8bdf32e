{#- The periods in which an organisation's registrations told the same value, oldest first; a value that comes back
    starts a new period. The relation has organization_id, the value, valid_from, authority, place, record_id,
    resource_id; of records of one day the better authority counts as the later. -#}
{% macro periods_of(relation, value) -%}
select
    organization_id, {{ value }}, valid_from, last_told_date, record_id, resource_id,
    lead(valid_from) over (partition by organization_id order by period) as valid_to,
    lead(period) over (partition by organization_id order by period) is null as is_current
from (
    select
        organization_id, period, min({{ value }}) as {{ value }}, min(valid_from) as valid_from,
        max(valid_from) as last_told_date, {{ most_authoritative('record_id') }} as record_id,
        {{ most_authoritative('resource_id') }} as resource_id
    from (
        select *, sum(is_change::integer) over (
            partition by organization_id
            order by valid_from nulls first, authority desc, place desc
            rows unbounded preceding
        ) as period
        from (
            select *, {{ value }} is distinct from lag({{ value }}) over (
                partition by organization_id
                order by valid_from nulls first, authority desc, place desc
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
