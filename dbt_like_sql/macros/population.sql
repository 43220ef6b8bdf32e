{#- Whether the periods of two rows overlap: half-open date intervals, open where the end is null. -#}
{% macro overlap(first, second) -%}
{{ first }}.valid_from < coalesce({{ second }}.valid_to, date '9999-12-31')
and {{ second }}.valid_from < coalesce({{ first }}.valid_to, date '9999-12-31')
{%- endmacro %}
