-- One row per record and attribute that it reports of an organisation: the smallest rank survives, see
-- organization_provenance.
with record as (
    {{ named_in_full(ref('legal_entity.organization_record'), ref('legal_entity.short_name')) }}
),

reported as (
    select
        organization_id, record_id, role, resource_id, batch_id, line_number, valid_from, survivorship_rank,
        unnest({{ statements('organization') }}) as statement
    from record
)

select
    organization_id,
    statement.attribute as attribute,
    statement.value as value,
    record_id,
    role,
    resource_id,
    batch_id,
    line_number,
    valid_from,
    statement.authority as authority,
    {{ empty_count('survivorship_rank') }} as empty_count,
    {{ survivorship_rank('statement.authority', 'survivorship_rank') }} as rank
from reported
where statement.value is not null
