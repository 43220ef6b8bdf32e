-- One row per record and attribute that it tells of an organisation: the smallest rank wins, see
-- organization_provenance.
with record as (
    {{ named_in_full(ref('legal_entity.organization_record'), ref('legal_entity.short_name')) }}
),

told as (
    select
        organization_id, record_id, role, resource_id, batch_id, line_number, valid_from, place,
        unnest([
            {{ statement('uscc', authority='name') }},
            {{ statement('organization_code', authority='name') }},
            {{ statement('registration_number', authority='name') }},
            {{ statement('name') }},
            {{ statement('organization_type_code') }},
            {{ statement('status_code') }},
            {{ statement('tax_status_code') }},
            {{ statement('industry_code') }},
            {{ statement('registration_type_code') }},
            {{ statement('registered_capital_cny') }},
            {{ statement('established_date') }},
            {{ statement('closed_date') }},
            {{ statement('representative_name') }},
            {{ statement('address') }},
            {{ statement('division_code') }},
            {{ statement('phone') }},
            {{ statement('employee_count') }},
            {{ statement('business_scope') }},
            {{ statement('registrar_name') }}
        ]) as statement
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
    cast((place >> 35) & 31 as integer) as empty_count,
    cast(statement.authority as bigint) * 72057594037927936 + place as rank
from told
where statement.value is not null
