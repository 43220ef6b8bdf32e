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
