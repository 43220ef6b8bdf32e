{#- The most authoritative value of an attribute within one golden record; ties go to the most recent record.
    Group by the golden id. -#}
{% macro golden(attribute) -%}
arg_min({{ attribute }}, {{ attribute }}_authority::bigint * 72057594037927936 + place) filter (where {{ attribute }} is not null)
{%- endmacro %}

{#- record_id of the row the golden value came from; of a column that is believed as an attribute is (see golden_by),
    of the row its value came from. -#}
{% macro golden_source(attribute, column=none) -%}
arg_min(record_id, {{ attribute }}_authority::bigint * 72057594037927936 + place)
filter (where {{ column or attribute }} is not null)
{%- endmacro %}

{#- How the golden value ranks: by authority, then as the record stands among those of one authority. -#}
{% macro golden_rank(attribute) -%}
min({{ attribute }}_authority::bigint * 72057594037927936 + place) filter (where {{ attribute }} is not null)
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

{#- What a record tells of one attribute, to be unnested: its value as text and how far it is believed, by the authority
    of the attribute itself or of another one of the record. -#}
{% macro statement(attribute, authority=none) -%}
{'attribute': '{{ attribute }}', 'value': cast({{ attribute }} as varchar), 'authority': {{ authority or attribute }}_authority}
{%- endmacro %}

{#- Per golden id and attribute the statement that wins and why: the same order as golden(), smallest rank first. The
    strongest statement of another value says what the winner had more of; `competing` is a condition that a statement
    must meet to win at all. The relation has the id, attribute, value,
    rank (authority, then 16 bits recency, 5 bits empty attributes, 35 bits which row), and where it was told. -#}
{% macro provenance(relation, id, competing='true') -%}
with told as (
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
    from told
    group by {{ id }}, attribute
),

explained as (
    select *,
        case
            when record_count = 1 and rival_rank is null then 'only_source'
            when rival_rank is null then 'all_agree'
            when rank >> 56 < rival_rank >> 56 then 'higher_authority'
            when rank >> 40 < rival_rank >> 40 then 'more_recent'
            when rank >> 35 < rival_rank >> 35 then 'more_complete'
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
        when 'only_source' then 'the only record that tells it'
        when 'all_agree' then 'all records that tell it agree'
        when 'higher_authority' then 'of higher authority than every record with another value'
        when 'more_recent' then 'same authority, more recent'
        when 'more_complete' then 'same authority and date, more complete'
        else 'same authority, date and completeness: decided by the fixed order of rows'
    end as reason_en
from explained
{%- endmacro %}
