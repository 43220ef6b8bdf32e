{#- Rows of one person where two half-open date intervals overlap; null ends are open. -#}
{% macro overlap(first, second) -%}
{{ first }}.valid_from < coalesce({{ second }}.valid_to, date '9999-12-31')
and {{ second }}.valid_from < coalesce({{ first }}.valid_to, date '9999-12-31')
{%- endmacro %}
