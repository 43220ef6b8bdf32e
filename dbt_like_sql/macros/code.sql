{#- The name of the code set of a standard of which no delivery has codes: GB/T 2261.3-2003 -> gbt_2261_3_2003 -#}
{% macro standard_id(standard) -%}
'gbt_' || regexp_replace(substr({{ standard }}, 6), '[^0-9]', '_', 'g')
{%- endmacro %}
