-- One row per town and section of industries: its active organisations. Who has no industry is counted as unknown.
select
    town.town_code as division_code,
    coalesce(industry.section_code, 'unknown') as industry_section_code,
    count(*) as organizations
from {{ ref('legal_entity.organization') }} as organization
semi join {{ reported_openly('organization', 'status_code') }} as open_organization using (organization_id)
join {{ towns() }} as town on organization.division_code = town.division_code
left join {{ ref('code.industry') }} as industry on organization.industry_code = industry.industry_code
where organization.status_code = 'active'
group by all
