{#- The short name of a village or community in daily use: the name of its committee without the word for committee.
    高石村村民委员会 -> 高石村, 复兴村民委员会 -> 复兴村, 梁家村委会 -> 梁家村, 银华社区居民委员会 -> 银华社区 -#}
{% macro village_short_name(name) -%}
case
    when regexp_matches({{ name }}, '(村村民委员会|村村委会)$') then regexp_replace({{ name }}, '(村民委员会|村委会)$', '')
    when regexp_matches({{ name }}, '(村民委员会|村委会)$') then regexp_replace({{ name }}, '(村民委员会|村委会)$', '村')
    else regexp_replace({{ name }}, '(居民委员会|居委会|办事处)$', '')
end
{%- endmacro %}

{#- Six- and nine-digit division codes as the twelve-digit code of the same place. -#}
{% macro division_code12(code) -%}
rpad({{ code }}, 12, '0')
{%- endmacro %}

{#- The digits that all codes within a division begin with: six for a county, nine for a town, twelve for a village. -#}
{% macro division_prefix(code) -%}
substr({{ code }}, 1, case when substr({{ code }}, 7) = '000000' then 6 when substr({{ code }}, 10) = '000' then 9 else 12 end)
{%- endmacro %}

{#- The current division of a former code that was looked up in renumbered_division: if it is certain, or if the address
    lies in the same town. This is not a join condition, because the join would then compare every row with every former
    code. -#}
{% macro division_of_today(renumbered, address_division) -%}
case
    when {{ renumbered }}.is_certain or substr({{ renumbered }}.division_code, 1, 9) = substr({{ address_division }}, 1, 9)
        then {{ renumbered }}.division_code
end
{%- endmacro %}

{#- Relation of division_code, today_division_code: counties whose code was another one in some year. A code that became
    several is left out. `counties_by_year` is the reference table of the city. -#}
{% macro renumbered_county(counties_by_year) -%}
(
    select {{ division_code12('county_adcode') }} as division_code, min({{ division_code12('county_id') }}) as today_division_code
    from {{ counties_by_year }}
    where county_adcode <> county_id
    group by {{ division_code12('county_adcode') }} having count(distinct county_id) = 1
)
{%- endmacro %}

{#- The name in daily use of a division of any level: without the office's title, and without the mark of a list that it is no more. -#}
{% macro division_short_name(name, level) -%}
case {{ level }}
    when 'village' then {{ village_short_name(name) }}
    when 'town' then regexp_replace({{ name }}, '(办事处)?(（撤销）)?$', '')
    else {{ name }}
end
{%- endmacro %}

{#- The level that the digits of a twelve-digit code say. -#}
{% macro level_of_code(code) -%}
case
    when substr({{ code }}, 3) = '0000000000' then 'province'
    when substr({{ code }}, 5) = '00000000' then 'city'
    when substr({{ code }}, 7) = '000000' then 'county'
    when substr({{ code }}, 10) = '000' then 'town'
    else 'village'
end
{%- endmacro %}

{#- The twelve-digit code of the division above, by the digits of a code. -#}
{% macro code_above(code) -%}
case {{ level_of_code(code) }}
    when 'city' then substr({{ code }}, 1, 2) || '0000000000'
    when 'county' then substr({{ code }}, 1, 4) || '00000000'
    when 'town' then substr({{ code }}, 1, 6) || '000000'
    when 'village' then substr({{ code }}, 1, 9) || '000'
end
{%- endmacro %}

{#- How exact a date is that lies from one day to another: day, year, or only between two lists. Null if nothing says. -#}
{% macro date_precision(earliest, latest) -%}
case
    when {{ latest }} is null then null
    when {{ earliest }} = {{ latest }} then 'day'
    when year({{ earliest }}) = year({{ latest }}) then 'year'
    else 'list'
end
{%- endmacro %}

{#- How exact an end is: `known_to` is the last day on which the division is known, `valid_to` the last on which it may have been. -#}
{% macro end_precision(known_to, valid_to) -%}
case when {{ known_to }} = {{ valid_to }} then 'day' else {{ date_precision(known_to ~ ' + 1', valid_to) }} end
{%- endmacro %}

{#- Relation of the towns and villages of every reference list: code_system_code, division_code, name, short_name, level_code, listed_on,
    is_abolished (the list says that it is no more), source. -#}
{% macro listed_divisions() -%}
(
    select
        code_system_code, division_code, name, {{ division_short_name('name', 'level_code') }} as short_name, level_code, listed_on,
        regexp_matches(name, '（撤销）$') as is_abolished, source
    from (
        {% for list in var('city').tables.towns %}
        select
            {{ literal(list.system) }} as code_system_code,
            {{ division_code12(list.column) }} as division_code,
            {{ list.name }} as name,
            {{ level_of_code(division_code12(list.column)) }} as level_code,
            cast({{ literal(list.listed_on) if list.listed_on[0].isdigit() else list.listed_on }} as date) as listed_on,
            {{ literal(list.table) }} as source
        from {{ ref('reference.' ~ list.table) }}
        where {{ list.column }} is not null and substr({{ division_code12(list.column) }}, 7) <> '000000'
        {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as each
)
{%- endmacro %}

{#- Relation of what is delivered, one row per code system, code and name: division_code, code_system_code, name, short_name, level_code,
    parent_division_code; the day it began lies from valid_from to known_from, the day it ended from known_to to valid_to.
    A delivered date is exact unless its row says that it is the year, or the day of the first list with (and without) the division. -#}
{% macro delivered_divisions() -%}
(
    select
        coalesce(code_system_code, 'NBS') as code_system_code, division_code, short_name, level_code,
        max(name) as name, max(parent_division_code) as parent_division_code,
        min(case precision when 'day' then valid_from when 'year' then cast(year(valid_from) || '-01-01' as date) end) as valid_from,
        min(case precision when 'year' then cast(year(valid_from) || '-12-31' as date) else valid_from end) as known_from,
        max(case precision when 'day' then valid_to when 'year' then cast((year(valid_to) - 1) || '-12-31' as date) end) as known_to,
        case when bool_and(valid_to is not null)
            then max(case precision when 'year' then cast(year(valid_to) || '-12-31' as date) else valid_to end) end as valid_to
    from (
        select
            code_system_code, division_code, level_code, name, parent_division_code, valid_from, valid_to,
            {{ division_short_name('name', 'level_code') }} as short_name, coalesce(date_precision_code, 'day') as precision
        from {{ ref('staged.natural_resources__divisions') }}
        where name is not null  -- a division under no name is in spatial.division alone
    ) as each
    group by coalesce(code_system_code, 'NBS'), division_code, short_name, level_code
)
{%- endmacro %}

{#- Whether two twelve-digit codes are of places in different counties or, where both say one, different towns. -#}
{% macro lie_apart(one, other) -%}
coalesce(
    substr({{ one }}, 1, 6) <> substr({{ other }}, 1, 6)
    or substr({{ one }}, 7, 3) <> substr({{ other }}, 7, 3) and '000' not in (substr({{ one }}, 7, 3), substr({{ other }}, 7, 3)),
    false
)
{%- endmacro %}
