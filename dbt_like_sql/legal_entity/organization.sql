-- One row per legal entity: of each attribute the value of the most authoritative record, and the record it came from.
with record as not materialized (
    select * from {{ ref('linked.organization_record') }} where organization_id is not null
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

-- the representative's number may be told by another record than the one that won, but of the same name
representative as (
    select golden.organization_id, {{ golden_by('representative_name', 'representative_id') }} as representative_id
    from golden
    join record using (organization_id)
    where record.representative_name = golden.representative_name and record.representative_id is not null
    group by golden.organization_id
),

known_person as (
    select representative.organization_id, identity.person_id
    from representative
    join {{ ref('linked.person_identity') }} as identity
        on identity.identifier_type = 'resident_id' and representative.representative_id = identity.identifier
    semi join {{ ref('linked.person_record') }} as told on identity.person_id = told.person_id
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
    coalesce(division.division_code, address.division_code) as division_code,
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
