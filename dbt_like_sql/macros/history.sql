{#- All columns of a kept table: its own, the source rows, and what a refresh recorded of the state (suining_data/history). -#}
{% macro kept_columns(name) -%}
{% for column in kept[name].columns %}
{{ column }},
    {% endfor %}
{% for column in kept[name].sources %}
{{ column }},
    {% endfor %}
{% for column in kept[name].recorded %}
{{ column }}{{ ',\n    ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- A list to be unnested: of every attribute of a golden record the former and the present value as text, the records
    that report them, and the reason of the change. -#}
{% macro differences(name, before, after) -%}
[
{% set sources = kept[name].source_of %}
{% for column in kept[name].attributes %}
            {'attribute': '{{ column }}',
                'old_value': cast({{ before }}.{{ column }} as varchar), 'new_value': cast({{ after }}.{{ column }} as varchar),
                'old_record_id': {{ before ~ '.' ~ sources[column] if column in sources else 'cast(null as bigint)' }},
                'new_record_id': {{ after ~ '.' ~ sources[column] if column in sources else 'cast(null as bigint)' }},
                'reason': {{ after }}.reasons['{{ column }}']}{{ ',' if not loop.last }}
{% endfor %}
        ]
{%- endmacro %}

{#- The changes of one subject in all refreshes but the first: what each began and ended, then what each changed. -#}
{% macro changes_of(name, versions) -%}
    select
        begun_run as run_id, recorded_from as recorded_at, '{{ name }}' as subject_type, {{ name }}_id as subject_id,
        cast(null as varchar) as attribute, case begun_as when 'split' then 'SPLIT' else 'ADDED' end as kind,
        came_from as other_id, cast(null as varchar) as old_value, cast(null as varchar) as new_value,
        cast(null as bigint) as old_record_id, cast(null as bigint) as new_record_id, reasons['{{ name }}_id'] as reason_code
    from {{ versions }}
    where begun_as in ('added', 'split', 'returned')
    union all
    select
        ended_run as run_id, recorded_to as recorded_at, '{{ name }}' as subject_type, {{ name }}_id as subject_id,
        cast(null as varchar) as attribute, upper(ended_as) as kind, became as other_id,
        cast(null as varchar) as old_value, cast(null as varchar) as new_value, cast(null as bigint) as old_record_id,
        cast(null as bigint) as new_record_id, ended_reason as reason_code
    from {{ versions }}
    where ended_as in ('merged', 'withdrawn')
    union all
    select
        run_id, recorded_at, '{{ name }}' as subject_type, {{ name }}_id as subject_id, difference.attribute as attribute,
        case when difference.old_value is null then 'ADDED' when difference.new_value is null then 'REMOVED'
            else 'CHANGED' end as kind,
        cast(null as varchar) as other_id, difference.old_value as old_value, difference.new_value as new_value,
        difference.old_record_id as old_record_id, difference.new_record_id as new_record_id,
        difference.reason as reason_code
    from (
        select
            after.begun_run as run_id, after.recorded_from as recorded_at, after.{{ name }}_id,
            unnest({{ differences(name, 'before', 'after') }}) as difference
        from (
            select *, case when begun_as = 'changed' then recorded_from end as changed_at
            from {{ versions }}
            where begun_as <> 'initial'
        ) as after
        left join {{ versions }} as before
            on after.{{ name }}_id = before.{{ name }}_id and after.changed_at = before.recorded_to
    ) as compared
    where difference.old_value is distinct from difference.new_value
{%- endmacro %}
