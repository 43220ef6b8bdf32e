-- One row per certificate or permit and holder, from every register that issues one. The holder is a person or an
-- organisation of the bases. If the bases do not have the holder, the row keeps the reported name and number.
with reported_marriage as (
    select record_id, 'civil_affairs__marriages' as resource_id, 1 as authority, certificate_number,
        registration_type_code, registration_date, registrar_name, husband_name, wife_name
    from {{ ref('staged.civil_affairs__marriages') }}
    union all
    select record_id, 'sichuan_civil_affairs__marriages', 2, certificate_number, registration_type_code,
        registration_date, registrar_name, husband_name, wife_name
    from {{ ref('staged.sichuan_civil_affairs__marriages') }}
),

-- an annulment is a decision, not a certificate
marriage as (
    select
        record_id, resource_id, authority,
        case when registration_type_code like 'marriage%' then 'marriage' else 'divorce' end as credential_type,
        certificate_number, registration_date, registrar_name, husband_name, wife_name
    from reported_marriage
    where registration_type_code <> 'annulled'
),

birth as (
    select record_id, 'health__births' as resource_id, 1 as authority, certificate_number, child_name, institution_name,
        child_birth_date
    from {{ ref('staged.health__births') }}
    union all
    select record_id, 'sichuan_health__births', 2, certificate_number, child_name, institution_name, child_birth_date
    from {{ ref('staged.sichuan_health__births') }}
),

personal as (
    select
        record_id, resource_id, authority, 'husband' as role, credential_type, certificate_number as credential_number,
        husband_name as holder_name, registrar_name as issuer_name, registration_date as valid_from,
        cast(null as date) as valid_to, cast(null as varchar) as status_code
    from marriage
    union all
    select record_id, resource_id, authority, 'wife', credential_type, certificate_number, wife_name, registrar_name,
        registration_date, null, null
    from marriage
    union all
    select record_id, resource_id, authority, 'child', 'birth', certificate_number, child_name, institution_name,
        child_birth_date, null, null
    from birth
    union all
    select record_id, 'public_security__residence_registrations', 1, 'resident', 'residence_permit',
        residence_permit_number, name, {{ issuer('public_security__residence_registrations') }}, registration_date,
        valid_until, null
    from {{ ref('staged.public_security__residence_registrations') }}
    where residence_permit_number is not null
    union all
    select record_id, 'human_resources__social_security_cards', 1, 'cardholder', 'social_security_card', card_number,
        name, {{ issuer('human_resources__social_security_cards') }}, issued_date, null,
        case status_code
            when 'active' then 'valid' when 'inactive' then 'inactive' when 'cancelled' then 'deregistered'
            when 'lost' then 'suspended' when 'locked' then 'suspended'
        end
    from {{ ref('staged.human_resources__social_security_cards') }}
    where card_number is not null
    union all
    select record_id, 'disabled_federation__certificates', 1, 'certificate_holder', 'disability', certificate_number,
        name, {{ issuer('disabled_federation__certificates') }}, issued_date, valid_until, status_code
    from {{ ref('staged.disabled_federation__certificates') }}
    union all
    select record_id, 'sichuan_disabled_federation__disabled_persons', 2, 'disabled_person', 'disability',
        certificate_number, name, null, issued_date, null, null
    from {{ ref('staged.sichuan_disabled_federation__disabled_persons') }}
    union all
    select record_id, 'sichuan_education__enrolments', 1, 'student', 'diploma', diploma_number, name, school_name,
        graduation_date, null, null
    from {{ ref('staged.sichuan_education__enrolments') }}
    where diploma_number is not null
),

person as (
    select record_id, role, person_id, coalesce(resident_id, other_id) as number
    from {{ ref('linked.person_record') }}
),

-- a marriage certificate ends with a divorce, not with a death
dissolution as (
    select person_id, valid_from, min(valid_to) as valid_to, min(end_reason) as end_reason
    from {{ ref('population.relationship') }}
    where relation_type = 'spouse' and end_reason in ('divorce', 'annulled') and valid_from is not null
    group by person_id, valid_from
),

person_credential as (
    select
        personal.record_id, personal.resource_id, personal.authority, personal.role, personal.credential_type,
        personal.credential_number, 'person' as holder_type_code, person.person_id,
        cast(null as varchar) as organization_id, personal.holder_name, person.number, cast(null as varchar) as scope,
        personal.issuer_name, personal.valid_from, coalesce(personal.valid_to, dissolution.valid_to) as valid_to,
        case dissolution.end_reason
            when 'divorce' then 'deregistered' when 'annulled' then 'withdrawn' else personal.status_code
        end as status_code,
        cast(null as varchar) as electronic_id
    from personal
    left join person on personal.record_id = person.record_id and personal.role = person.role
    left join dissolution
        on case when personal.credential_type = 'marriage' then person.person_id end = dissolution.person_id
        and personal.valid_from = dissolution.valid_from
),

-- the number that a record reports of a holder that linkage could not resolve
unresolved as (
    select record_id, 'person' as holder_type_code, min(coalesce(resident_id, other_id)) as number
    from {{ ref('linked.person_record') }} where person_id is null group by record_id
    union all
    select record_id, 'organization', min(coalesce(uscc, organization_code, registration_number))
    from {{ ref('linked.organization_record') }} where organization_id is null group by record_id
),

