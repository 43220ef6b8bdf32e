-- One row per publisher of the catalogue.
select unit_id, name, cast(uscc as varchar) as uscc, origin_code, is_key
from {{ declared('units') }} as declared(unit_id, name, uscc, origin_code, is_key)
