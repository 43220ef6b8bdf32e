-- One row per town and type of organisation: its active organisations. Who has no type is counted as unknown.
select
    town.town_code as division_code,
    coalesce(organization.organization_type_code, 'unknown') as organization_type_code,
    count(*) as organizations
from {{ ref('legal_entity.organization') }} as organization
semi join {{ reported_openly('organization', 'status_code') }} as open_organization using (organization_id)
join {{ towns() }} as town on organization.division_code = town.division_code
where organization.status_code = 'active'
group by all
