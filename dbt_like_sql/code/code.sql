-- One row per code of a code set.
select code_set, code, name_zh, cast(name_en as varchar) as name_en, position
from {{ declared('codes') }} as declared(code_set, position, code, name_zh, name_en)
union all
select
    code_set.code_set, gbt.code, gbt.label, null,
    row_number() over (partition by code_set.code_set order by gbt.code)
from {{ ref('reference.gbt_person_codes') }} as gbt
join {{ ref('code.code_set') }} as code_set
    on starts_with(gbt.standard, code_set.standard || ' ') and code_set.code_set = {{ standard_id('code_set.standard') }}
