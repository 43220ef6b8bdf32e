-- One row per delivered row and role that is about an organisation: what it reports, its authority, how it was linked.
select
    record.record_id,
    record.role,
    record.organization_id,
    record.link_rule,
    record.link_weight,
    record.resource_id,
    record.batch_id,
    {{ line_number('record.record_id') }} as line_number,
    record.valid_from,
    record.survivorship_rank,
    record.contested_number,
    {{ record_columns('organization') }}
from {{ ref('linked.organization_record') }} as record
