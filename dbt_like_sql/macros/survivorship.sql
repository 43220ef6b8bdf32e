{#- How values compete: the value with the smallest survivorship rank survives (authority, recency, completeness, row).
    suining_data/packed_keys.py defines survivorship_rank, empty_count and the other functions of a rank. The column
    survivorship_rank of a record is its rank among the records of one authority. Group by the golden id. -#}

{#- The rank of a record's value of an attribute. -#}
{% macro rank_of(attribute) -%}
{{ survivorship_rank(attribute ~ '_authority', 'survivorship_rank') }}
{%- endmacro %}

{#- The surviving value of a column. Its authority is that of the attribute `authority`, by default of the column. -#}
{% macro golden(column, authority=none) -%}
arg_min({{ column }}, {{ rank_of(authority or column) }}) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The record_id of the row that the surviving value came from. -#}
{% macro golden_source(column, authority=none) -%}
arg_min(record_id, {{ rank_of(authority or column) }}) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The rank of the surviving value. -#}
{% macro golden_rank(column) -%}
min({{ rank_of(column) }}) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The value of a column that is bound to an attribute (an address id to its address): it comes from the row whose value
    of the attribute survives. If that row has none the result is null, never the value of another row. Only for texts:
    '' stands for null, because arg_min ignores nulls. -#}
{% macro golden_with(attribute, column) -%}
nullif(arg_min(coalesce({{ column }}, ''), {{ rank_of(attribute) }}) filter (where {{ attribute }} is not null), '')
{%- endmacro %}

{#- The value of a column in the best of the grouped rows that have one. The rows have the columns `authority` and
    `survivorship_rank`. -#}
{% macro most_authoritative(column) -%}
arg_min({{ column }}, {{ survivorship_rank('authority', 'survivorship_rank') }}) filter (where {{ column }} is not null)
{%- endmacro %}

{#- The golden values and source rows of a subject, by the survivorship that its YAML declares. -#}
{% macro golden_values(name) -%}
{% for attribute, declared in subject(name).surviving.items() %}
{% set lender = declared.survivorship.authority or attribute %}
{% set value = declared.survivorship.value or attribute %}
{% set is_bound = declared.survivorship.rule == 'winning_row' %}
{{ ',\n        ' if not loop.first }}
{{- golden_with(lender, value) if is_bound else golden(value, lender) }} as {{ declared.golden.column or attribute }}
{%- if declared.source %},
        {{ golden_source(lender if is_bound else value, lender) }} as {{ declared.source.column }}
{%- endif %}
{% endfor %}
{%- endmacro %}

{#- Select items: golden values and source rows of the relation `golden`, except those that the model computes. -#}
{% macro golden_columns(name, without=[]) -%}
{% set columns = [] %}
{% for attribute, declared in subject(name).surviving.items() %}
{% set _ = columns.append(declared.golden.column or attribute) %}
{% endfor %}
{% for declared in subject(name).surviving.values() if declared.source %}
{% set _ = columns.append(declared.source.column) %}
{% endfor %}
{% for column in columns if column not in without %}
golden.{{ column }}{{ ',\n    ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- What a record reports of a subject: identifiers, then attributes, each followed by its authority if it has one. -#}
{% macro record_columns(name) -%}
{% for attribute in subject(name).recorded %}
record.{{ attribute }}{% if attribute in subject(name).ranked %}, record.{{ attribute }}_authority{% endif %}{{ ',\n    ' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- A list to be unnested: for every attribute whose values compete, the value that the record reports, as text, and its
    authority. -#}
{% macro statements(name) -%}
[
{% for attribute, declared in subject(name).surviving.items() %}
{% set column = attribute if declared.survivorship.rule == 'winning_row' else declared.survivorship.value or attribute %}
            {'attribute': '{{ column }}', 'value': cast({{ column }} as varchar),
                'authority': {{ declared.survivorship.authority or attribute }}_authority}{{ ',' if not loop.last }}
{% endfor %}
        ]
{%- endmacro %}

{#- Opaque id made of a prefix and 16 hex digits of the text's MD5. -#}
{% macro opaque_id(prefix, text) -%}
'{{ prefix }}' || left(md5({{ text }}), 16)
{%- endmacro %}

{#- Per golden id and attribute the statement that survives and the reason, in the same order as golden(): smallest rank
    first. The reason compares it with the best statement of another value. `competing` is a condition: a statement that
    does not meet it does not compete. The relation has the id, attribute, value, rank, and the row that reports it. -#}
{% macro provenance(relation, id, competing='true') -%}
with reported as (
    select
        {{ id }}, attribute, value, min(rank) as rank, count(*) as record_count,
        arg_min(
            {
                'record_id': record_id, 'role': role, 'resource_id': resource_id, 'batch_id': batch_id,
                'line_number': line_number, 'valid_from': valid_from, 'authority': authority
            },
            rank
        ) as best
    from {{ relation }}
    where {{ competing }}
    group by {{ id }}, attribute, value
),

golden as (
    select
        {{ id }}, attribute, arg_min(value, rank) as value, arg_min(best, rank) as best, min(rank) as rank,
        list_sort(list(rank))[2] as rival_rank, sum(record_count) as record_count, count(*) as value_count
    from reported
    group by {{ id }}, attribute
),

explained as (
    select *,
        case
            when record_count = 1 and rival_rank is null then 'only_source'
            when rival_rank is null then 'all_agree'
            when {{ has_higher_authority('rank', 'rival_rank') }} then 'higher_authority'
            when {{ is_more_recent('rank', 'rival_rank') }} then 'more_recent'
            when {{ is_more_complete('rank', 'rival_rank') }} then 'more_complete'
            else 'tie_break'
        end as reason_code
    from golden
)

select
    explained.{{ id }},
    attribute,
    best.record_id as record_id,
    best.role as role,
    best.resource_id as resource_id,
    best.batch_id as batch_id,
    best.line_number as line_number,
    best.valid_from as valid_from,
    best.authority as authority,
    cast(record_count as bigint) as record_count,
    value_count,
    reason_code,
    case reason_code
        when 'only_source' then '只有这一条记录有此项'
        when 'all_agree' then '有此项的记录一致'
        when 'higher_authority' then '来源权威性高于取值不同的记录'
        when 'more_recent' then '权威性相同，日期更近'
        when 'more_complete' then '权威性和日期相同，填写更完整'
        else '权威性、日期、完整性均相同，按行的固定次序取定'
    end as reason_zh,
    case reason_code
        when 'only_source' then 'the only record that reports it'
        when 'all_agree' then 'all records that report it agree'
        when 'higher_authority' then 'of higher authority than every record with another value'
        when 'more_recent' then 'same authority, more recent'
        when 'more_complete' then 'same authority and date, more complete'
        else 'same authority, date and completeness: decided by the fixed order of rows'
    end as reason_en
from explained
{%- endmacro %}
