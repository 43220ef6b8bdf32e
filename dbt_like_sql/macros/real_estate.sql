{#- Parts of a real-estate unit code (GB/T 37346-2019): the parcel is its first 19 characters, the fixture the 20th. -#}
{% macro parcel_of(real_estate_unit_code) -%}
substr({{ real_estate_unit_code }}, 1, 19)
{%- endmacro %}

{% macro fixture_of(real_estate_unit_code) -%}
substr({{ real_estate_unit_code }}, 20, 1)
{%- endmacro %}

{#- The building (自然幢) is the first 24 characters: parcel, F and four digits. -#}
{% macro building_of(real_estate_unit_code) -%}
substr({{ real_estate_unit_code }}, 1, 24)
{%- endmacro %}

{#- Rights in a house with the land under it. -#}
{% macro is_house_right(right_type_code) -%}
{{ right_type_code }} like '%house'
{%- endmacro %}

{#- Within so many months after the contract was filed the buyer is expected in the register: houses are sold before they
    are built. -#}
{% macro months_to_register() -%}
24
{%- endmacro %}

{#- The share of the registered area by which the area of a contract may differ (商品房销售管理办法, article 20). -#}
{% macro area_tolerance() -%}
0.03
{%- endmacro %}
