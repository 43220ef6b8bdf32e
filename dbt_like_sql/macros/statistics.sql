{#- The factor of a unit as delivered: 亿元 is 100000000 元. 千瓦时 and 千米 are units of their own. -#}
{% macro unit_multiplier(unit) -%}
case
    when starts_with({{ unit }}, '万亿') then 1000000000000
    when starts_with({{ unit }}, '亿') then 100000000
    when starts_with({{ unit }}, '千万') then 10000000
    when starts_with({{ unit }}, '百万') then 1000000
    when starts_with({{ unit }}, '十万') then 100000
    when starts_with({{ unit }}, '万') then 10000
    when regexp_matches({{ unit }}, '^千(元|人|户|吨|美元|辆|人次|平方米)') then 1000
    else 1
end
{%- endmacro %}

{#- The unit without its factor: 亿元 -> 元. -#}
{% macro base_unit(unit) -%}
case when {{ unit_multiplier(unit) }} = 1 then {{ unit }} else regexp_replace({{ unit }}, '^[十百千]?[万亿]+|^千', '') end
{%- endmacro %}

{#- Whether a measure is a percentage, whatever the unit of its level is. -#}
{% macro is_in_percent(measure) -%}
{{ measure }} in ('yoy', 'yoy_real', 'yoy_nominal', 'share', 'mom', 'ytd_growth', 'plan_share', 'contribution', 'average_growth')
{%- endmacro %}

{#- The months of a period as the element `statistical_period` writes it, and its frequency, as a struct (first_day,
    last_day, first_month, last_month, frequency); D is a census day. Null if there is no period. -#}
{% macro period_of(name) -%}
case
    when regexp_full_match({{ name }}, '[0-9]{4}') then {{ _months(name, name, '1', '12', 'Y') }}
    when regexp_full_match({{ name }}, '[0-9]{4}/[0-9]{4}') then {{ _months(name, 'substr(' ~ name ~ ', 6)', '1', '12', 'Y') }}
    when regexp_full_match({{ name }}, '[0-9]{4}-H1') then {{ _months(name, name, '1', '6', 'H') }}
    when regexp_full_match({{ name }}, '[0-9]{4}-H2') then {{ _months(name, name, '7', '12', 'H') }}
    when regexp_full_match({{ name }}, '[0-9]{4}-Q1/Q[2-4]') then {{ _months(name, name, '1', _digits(name, 'Q([1-4])$') ~ ' * 3', 'Q') }}
    when regexp_full_match({{ name }}, '[0-9]{4}-Q[1-4](/Q[2-4])?')
        then {{ _months(name, name, _digits(name, '-Q([1-4])') ~ ' * 3 - 2', _digits(name, 'Q([1-4])$') ~ ' * 3', 'Q') }}
    when regexp_full_match({{ name }}, '[0-9]{4}-[0-9]{2}(/[0-9]{2})?')
        then {{ _months(name, name, _digits(name, '-([0-9]{2})'), _digits(name, '([0-9]{2})$'), 'M') }}
    when try_cast({{ name }} as date) is not null then struct_pack(
        first_day := try_cast({{ name }} as date), last_day := try_cast({{ name }} as date),
        first_month := month(try_cast({{ name }} as date)), last_month := month(try_cast({{ name }} as date)), frequency := 'D')
end
{%- endmacro %}

{% macro _months(first, last, first_month, last_month, frequency) -%}
struct_pack(
    first_day := make_date(cast(substr({{ first }}, 1, 4) as integer), cast({{ first_month }} as integer), 1),
    last_day := last_day(make_date(cast(substr({{ last }}, 1, 4) as integer), cast({{ last_month }} as integer), 1)),
    first_month := cast({{ first_month }} as bigint), last_month := cast({{ last_month }} as bigint), frequency := '{{ frequency }}')
{%- endmacro %}

{% macro _digits(name, pattern) -%}
try_cast(regexp_extract({{ name }}, '{{ pattern }}', 1) as integer)
{%- endmacro %}

{#- Digits after the decimal point of a published number: its rounding error is at most half of the last digit. -#}
{% macro decimals(value) -%}
case when {{ value }} = floor({{ value }}) then 0
    else length(split_part(cast({{ value }} as varchar), '.', 2)) end
{%- endmacro %}

{#- The name of an indicator without the differences that say nothing: 企（事）业 and 企(事)业 are one. -#}
{% macro plain_name(name) -%}
translate({{ name }}, '（）', '()')
{%- endmacro %}
