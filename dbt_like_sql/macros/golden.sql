{#- The most authoritative value of an attribute within one golden record; ties go to the most recent record.
    Group by the golden id. -#}
{% macro golden(attribute) -%}
arg_min({{ attribute }}, {{ attribute }}_authority::bigint * 72057594037927936 + place) filter (where {{ attribute }} is not null)
{%- endmacro %}

{#- record_id of the row the golden value came from. -#}
{% macro golden_source(attribute) -%}
arg_min(record_id, {{ attribute }}_authority::bigint * 72057594037927936 + place) filter (where {{ attribute }} is not null)
{%- endmacro %}

{#- Value of a column that is bound to an attribute (an address id to its address), from the row where the attribute
    wins: null when that row has none, never a value of another row. For texts; arg_min passes over nulls. -#}
{% macro golden_with(attribute, column) -%}
nullif(
    arg_min(coalesce({{ column }}, ''), {{ attribute }}_authority::bigint * 72057594037927936 + place)
    filter (where {{ attribute }} is not null),
    ''
)
{%- endmacro %}

{#- Value of a column that has no authority of its own, by that of another attribute of the same row. -#}
{% macro golden_by(attribute, column) -%}
arg_min({{ column }}, {{ attribute }}_authority::bigint * 72057594037927936 + place) filter (where {{ column }} is not null)
{%- endmacro %}

{#- Value of a column in the best of the grouped rows, which carry `authority` and `place`. -#}
{% macro most_authoritative(column) -%}
arg_min({{ column }}, authority::bigint * 72057594037927936 + place) filter (where {{ column }} is not null)
{%- endmacro %}

{#- Opaque id made of a prefix and 16 hex digits of the text's MD5. -#}
{% macro opaque_id(prefix, text) -%}
'{{ prefix }}' || left(md5({{ text }}), 16)
{%- endmacro %}
