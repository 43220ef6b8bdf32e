-- One row per town and section of industries: its active organisations. Who has no industry is counted as unknown.
select
    organization.town_code as division_code,
    coalesce(industry.section_code, 'unknown') as industry_section_code,
    count(*) as organizations
from {{ active_organizations() }} as organization
left join {{ ref('code.industry') }} as industry on organization.industry_code = industry.industry_code
group by all
