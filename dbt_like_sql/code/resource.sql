-- One row per information resource of the catalogue, with the terms of sharing and opening.
select
    resource_id, unit_id, name, abstract, cast(code as varchar) as code, proposal, share_type_code,
    cast(share_condition as varchar) as share_condition, cast(share_basis as varchar) as share_basis, share_method, open_type_code,
    cycle_code, mode_code, format_code, string_split(bases, ',') as bases,
    case when themes = '' then [] else string_split(themes, ',') end as themes
from {{ declared('resources') }} as declared(
    resource_id, unit_id, name, abstract, code, proposal, share_type_code, share_condition, share_basis, share_method,
    open_type_code, cycle_code, mode_code, format_code, bases, themes
)
