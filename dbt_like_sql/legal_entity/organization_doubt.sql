-- One row per record of an organisation with a value in doubt: per attribute the doubt. Such a value loses to every value
-- without a doubt, whatever its authority. The texts of the doubts are in subjects/organization.yaml.
with record as not materialized (
    select record.*, {{ name_core('name') }} as core
    from (
        {{ named_in_full(ref('linked.organization_record'), ref('legal_entity.short_name')) }}
    ) as record
),

-- a name whose last registration is older than a registration of another name
registration as (
    select organization_id, core, max(valid_from) as last_date
    from record
    where role = 'registered_entity' and core is not null and valid_from is not null
    group by organization_id, core
),

former_name as (
    select distinct one.organization_id, one.core
    from registration as one
    join registration as other on one.organization_id = other.organization_id and one.core <> other.core
    where one.last_date < other.last_date
),

lasting as (
    select record.*
    from record
    anti join former_name on record.organization_id = former_name.organization_id and record.core = former_name.core
),

doubt as (
    select record.organization_id, record_id, role, 'name' as attribute, 'former' as doubt
    from record
    join former_name on record.organization_id = former_name.organization_id and record.core = former_name.core
    union all
    select record.organization_id, record_id, role, 'name', 'outvoted'
    from record
    join {{ outvoted('organization', 'name', 'core', 'lasting') }} as outvoted
        on record.organization_id = outvoted.organization_id and record.core = outvoted.core
    union all
    select organization_id, record_id, role, 'representative_name', 'noted'
    from record
    where {{ is_noted('representative_name') }}
)

select
    organization_id,
    record_id,
    role,
{% for attribute in subject('organization').doubted %}
    max(doubt) filter (where attribute = '{{ attribute }}') as {{ attribute }}{{ ',' if not loop.last }}
{% endfor %}
from doubt
group by organization_id, record_id, role