licence as (
    select
        license.record_id, license.resource_id, 1 as authority, 'licensee' as role,
        license.license_type as credential_type, license.license_number as credential_number,
        case
            when license.person_id is not null or license.license_type in ('physician', 'road_practitioner')
                then 'person'
            when license.organization_id is not null then 'organization'
            else unresolved.holder_type_code
        end as holder_type_code,
        license.person_id, license.organization_id, license.holder_name, unresolved.number, license.scope,
        license.issuer_name, license.valid_from, license.valid_to, license.status_code,
        cast(null as varchar) as electronic_id
    from {{ ref('legal_entity.license') }} as license
    left join unresolved
        on case when license.person_id is null and license.organization_id is null then license.record_id end = unresolved.record_id
),

-- the register does not report the number of the certificate: the code of the real-estate unit is used instead
real_estate as (
    select
        registered.record_id, registered.resource_id,
        case registered.resource_id when 'natural_resources__real_estate_register' then 1 else 2 end as authority,
        'right_holder' as role,
        case registered.right_type_code when 'mortgage' then 'real_estate_mortgage' else 'real_estate_title' end
            as credential_type,
        registered.real_estate_unit_code as credential_number, registered.holder_type_code, registered.person_id,
        registered.organization_id, registered.holder_name, unresolved.number, registered.right_type_code as scope,
        {{ issuer('natural_resources__real_estate_register') }} as issuer_name,
        registered.registered_date as valid_from, cast(null as date) as valid_to,
        case
            when registered.status_code = 'current' then 'valid'
            when registered.status_code in ('historic', 'terminated') then 'deregistered'
            when registered.status_code = 'provisional' then 'other'
        end as status_code,
        cast(null as varchar) as electronic_id
    from {{ ref('spatial.real_estate_right') }} as registered
    left join unresolved
        on case when registered.person_id is null and registered.organization_id is null then registered.record_id end = unresolved.record_id
),

-- the index of electronic credentials reports less than the register of the department that issued the credential
indexed_credential as (
    select
        cases.record_id, 'government_services__cases' as resource_id, 9 as authority, 'applicant' as role,
        case cases.credential_type_code
            when 'food_license' then 'food_drug' when 'drug_license' then 'food_drug'
            when 'road_license' then 'road_transport' when 'road_qualification' then 'road_practitioner'
            when 'medical_license' then 'medical_institution' when 'construction_qualification' then 'construction'
            when 'marriage_certificate' then 'marriage' when 'divorce_certificate' then 'divorce'
            when 'disability_certificate' then 'disability' when 'birth_certificate' then 'birth'
            when 'real_estate_certificate' then 'real_estate_title'
            else coalesce(cases.credential_type_code, 'other')
        end as credential_type,
        cases.credential_number, cases.applicant_type_code as holder_type_code, person.person_id,
        organization.organization_id, cases.applicant_name as holder_name,
        coalesce(person.number, organization.uscc, organization.organization_code, organization.registration_number)
            as number,
        cast(null as varchar) as scope, cases.issuer_name, cases.issued_date as valid_from, cases.valid_until as valid_to,
        cases.status_code, cases.credential_id as electronic_id
    from {{ ref('staged.government_services__cases') }} as cases
    left join person on cases.record_id = person.record_id
    left join {{ ref('linked.organization_record') }} as organization on cases.record_id = organization.record_id
    where cases.credential_number is not null
),

reported as (
    select * from person_credential
    union all
    select * from licence
    union all
    select * from real_estate
    union all
    select * from indexed_credential
),

-- One source resolves a holder and another does not: it is the same holder if the name, or the role in the certificate,
-- is the same.
with_holder_key as (
    select *, coalesce(
        person_id,
        organization_id,
        min(coalesce(person_id, organization_id)) over (partition by credential_type, credential_number, holder_name),
        case when role in ('child', 'husband', 'wife')
            then min(person_id) over (partition by credential_type, credential_number, role) end,
        holder_name,
        ''
    ) as holder_key
    from reported
    where credential_number is not null
),

ranked as (
    select *, row_number() over (
        partition by credential_type, credential_number, holder_key
        order by valid_from desc nulls last, record_id, role, number
    ) as survivorship_rank
    from with_holder_key
)

-- several sources report the same certificate: it is one row, with the most authoritative value of each column
select
    {{ opaque_id('C', "concat_ws('|', credential_type, credential_number, holder_key)") }} as credential_id,
    credential_type,
    credential_number,
    {{ most_authoritative('holder_type_code') }} as holder_type_code,
    min(person_id) as person_id,
    min(organization_id) as organization_id,
    {{ most_authoritative('holder_name') }} as holder_name,
    case when min(person_id) is null and min(organization_id) is null then {{ most_authoritative('number') }} end
        as holder_number,
    string_agg(distinct scope, '、' order by scope) as scope,
    {{ most_authoritative('issuer_name') }} as issuer_name,
    {{ most_authoritative('valid_from') }} as valid_from,
    {{ most_authoritative('valid_to') }} as valid_to,
    {{ most_authoritative('status_code') }} as status_code,
    {{ most_authoritative('electronic_id') }} as electronic_id,
    {{ most_authoritative('record_id') }} as record_id,
    {{ most_authoritative('resource_id') }} as resource_id
from ranked
group by credential_type, credential_number, holder_key
