{#- 亿元 and 万人 are multiples of 元 and 人. -#}
{% macro unit_multiplier(unit) -%}
case when starts_with({{ unit }}, '亿') then 100000000 when starts_with({{ unit }}, '万') then 10000 else 1 end
{%- endmacro %}

{#- The months that the name of a period covers, and its frequency, as a struct (year, first_month, last_month,
    frequency); null if the name cannot be read. It reads: 2019, 2019年, 2020年1-2月, 2018M1-5, 2020年3月,
    2023H1, 2020年上半年, 2020Q3, 2020年第三季度, 2020年前三季度, 2020-11-01 (a census day). -#}
{% macro period_of(name) -%}
case
    when regexp_matches({{ name }}, '^[0-9]{4}年?$') then {{ _period(name, '1', '12', 'Y') }}
    when regexp_matches({{ name }}, '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
        then {{ _period(name, _number(name, '^[0-9]{4}-([0-9]{2})-'), _number(name, '^[0-9]{4}-([0-9]{2})-'), 'D') }}
    when regexp_matches({{ name }}, '^[0-9]{4}(H1|年上半年)$') then {{ _period(name, '1', '6', 'Q') }}
    when regexp_matches({{ name }}, '^[0-9]{4}(H2|年下半年)$') then {{ _period(name, '7', '12', 'Q') }}
    when regexp_matches({{ name }}, '^[0-9]{4}年(前三|1-3|一至三)季度$') then {{ _period(name, '1', '9', 'Q') }}
    when regexp_matches({{ name }}, '^[0-9]{4}(Q[1-4]|年第?[1-4一二三四]季度)$')
        then {{ _period(name, _quarter(name) ~ ' * 3 - 2', _quarter(name) ~ ' * 3', 'Q') }}
    when regexp_matches({{ name }}, '^[0-9]{4}(M[0-9]{1,2}-[0-9]{1,2}|年[0-9]{1,2}-[0-9]{1,2}月)$')
        then {{ _period(name, _number(name, '[M年]([0-9]{1,2})-'), _number(name, '-([0-9]{1,2})月?$'), 'M') }}
    when regexp_matches({{ name }}, '^[0-9]{4}(M[0-9]{1,2}|年[0-9]{1,2}月|-[0-9]{1,2})$')
        then {{ _period(name, _number(name, '([0-9]{1,2})月?$'), _number(name, '([0-9]{1,2})月?$'), 'M') }}
end
{%- endmacro %}

{% macro _period(name, first_month, last_month, frequency) -%}
struct_pack(year := {{ _number(name, '^([0-9]{4})') }}, first_month := {{ first_month }}, last_month := {{ last_month }},
    frequency := '{{ frequency }}')
{%- endmacro %}

{% macro _number(name, pattern) -%}
try_cast(regexp_extract({{ name }}, '{{ pattern }}', 1) as integer)
{%- endmacro %}

{% macro _quarter(name) -%}
try_cast(translate(regexp_extract({{ name }}, '(?:Q|年第?)([1-4一二三四])', 1), '一二三四', '1234') as integer)
{%- endmacro %}

{#- Digits after the decimal point of a published number: its rounding error is at most half of the last digit. -#}
{% macro decimals(value) -%}
case when {{ value }} = floor({{ value }}) then 0
    else length(split_part(cast({{ value }} as varchar), '.', 2)) end
{%- endmacro %}
