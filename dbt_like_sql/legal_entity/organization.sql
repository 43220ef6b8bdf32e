-- One row per legal entity: of each attribute the value of the most authoritative record, and the record it came from.
with record as (
    {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
),

golden as (
    select
        organization_id,
        {{ golden_by('name', 'uscc') }} as uscc,
        {{ golden_by('name', 'organization_code') }} as organization_code,
        {{ golden_by('name', 'registration_number') }} as registration_number,
        {{ golden('name') }} as name,
        {{ golden('organization_type_code') }} as organization_type_code,
        {{ golden('status_code') }} as status_code,
        {{ golden('tax_status_code') }} as tax_status_code,
        {{ golden('industry_code') }} as industry_code,
        {{ golden('registration_type_code') }} as registration_type_code,
        {{ golden('registered_capital_cny') }} as registered_capital_cny,
        {{ golden('established_date') }} as established_date,
        {{ golden('closed_date') }} as closed_date,
        {{ golden('representative_name') }} as representative_name,
        {{ golden_with('address', 'address_id') }} as address_id,
        {{ golden('division_code') }} as division_code,
        {{ golden('phone') }} as phone,
        {{ golden('employee_count') }} as employee_count,
        {{ golden('business_scope') }} as business_scope,
        {{ golden('registrar_name') }} as registrar_name,
        {{ golden_source('name') }} as name_from,
        {{ golden_source('status_code') }} as status_code_from,
        {{ golden_source('tax_status_code') }} as tax_status_code_from,
        {{ golden_source('industry_code') }} as industry_code_from,
        {{ golden_source('registered_capital_cny') }} as registered_capital_cny_from,
        {{ golden_source('representative_name') }} as representative_from,
        {{ golden_source('address') }} as address_from,
        {{ golden_source('employee_count') }} as employee_count_from,
        count(*) as record_count,
        count(distinct resource_id) as resource_count,
        min(valid_from) as first_valid_from,
        max(valid_from) as last_valid_from
    from record
    group by organization_id
),

-- who represents it, as the row that names them was linked; a row whose name cannot be read speaks of somebody, too
representative as (
    select
        record.organization_id, record.representative_name_authority, record.place,
        case when record.representative_name = golden.representative_name then person.person_id end as named_id,
        case when record.representative_name is null then person.person_id end as unnamed_id
    from {{ ref('linked.organization_record') }} as record
    join {{ ref('linked.person_record') }} as person
        on record.record_id = person.record_id and person.role = 'legal_representative'
    join golden on record.organization_id = golden.organization_id
    where record.role = 'registered_entity' and person.person_id is not null
),

known_person as (
    select
        organization_id,
        coalesce(
            {{ golden_by('representative_name', 'named_id') }}, {{ golden_by('representative_name', 'unnamed_id') }}
        ) as person_id
    from representative
    group by organization_id
),

division as (select distinct division_code from {{ ref('spatial.division') }})

select
    golden.organization_id,
    golden.uscc,
    coalesce(golden.organization_code, substr(golden.uscc, 9, 9)) as organization_code,
    golden.registration_number,
    golden.name,
    golden.organization_type_code,
    golden.status_code,
    golden.tax_status_code,
    golden.industry_code,
    golden.registration_type_code,
    golden.registered_capital_cny,
    golden.established_date,
    golden.closed_date,
    golden.representative_name,
    known_person.person_id as representative_person_id,
    address.address_id,
    coalesce(
        division.division_code, {{ division_of_today('renumbered', 'address.division_code') }}, address.division_code
    ) as division_code,
    golden.phone,
    golden.employee_count,
    golden.business_scope,
    golden.registrar_name,
    golden.name_from,
    golden.status_code_from,
    golden.tax_status_code_from,
    golden.industry_code_from,
    golden.registered_capital_cny_from,
    golden.representative_from,
    golden.address_from,
    golden.employee_count_from,
    golden.record_count,
    golden.resource_count,
    golden.first_valid_from,
    golden.last_valid_from
from golden
left join known_person on golden.organization_id = known_person.organization_id
left join {{ ref('spatial.address') }} as address on golden.address_id = address.address_id
left join division on golden.division_code = division.division_code
left join {{ ref('spatial.renumbered_division') }} as renumbered on golden.division_code = renumbered.former_code
