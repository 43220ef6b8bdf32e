-- One row per code set, with its standard and where its codes were taken from.
with reference_set as (
    select
        split_part(standard, ' ', 1) || ' ' || regexp_extract(standard, '^GB/T ([0-9.-]+)', 1) as standard,
        regexp_extract(standard, '^GB/T [0-9.-]+ ([^(]+)', 1) as name_zh,
        any_value(source) as source
    from {{ ref('reference.gbt_person_codes') }}
    group by all
),

declared as (
    select code_set, name_zh, name_en, cast(standard as varchar) as standard
    from {{ declared('code_sets') }} as declared(code_set, name_zh, name_en, standard)
),

every_set as (
    select * from declared
    union all
    -- a standard of which no delivery has codes yet
    select {{ standard_id('standard') }}, name_zh, null, standard
    from reference_set
    where standard not in (select standard from declared where standard is not null)
)

select
    every_set.code_set,
    every_set.name_zh,
    every_set.name_en,
    every_set.standard,
    case
        when reference_set.source is not null then reference_set.source
        when every_set.standard is not null then '按标准文本录入 (as printed in the standard)'
        else '本项目 (this project)'
    end as source
from every_set
left join reference_set on every_set.standard = reference_set.standard
