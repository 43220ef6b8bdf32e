-- One row per record and attribute that it reports of an organisation: the smallest rank survives, see
-- organization_provenance.
with weighed_record as (
    {{ weighed('organization', ref('legal_entity.organization_record'), ref('legal_entity.organization_doubt')) }}
),

record as (
    {{ named_in_full('weighed_record', ref('legal_entity.short_name')) }}
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
    {{ authority_of_source('statement.authority') }} as authority,
    statement.doubt as doubt,
    {{ empty_count('survivorship_rank') }} as empty_count,
    {{ survivorship_rank('statement.authority', 'survivorship_rank') }} as rank
from reported
where statement.value is not null
