{#- Whether a name has a note in brackets: 郑有才（户主）. -#}
{% macro is_noted(name) -%}
regexp_matches({{ name }}, '[（(【〔\[]')
{%- endmacro %}

{#- Whether the name of `one` is a part of that of `other`: the other has more at the start, at the end, or one character
    between. -#}
{% macro is_part_of(one, other) -%}
(
    contains({{ other }}.name, {{ one }}.name)
    or (
        length({{ other }}.name) = length({{ one }}.name) + 1
        and list_contains(list_transform(
            range(1, length({{ other }}.name) + 1),
            lambda position: substr({{ other }}.name, 1, position - 1) || substr({{ other }}.name, position + 1)
        ), {{ one }}.name)
    )
)
{%- endmacro %}

{#- Whether two names are likely one: one character differs, or the order, or one is a part of the other. The relations
    have the name and its sorted `characters`. -#}
{% macro is_like(one, other) -%}
(
    {{ is_part_of(one, other) }} or {{ is_part_of(other, one) }}
    or {{ one }}.characters = {{ other }}.characters
    or (
        length({{ one }}.name) = length({{ other }}.name)
        and len(list_filter(
            range(1, length({{ one }}.name) + 1),
            lambda position: substr({{ one }}.name, position, 1) <> substr({{ other }}.name, position, 1)
        )) = 1
    )
)
{%- endmacro %}

{#- Whether the periods of two rows overlap: half-open date intervals, open where the end is null. -#}
{% macro overlap(first, second) -%}
{{ first }}.valid_from < coalesce({{ second }}.valid_to, date '9999-12-31')
and {{ second }}.valid_from < coalesce({{ first }}.valid_to, date '9999-12-31')
{%- endmacro %}
