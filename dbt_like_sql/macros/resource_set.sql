{#- Sets of resources as two numbers with one bit each: several times cheaper than count(distinct) or lists beside many
    aggregates. 124 resources fit; the shift fails beyond. -#}

{#- Relation of resource_id, low_bit, high_bit: the resources of a relation, each with its bit in a set. -#}
{% macro resource_bits(relation) -%}
(
    select
        resource_id,
        case when number < 62 then 1::bigint << least(number, 61) else 0::bigint end as low_bit,
        case when number >= 62 then 1::bigint << greatest(number - 62, 0) else 0::bigint end as high_bit
    from (
        select resource_id, cast(row_number() over (order by resource_id) - 1 as integer) as number
        from (select distinct resource_id from {{ relation }}) as distinct_resource
    ) as numbered
)
{%- endmacro %}

{#- Number of resources that the grouped rows come from. -#}
{% macro resource_count() -%}
cast(bit_count(bit_or(low_bit)) + bit_count(bit_or(high_bit)) as bigint)
{%- endmacro %}

{#- The department that a resource comes from. A department of the province counts as that of the city: what it sends back
    is mostly a copy of what it was sent. -#}
{% macro department(resource_id) -%}
regexp_replace(split_part({{ resource_id }}, '__', 1), '^sichuan_', '')
{%- endmacro %}
