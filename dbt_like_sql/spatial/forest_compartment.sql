-- One row per forest compartment (林地小班), drawn in degrees and as delivered.
with told as (
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
    told.compartment_code,
    division.today_code as division_code,
    told.forest_type_code,
    told.dominant_species_name,
    told.area_m2,
    -- the system delivered is in metres
    round(ST_Area(ST_GeomFromText(told.geometry)), 2) as drawn_area_m2,
    told.land_ownership_code,
    {{ cgcs2000_shape('told.crs', 'told.geometry') }} as geometry,
    told.geometry as delivered_geometry,
    case when told.geometry is not null then told.crs end as delivered_crs,
    told.record_id
from told left join division on told.division_code = division.division_code
