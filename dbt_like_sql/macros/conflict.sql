{#- Values that did not survive, of the attributes whose YAML says that such a value is a conflict. The attributes whose
    rule needs more than one record are left to the model (`is_judged_by_model`). -#}

{% macro conflict_attributes(name) -%}
{% for attribute, declared in subject(name).attributes.items() if declared.conflict and not declared.conflict.is_judged_by_model %}
{{ attribute }}{{ ' ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- Whether a record has another value than the golden table, of any of the attributes. -#}
{% macro differs_from_golden(name, record, golden) -%}
(
{% for attribute in conflict_attributes(name).split() %}
    {{ record }}.{{ attribute }} <> {{ golden }}.{{ attribute }}{{ ' or' if not loop.last }}
{% endfor %}
)
{%- endmacro %}

{#- The surviving values of the grouped records and their source rows: won_<attribute>, won_<attribute>_from. -#}
{% macro won_values(name) -%}
{% for attribute in conflict_attributes(name).split() %}
{{ golden(attribute) }} as won_{{ attribute }},
        {{ golden_source(attribute) }} as won_{{ attribute }}_from{{ ',\n        ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- Rows of the relation `differing`, records beside what won, whose value of an attribute contradicts what won. -#}
{% macro lost_values(name) -%}
{% for attribute in conflict_attributes(name).split() %}
{% set rule = subject(name).attributes[attribute].conflict.when %}
    select
        {{ name }}_id, '{{ attribute }}' as attribute, cast(won_{{ attribute }} as varchar) as winning_value,
        won_{{ attribute }}_from as winning_record_id, cast({{ attribute }} as varchar) as losing_value, record_id,
        resource_id, valid_from, {{ attribute }}_authority as authority, survivorship_rank
    from differing
    where {{ attribute }} <> won_{{ attribute }}
{% if rule %}
        and ({{ rule.replace('{value}', attribute).replace('{winner}', 'won_' ~ attribute) }})
{% endif %}
{{ '    union all' if not loop.last }}
{% endfor %}
{%- endmacro %}
