-- One row per town and type of organisation: its active organisations. Who has no type is counted as unknown.
select
    town_code as division_code,
    coalesce(organization_type_code, 'unknown') as organization_type_code,
    count(*) as organizations
from {{ active_organizations() }} as organization
group by all
