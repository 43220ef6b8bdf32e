-- One row per change that a refresh after the first one recorded: a subject that came or went, or a golden value.
with changed as (
{{ changes_of('person', ref('population.person_version')) }}
union all
{{ changes_of('organization', ref('legal_entity.organization_version')) }}
)

select
    {{ opaque_id('V', "concat_ws('|', run_id, subject_id, kind, attribute)") }} as change_id,
    run_id, recorded_at, subject_type, subject_id, attribute, kind, other_id, old_value, new_value, old_record_id,
    new_record_id, reason_code
from changed
