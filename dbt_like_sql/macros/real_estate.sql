{#- Parts of a real-estate unit code (GB/T 37346-2019): the parcel is its first 19 characters, the fixture the 20th. -#}
{% macro parcel_of(real_estate_unit_code) -%}
substr({{ real_estate_unit_code }}, 1, 19)
{%- endmacro %}

{% macro fixture_of(real_estate_unit_code) -%}
substr({{ real_estate_unit_code }}, 20, 1)
{%- endmacro %}
