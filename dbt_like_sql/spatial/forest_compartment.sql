-- One row per forest compartment (林地小班), with its outline in degrees and as delivered.
with reported as (
    select
        compartment_code, division_code, forest_type_code, dominant_species_name, area_m2, land_ownership_code,
        geometry, record_id, {{ crs('forestry__compartments') }} as crs
    from {{ ref('staged.forestry__compartments') }}
    where compartment_code is not null
),

division as (
    select division_code, max(coalesce(today_division_code, division_code)) as today_code
    from {{ ref('spatial.division') }}
    where code_system_code = 'NBS'
    group by division_code
),

boundary as (select county6, outline from {{ county_outlines() }} as county),

compartment as (
    select reported.*, division.today_code, {{ cgcs2000_shape('reported.crs', 'reported.geometry') }} as shape
    from reported left join division on reported.division_code = division.division_code
)

select
    compartment.compartment_code,
    compartment.today_code as division_code,
    compartment.forest_type_code,
    compartment.dominant_species_name,
    compartment.area_m2,
    -- the delivered coordinate system is in metres
    round(ST_Area(ST_GeomFromText(compartment.geometry)), 2) as drawn_area_m2,
    compartment.land_ownership_code,
    ST_Contains(boundary.outline, ST_Centroid(ST_GeomFromText(compartment.shape))) as is_in_county,
    compartment.shape as geometry,
    compartment.geometry as delivered_geometry,
    case when compartment.geometry is not null then compartment.crs end as delivered_crs,
    compartment.record_id
from compartment left join boundary on substr(compartment.today_code, 1, 6) = boundary.county6
