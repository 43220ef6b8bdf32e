{#- The outlines that shapes and points must lie in, where they are known: with no outline nothing is said of a place. -#}

{#- One row per county: the first six digits of its code, and its outline. -#}
{% macro county_outlines() -%}
(
    select substr(division_code, 1, 6) as county6, ST_GeomFromText(geometry) as outline
    from {{ ref('spatial.division_boundary') }}
    where level_code = 'county' and geometry is not null
)
{%- endmacro %}

{#- One row: the outline of the city, null if it is not known. -#}
{% macro city_outline() -%}
(
    select ST_GeomFromText(max(geometry)) as outline
    from {{ ref('spatial.division_boundary') }}
    where level_code = 'city'
)
{%- endmacro %}
