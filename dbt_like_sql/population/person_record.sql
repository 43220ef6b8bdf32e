-- One row per delivered row and role that is about a person: what it reports, its authority, how it was linked.
select
    record.record_id,
    record.role,
    record.person_id,
    record.link_rule,
    record.link_weight,
    record.resource_id,
    record.batch_id,
    {{ line_number('record.record_id') }} as line_number,
    record.valid_from,
    record.survivorship_rank,
    record.contested_number,
    record.is_resident_id_derived,
    {{ record_columns('person') }},
    record.employer_organization_id
from {{ ref('linked.person_record') }} as record
