{#- How values compete: the value with the smallest survivorship rank survives (doubt, authority, recency, completeness,
    row).
    suining_data/packed_keys.py defines survivorship_rank, empty_count and the other functions of a rank. The column
    survivorship_rank of a record is its rank among the records of one authority. Group by the golden id. -#}

{#- The rank of a record's value of an attribute. -#}
{% macro rank_of(attribute) -%}
{{ survivorship_rank(attribute ~ '_authority', 'survivorship_rank') }}
{%- endmacro %}

{#- The records with their doubts: <attribute>_doubt, and an authority below that of every value without a doubt;
    undoubted_<attribute>_authority is as it was. Golden values, statements and conflicts read records in this form. Which values are in doubt: the model <subject>_doubt. -#}
{% macro weighed(name, records, doubts) -%}
select
    record.* replace (
{% for attribute in subject(name).doubted %}
        {{ doubted_authority('record.' ~ attribute ~ '_authority', 'doubt.' ~ attribute) }} as {{ attribute }}_authority{{ ',' if not loop.last }}
{% endfor %}
    ),
{% for attribute in subject(name).doubted %}
    record.{{ attribute }}_authority as undoubted_{{ attribute }}_authority,
    doubt.{{ attribute }} as {{ attribute }}_doubt{{ ',' if not loop.last }}
{% endfor %}
from {{ records }} as record
left join {{ doubts }} as doubt on record.record_id = doubt.record_id and record.role = doubt.role
where record.{{ name }}_id is not null
{%- endmacro %}

{#- Relation of the golden id and a value: values of an attribute that more sources outvote. Another value has more
    sources, and no worse authority or older date. So votes count before completeness and row only. The relation `reported`
    has the columns of records. -#}
{% macro outvoted(name, attribute, value, reported) -%}
(
    with several as (
        select {{ name }}_id from {{ reported }}
        where {{ value }} is not null
        group by {{ name }}_id
        having min({{ value }}) <> max({{ value }})
    ),

    vote as (
        select
            {{ name }}_id, {{ value }}, count(distinct resource_id) as sources,
            min({{ rank_of(attribute) }}) as rank
        from {{ reported }} as reported
        semi join several using ({{ name }}_id)
        where {{ value }} is not null
        group by {{ name }}_id, {{ value }}
    )

    select distinct one.{{ name }}_id, one.{{ value }}
    from vote as one
    join vote as other on one.{{ name }}_id = other.{{ name }}_id and one.sources < other.sources
    where not {{ is_more_recent('one.rank', 'other.rank') }}
)
{%- endmacro %}

{#- The value of an attribute that the resident id `number` has of itself; null if it is no resident id. -#}
{% macro value_of_number(name, attribute, number) -%}
{{ subject(name).attributes[attribute].survivorship.from_number.replace('{number}', number) }}
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

{#- Whether the value of the grouped records' number survives: no record reports one without a doubt. -#}
{% macro survives_from_number(name, attribute) -%}
(coalesce({{ golden_rank(attribute) }} > {{ rank_from_number() }}, true) and {{ value_of_number(name, attribute, 'min(resident_id)') }} is not null)
{%- endmacro %}

{#- The attribute whose authority ranks an attribute. If it is lent, so is the doubt only to what is bound to the row. -#}
{% macro ranked_as(name, attribute) -%}
{% set rule = subject(name).surviving[attribute].survivorship %}
{{ 'undoubted_' if rule.authority in subject(name).doubted and rule.rule == 'highest_rank' }}{{ rule.authority or attribute }}
{%- endmacro %}

{#- The surviving value of an attribute of the grouped, weighed records, by the survivorship that its YAML declares. -#}
{% macro surviving_value(name, attribute) -%}
{% set rule = subject(name).surviving[attribute].survivorship %}
{% set value = rule.value or attribute %}
{% if rule.from_number -%}
case when {{ survives_from_number(name, attribute) }} then {{ value_of_number(name, attribute, 'min(resident_id)') }}
            else {{ golden(attribute) }} end
{%- elif rule.rule == 'winning_row' -%}
{{ golden_with(rule.authority or attribute, value) }}
{%- else -%}
{{ golden(value, ranked_as(name, attribute)) }}
{%- endif %}
{%- endmacro %}

{#- The record_id of the row that this value came from; null if it is that of the number. -#}
{% macro surviving_source(name, attribute) -%}
{% set rule = subject(name).surviving[attribute].survivorship %}
{% set lender = ranked_as(name, attribute) %}
{% if rule.from_number -%}
case when not {{ survives_from_number(name, attribute) }} then {{ golden_source(attribute) }} end
{%- else -%}
{{ golden_source(lender if rule.rule == 'winning_row' else rule.value or attribute, lender) }}
{%- endif %}
{%- endmacro %}

{#- The golden values and source rows of a subject. -#}
{% macro golden_values(name) -%}
{% for attribute, declared in subject(name).surviving.items() %}
{{ ',\n        ' if not loop.first }}
{{- surviving_value(name, attribute) }} as {{ declared.golden.column or attribute }}
{%- if declared.source %},
        {{ surviving_source(name, attribute) }} as {{ declared.source.column }}
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

{#- A list to be unnested: for every attribute whose values compete, the value that the record reports, as text, its
    authority and its doubt. The records are weighed. -#}
{% macro statements(name) -%}
[
{% for attribute, declared in subject(name).surviving.items() %}
{% set column = attribute if declared.survivorship.rule == 'winning_row' else declared.survivorship.value or attribute %}
{% set lender = ranked_as(name, attribute) %}
            {'attribute': '{{ column }}', 'value': cast({{ column }} as varchar), 'authority': {{ lender }}_authority,
                'doubt': {{ lender ~ '_doubt' if lender in subject(name).doubted else 'cast(null as varchar)' }}}{{ ',' if not loop.last }}
{% endfor %}
        ]
{%- endmacro %}

{#- Opaque id made of a prefix and 16 hex digits of the text's MD5. -#}
{% macro opaque_id(prefix, text) -%}
'{{ prefix }}' || left(md5({{ text }}), 16)
{%- endmacro %}

{#- Per golden id and attribute the statement that survives and the reason, in the same order as golden(): smallest rank
    first. The reason compares it with the statement of another value that would be the
    best without doubts; a statement without a row is the value that
    the number has. `competing` is a condition: a statement that does not meet it does not compete. The relation has the
    id, attribute, value, rank, doubt, and the row that reports it. -#}
{% macro provenance(name, relation, competing='true') -%}
{% set id = name ~ '_id' %}
with reported as (
    select
        {{ id }}, attribute, value, min(rank) as rank, count(record_id) as record_count,
        arg_min(coalesce(doubt, ''), rank) as doubt, arg_min(
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
        list_sort(list({'rank': {{ undoubted_rank('rank') }}, 'doubt': doubt})) as ranked, sum(record_count) as record_count, count(*) as value_count
    from reported
    group by {{ id }}, attribute
),

-- the strongest other value, were there no doubts
opposed as (
    select * exclude (ranked, rank),
        {{ undoubted_rank('rank') }} as rank,
        list_filter(ranked, lambda other: other.rank <> {{ undoubted_rank('rank') }})[1] as rival
    from golden
),

explained as (
    select *,
        case
            when best.record_id is null then 'derived_from_number'
            when record_count = 1 and rival is null then 'only_source'
            when rival is null then 'all_agree'
            when rival.rank < rank then rival.doubt
            when {{ has_higher_authority('rank', 'rival.rank') }} then 'higher_authority'
            when {{ is_more_recent('rank', 'rival.rank') }} then 'more_recent'
            when {{ is_more_complete('rank', 'rival.rank') }} then 'more_complete'
            else 'tie_break'
        end as reason_code
    from opposed
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
        when 'derived_from_number' then '由公民身份号码推得，没有可靠的记录报此项'
{% for code, doubt in subject(name).doubts.items() %}
        when '{{ code }}' then {{ literal('取值不同的记录' ~ doubt.zh) }}
{% endfor %}
        when 'higher_authority' then '来源权威性高于取值不同的记录'
        when 'more_recent' then '权威性相同，日期更近'
        when 'more_complete' then '权威性和日期相同，填写更完整'
        else '权威性、日期、完整性均相同，按行的固定次序取定'
    end as reason_zh,
    case reason_code
        when 'only_source' then 'the only record that reports it'
        when 'all_agree' then 'all records that report it agree'
        when 'derived_from_number' then 'derived from the resident id; no reliable record reports it'
{% for code, doubt in subject(name).doubts.items() %}
        when '{{ code }}' then {{ literal('the other value ' ~ doubt.en) }}
{% endfor %}
        when 'higher_authority' then 'of higher authority than every record with another value'
        when 'more_recent' then 'same authority, more recent'
        when 'more_complete' then 'same authority and date, more complete'
        else 'same authority, date and completeness: decided by the fixed order of rows'
    end as reason_en
from explained
{%- endmacro %}
