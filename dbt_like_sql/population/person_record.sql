-- One row per delivered row and role that speaks of a person: what it told, how far it is believed, how it was linked.
select
    record.record_id,
    record.role,
    record.person_id,
    record.link_rule,
    record.link_weight,
    link.evidence as link_evidence,
    record.resource_id,
    record.batch_id,
    record.record_id & 16777215 as line_number,
    record.valid_from,
    record.place,
    record.resident_id,
    contested.resident_id as contested_number,
    record.is_resident_id_derived,
    record.other_id_type_code,
    record.other_id,
    record.name,
    record.name_authority,
    record.former_name,
    record.former_name_authority,
    record.sex_code,
    record.sex_code_authority,
    record.birth_date,
    record.birth_date_authority,
    record.death_date,
    record.death_date_authority,
    record.ethnicity_code,
    record.ethnicity_code_authority,
    record.marital_status_code,
    record.marital_status_code_authority,
    record.education_code,
    record.education_code_authority,
    record.phone,
    record.phone_authority,
    record.registered_address,
    record.registered_address_authority,
    record.registered_division_code,
    record.registered_division_code_authority,
    record.residence_address,
    record.residence_address_authority,
    record.household_number,
    record.household_number_authority,
    record.employer_code,
    record.employer_code_authority,
    record.head_relation_code,
    record.employer_name
from {{ ref('linked.person_record') }} as record
left join {{ ref('linked.contested_number') }} as contested
    on record.record_id = contested.record_id and record.role = contested.role
left join (
    select told.record_id, told.role, link.evidence
    from {{ ref('linked.person_unidentified') }} as told
    join {{ ref('linked.person_link') }} as link on told.token = link.token
    where link.evidence is not null
) as link
    on record.record_id = link.record_id and record.role = link.role
