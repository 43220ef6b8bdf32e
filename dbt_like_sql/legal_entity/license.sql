-- One row per licence and holder, from every register that issues one. The holder is an organisation or a person.
with reported as (
    select
        record_id, 'market_supervision__food_drug_licenses' as resource_id, 'food_drug' as license_type, license_number,
        licensed_items as scope, name as holder_name,
        {{ issuer('market_supervision__food_drug_licenses') }} as issuer_name, issued_date as valid_from,
        valid_until as valid_to, status_code
    from {{ ref('staged.market_supervision__food_drug_licenses') }}
    union all
    select
        record_id, 'transport__road_licenses',
        case license_type_code when 'practitioner' then 'road_practitioner' else 'road_transport' end, license_number,
        business_scope, holder_name, {{ issuer('transport__road_licenses') }}, issued_date, valid_until, status_code
    from {{ ref('staged.transport__road_licenses') }}
    union all
    select
        record_id, 'health__institutions_and_doctors', 'medical_institution', license_number, null, name,
        {{ issuer('health__institutions_and_doctors') }}, null, valid_until, null
    from {{ ref('staged.health__institutions_and_doctors') }}
    union all
    select
        record_id, 'health__institutions_and_doctors', 'physician', doctor_certificate_number, name, doctor_name,
        {{ issuer('health__institutions_and_doctors') }}, null, null, null
    from {{ ref('staged.health__institutions_and_doctors') }}
    where doctor_certificate_number is not null
    union all
    select
        record_id, 'housing__construction_qualifications', 'construction', certificate_number, qualification_name, name,
        {{ issuer('housing__construction_qualifications') }}, null, valid_until, null
    from {{ ref('staged.housing__construction_qualifications') }}
    union all
    select
        record_id, 'civil_affairs__social_organizations', 'social_organization', uscc, null, name,
        {{ issuer('civil_affairs__social_organizations') }}, established_date, null, null
    from {{ ref('staged.civil_affairs__social_organizations') }}
    where uscc is not null
    union all
    select
        record_id, 'sichuan_development_reform__credit', 'administrative_permit', document_number, content, subject_name,
        authority_name, decision_date, valid_until, null
    from {{ ref('staged.sichuan_development_reform__credit') }}
    where record_type_code = 'permit'
    union all
    select
        record_id, 'justice__legal_services', 'legal_institution', license_number, null, name,
        {{ issuer('justice__legal_services') }}, null, null, null
    from {{ ref('staged.justice__legal_services') }}
    union all
    select
        record_id, 'justice__legal_services', 'legal_practitioner', practice_number, name, practitioner_name,
        {{ issuer('justice__legal_services') }}, practice_date, null, null
    from {{ ref('staged.justice__legal_services') }}
    union all
    select
        record_id, 'financial_work__lenders_and_guarantors', 'financial_business', license_number, lender_type_name, name,
        {{ issuer('financial_work__lenders_and_guarantors') }}, null, valid_until, null
    from {{ ref('staged.financial_work__lenders_and_guarantors') }}
    union all
    select
        record_id, 'science_technology__high_tech_enterprises', 'high_tech_enterprise', certificate_number, field_name, name,
        {{ issuer('science_technology__high_tech_enterprises') }}, issued_date, valid_until, null
    from {{ ref('staged.science_technology__high_tech_enterprises') }}
    union all
    select
        record_id, 'culture_tourism__venue_licenses', license_type_code, license_number, business_scope, name,
        {{ issuer('culture_tourism__venue_licenses') }}, issued_date, valid_until, status_code
    from {{ ref('staged.culture_tourism__venue_licenses') }}
    union all
    select
        record_id, 'emergency_management__hazardous_chemical_licenses', license_type_code, license_number, licensed_items,
        name, issuer_name, issued_date, valid_until, status_code
    from {{ ref('staged.emergency_management__hazardous_chemical_licenses') }}
    union all
    select
        record_id, 'ecological_environment__discharge_permits', 'pollutant_discharge', license_number, pollutants, name,
        issuer_name, issued_date, valid_until, status_code
    from {{ ref('staged.ecological_environment__discharge_permits') }}
    union all
    -- the source has a row per outlet, but a licence belongs to the operator
    select
        record_id, 'postal__express_outlets', 'express', license_number, null, name, null, null, valid_until, null
    from {{ ref('staged.postal__express_outlets') }}
    where license_number is not null
    qualify row_number() over (partition by license_number order by valid_until desc nulls last, record_id) = 1
),

with_holder as (
    select
        reported.*,
        case when reported.license_type not in ('physician', 'legal_practitioner') then organization.organization_id end
            as organization_id,
        case when reported.license_type <> 'legal_institution' then person.person_id end as person_id
    from reported
    left join {{ ref('linked.organization_record') }} as organization
        on reported.record_id = organization.record_id
        and organization.role in ('licensee', 'registered_entity', 'credit_subject', 'express_operator')
    left join {{ ref('linked.person_record') }} as person
        on reported.record_id = person.record_id
        and person.role in ('road_practitioner', 'credit_subject', 'legal_practitioner')
    qualify row_number() over (
        partition by
            reported.license_type, coalesce(reported.license_number, cast(reported.record_id as varchar)),
            reported.holder_name, reported.scope
        order by reported.valid_to desc nulls last, reported.record_id
    ) = 1
)

select
    {{ opaque_id('L', "concat_ws('|', license_type, coalesce(license_number, cast(record_id as varchar)), holder_name, scope)") }} as license_id,
    license_type,
    license_number,
    organization_id,
    person_id,
    holder_name,
    scope,
    issuer_name,
    valid_from,
    valid_to,
    status_code,
    record_id,
    resource_id
from with_holder
