{#- The subjects of which an open resource reports `what`: one that the catalogue opens without conditions, or with them, and then
    as counts. Only these are counted for the public. -#}
{% macro reported_openly(subject, what) -%}
(
    select distinct {{ subject }}_id
    from {{ ref('linked.' ~ subject ~ '_record') }}
    semi join (
        select resource_id from {{ ref('code.resource') }} where open_type_code in ('unconditional', 'conditional')
    ) as open_resource using (resource_id)
    where {{ what }} is not null
)
{%- endmacro %}

{#- The divisions of the city by code, each with the town it lies in, or else the county, or else the city. -#}
{% macro towns() -%}
(
    select
        division_code,
        coalesce(town_division_code, county_division_code, {{ division_code12("substr(division_code, 1, 4)") }}) as town_code
    from {{ ref('code.division') }}
    where level_code in ('city', 'county', 'town', 'village')
)
{%- endmacro %}

{#- The active organisations that may be counted, each with its town. -#}
{% macro active_organizations() -%}
(
    select organization.*, town.town_code
    from {{ ref('legal_entity.organization') }} as organization
    semi join {{ reported_openly('organization', 'status_code') }} as open_organization using (organization_id)
    join {{ towns() }} as town on organization.division_code = town.division_code
    where organization.status_code = 'active'
)
{%- endmacro %}
