-- One row per delivered row and role that speaks of an organisation: what it told, how far it is believed, how it was
-- linked.
select
    record.record_id,
    record.role,
    record.organization_id,
    record.link_rule,
    record.link_weight,
    link.evidence as link_evidence,
    record.resource_id,
    record.batch_id,
    record.record_id & 16777215 as line_number,
    record.valid_from,
    record.place,
    record.uscc,
    record.organization_code,
    record.registration_number,
    record.name,
    record.name_authority,
    record.organization_type_code,
    record.organization_type_code_authority,
    record.status_code,
    record.status_code_authority,
    record.tax_status_code,
    record.tax_status_code_authority,
    record.industry_code,
    record.industry_code_authority,
    record.registration_type_code,
    record.registration_type_code_authority,
    record.registered_capital_cny,
    record.registered_capital_cny_authority,
    record.established_date,
    record.established_date_authority,
    record.closed_date,
    record.closed_date_authority,
    record.representative_name,
    record.representative_name_authority,
    record.address,
    record.address_authority,
    record.division_code,
    record.division_code_authority,
    record.phone,
    record.phone_authority,
    record.employee_count,
    record.employee_count_authority,
    record.business_scope,
    record.business_scope_authority,
    record.registrar_name,
    record.registrar_name_authority,
    record.representative_id
from {{ ref('linked.organization_record') }} as record
left join (
    select told.record_id, told.role, link.evidence
    from {{ ref('linked.organization_unidentified') }} as told
    join {{ ref('linked.organization_link') }} as link on told.token = link.token
    where link.evidence is not null
) as link
    on record.record_id = link.record_id and record.role = link.role
