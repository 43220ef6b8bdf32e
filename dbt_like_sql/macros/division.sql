{#- The name by which people call a village or community: the committee's name without the committee.
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

{#- What all divisions within a division begin with: six digits of a county, nine of a town, twelve of a village. -#}
{% macro division_prefix(code) -%}
substr({{ code }}, 1, case when substr({{ code }}, 7) = '000000' then 6 when substr({{ code }}, 10) = '000' then 9 else 12 end)
{%- endmacro %}

{#- The division of today that a former code, looked up in renumbered_division, stands for: where that is certain, or the
    address lies in the same town. No condition of the join, which would compare every row with every former code. -#}
{% macro division_of_today(renumbered, address_division) -%}
case
    when {{ renumbered }}.is_certain or substr({{ renumbered }}.division_code, 1, 9) = substr({{ address_division }}, 1, 9)
        then {{ renumbered }}.division_code
end
{%- endmacro %}
