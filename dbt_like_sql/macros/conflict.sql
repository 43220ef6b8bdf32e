{#- Values that did not survive, for the attributes whose YAML says that such a value is a conflict. If the rule of an
    attribute needs more than one record, the model finds its conflicts (`is_judged_by_model`). -#}

{% macro conflict_attributes(name) -%}
{% for attribute, declared in subject(name).attributes.items() if declared.conflict and not declared.conflict.is_judged_by_model %}
{{ attribute }}{{ ' ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- Whether a record differs from the golden table in any of these attributes. -#}
{% macro differs_from_golden(name, record, golden) -%}
(
{% for attribute in conflict_attributes(name).split() %}
    {{ record }}.{{ attribute }} <> {{ golden }}.{{ attribute }}{{ ' or' if not loop.last }}
{% endfor %}
)
{%- endmacro %}

{#- The surviving values of the grouped records and their source rows: winning_<attribute>, winning_<attribute>_from. -#}
{% macro winning_values(name) -%}
{% for attribute in conflict_attributes(name).split() %}
{{ surviving_value(name, attribute) }} as winning_{{ attribute }},
        {{ surviving_source(name, attribute) }} as winning_{{ attribute }}_from{{ ',\n        ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- Rows of the relation `differing` (records joined with the winning values) that contradict the winning value of an
    attribute. -#}
{% macro losing_values(name) -%}
{% for attribute in conflict_attributes(name).split() %}
{% set rule = subject(name).attributes[attribute].conflict.when %}
    select
        {{ name }}_id, '{{ attribute }}' as attribute, cast(winning_{{ attribute }} as varchar) as winning_value,
        winning_{{ attribute }}_from as winning_record_id, cast({{ attribute }} as varchar) as losing_value, record_id,
        resource_id, valid_from, {{ attribute }}_authority as authority, survivorship_rank
    from differing
    where {{ attribute }} <> winning_{{ attribute }}
{% if rule %}
        and ({{ rule.replace('{value}', attribute).replace('{winner}', 'winning_' ~ attribute) }})
{% endif %}
{{ '    union all' if not loop.last }}
{% endfor %}
{%- endmacro %}
