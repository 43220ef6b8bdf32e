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
)

select
    reported.compartment_code,
    division.today_code as division_code,
    reported.forest_type_code,
    reported.dominant_species_name,
    reported.area_m2,
    -- the delivered coordinate system is in metres
    round(ST_Area(ST_GeomFromText(reported.geometry)), 2) as drawn_area_m2,
    reported.land_ownership_code,
    {{ cgcs2000_shape('reported.crs', 'reported.geometry') }} as geometry,
    reported.geometry as delivered_geometry,
    case when reported.geometry is not null then reported.crs end as delivered_crs,
    reported.record_id
from reported left join division on reported.division_code = division.division_code
