-- One row per certificate or permit and holder, from every register that issues one. Who holds it is a person or an
-- organisation of the bases; of a holder whom they do not know the row keeps the name and the number that were told.
with marriage_told as (
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
    from marriage_told
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

of_person as (
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
dissolved as (
    select person_id, valid_from, min(valid_to) as valid_to, min(end_reason) as end_reason
    from {{ ref('population.relationship') }}
    where relation_type = 'spouse' and end_reason in ('divorce', 'annulled') and valid_from is not null
    group by person_id, valid_from
),

person_credential as (
    select
        of_person.record_id, of_person.resource_id, of_person.authority, of_person.role, of_person.credential_type,
        of_person.credential_number, 'person' as holder_type_code, person.person_id,
        cast(null as varchar) as organization_id, of_person.holder_name, person.number, cast(null as varchar) as scope,
        of_person.issuer_name, of_person.valid_from, coalesce(of_person.valid_to, dissolved.valid_to) as valid_to,
        case dissolved.end_reason
            when 'divorce' then 'deregistered' when 'annulled' then 'withdrawn' else of_person.status_code
        end as status_code,
        cast(null as varchar) as electronic_id
    from of_person
    left join person on of_person.record_id = person.record_id and of_person.role = person.role
    left join dissolved
        on case when of_person.credential_type = 'marriage' then person.person_id end = dissolved.person_id
        and of_person.valid_from = dissolved.valid_from
),

-- of a licence whose holder the bases do not know: what the record says of whom it could not name
unknown as (
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
            else unknown.holder_type_code
        end as holder_type_code,
        license.person_id, license.organization_id, license.holder_name, unknown.number, license.scope,
        license.issuer_name, license.valid_from, license.valid_to, license.status_code,
        cast(null as varchar) as electronic_id
    from {{ ref('legal_entity.license') }} as license
    left join unknown
        on license.record_id = unknown.record_id and license.person_id is null and license.organization_id is null
),

-- the register tells no number of the certificate: the unit it is of stands for it
real_estate as (
    select
        held.record_id, held.resource_id,
        case held.resource_id when 'natural_resources__real_estate_register' then 1 else 2 end as authority,
        'right_holder' as role,
        case held.right_type_code when 'mortgage' then 'real_estate_mortgage' else 'real_estate_title' end
            as credential_type,
        held.real_estate_unit_code as credential_number, held.holder_type_code, held.person_id, held.organization_id,
        held.holder_name, unknown.number, held.right_type_code as scope,
        {{ issuer('natural_resources__real_estate_register') }} as issuer_name,
        held.registered_date as valid_from, cast(null as date) as valid_to,
        case
            when held.status_code = 'current' then 'valid'
            when held.status_code in ('historic', 'terminated') then 'deregistered'
            when held.status_code = 'provisional' then 'other'
        end as status_code,
        cast(null as varchar) as electronic_id
    from {{ ref('spatial.real_estate_right') }} as held
    left join unknown
        on held.record_id = unknown.record_id and held.person_id is null and held.organization_id is null
),

-- the index of electronic credentials knows less than the register of the department that issued them
indexed as (
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

told as (
    select * from person_credential
    union all
    select * from licence
    union all
    select * from real_estate
    union all
    select * from indexed
),

-- a holder whom one source knows and another does not is one, by the name or by the role in the certificate
known as (
    select *, coalesce(
        person_id,
        organization_id,
        min(coalesce(person_id, organization_id)) over (partition by credential_type, credential_number, holder_name),
        case when role in ('child', 'husband', 'wife')
            then min(person_id) over (partition by credential_type, credential_number, role) end,
        holder_name,
        ''
    ) as holder_key
    from told
    where credential_number is not null
),

ranked as (
    select *, row_number() over (
        partition by credential_type, credential_number, holder_key
        order by valid_from desc nulls last, record_id, role, number
    ) as survivorship_rank
    from known
)

-- the same certificate told by several is one: of each column the value of the most authoritative
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
