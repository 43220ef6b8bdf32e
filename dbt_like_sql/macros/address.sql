{#- What follows the village or community in the normal text of an address, as a struct of texts ('' if the address does not have the part).
    GA/T 2000.32-2014: 34 组, 41 街路巷, 门牌号, 42 小区, 50 建筑物, 61 单元, 62 室. One pass of one pattern; DuckDB only.
    A street has up to 15 characters before its 路, an estate 2 to 20. Counting them makes the pattern several times
    slower. Most texts are too short to break the limits, so they are read without counting. -#}
{% macro address_details(text) -%}
case
    when length({{ text }}) <= 16 then {{ _address_details(text, '+?', '([^0-9A-Za-z][^0-9A-Za-z]+?)?([0-9A-Z]+栋)?', '([0-9A-Z-]+[室号户]?)?()') }}
    else {{ _address_details(text, '{1,15}?', '([^0-9A-Za-z][^0-9A-Za-z]{1,19}?)?([0-9A-Z]+栋)?', '([0-9A-Z-]+[室号户]?)?()') }}
end
{%- endmacro %}

{#- The same of a text that also has words which are no part of an address (门面, 旁边): what follows the last part is its remainder.
    Only before the number of a building is it clear that words are an estate; a number among them is not taken for a room. -#}
{% macro address_details_and_remainder(text) -%}
{{ _address_details(text, '{1,15}?', '(?:([^0-9A-Za-z][^0-9A-Za-z]{1,19}?)?([0-9A-Z]+栋))?', '()(.*)') }}
{%- endmacro %}

{% macro _address_details(text, street_length, estate_and_building, room_and_remainder) -%}
regexp_extract(
    {{ text }},
    '^(?:社区)?([0-9]+组)?'
        || '([^0-9号栋幢组]{{ street_length }}(?:大道|大街|[路街巷弄])(?:(?:[东南西北中上下一二三四五六七八九十]+|[0-9]+)段)?)?'
        || '([0-9]+(?:-[0-9]+)?号)?'
        || '{{ estate_and_building }}'
        || '([0-9A-Z]+单元)?'
        || '(负?[0-9]+楼)?'
        || '{{ room_and_remainder }}$',
    ['village_group', 'street', 'door_number', 'estate', 'building', 'unit', 'floor', 'room', 'remainder']
)
{%- endmacro %}

{#- Name of a village or community that is in no table, or '': up to eight characters before 村 or 社区. It is not a road
    or an estate with such a name (新村路, 新村小区). -#}
{% macro unknown_village(text) -%}
regexp_extract({{ text }}, '^([^0-9路街巷号镇乡]{1,8}?(?:村|社区))(?:[^路街巷小].*)?$', 1)
{%- endmacro %}

{#- The first characters of an address: county, functional area and town are never longer. -#}
{% macro address_head(text) -%}
regexp_extract({{ text }}, '^[^0-9]{0,14}')
{%- endmacro %}

{#- The characters that hold the village or community, after county and town are cut off. -#}
{% macro address_tail(text) -%}
regexp_extract({{ text }}, '^[^0-9]{0,11}')
{%- endmacro %}

{#- Whether a text begins with what may be the name of a village without 村, and the number of a group. -#}
{% macro begins_with_bare_village(text) -%}
regexp_matches({{ text }}, '^[^0-9]{2,10}[0-9]+组')
{%- endmacro %}

{#- Whether an address has a numeral instead of digits, or 社 instead of 组. -#}
{% macro is_variant_address(text) -%}
regexp_matches({{ text }}, '[0-9一二三四五六七八九十]社(?:[^区]|$)|[〇零一二三四五六七八九十](?:组|号|栋|幢|座|单元|楼|层|室)')
{%- endmacro %}

{#- The name of a town without its kind. -#}
{% macro town_stem(name) -%}
regexp_replace({{ name }}, '(街道办事处|街道|镇|乡)$', '')
{%- endmacro %}
