-- One row per division whose boundary is known: city and counties.
select
    boundary.division_code,
    boundary.name,
    boundary.level_code,
    {{ cgcs2000_shape(crs('natural_resources__division_boundaries'), 'boundary.geometry') }} as geometry,
    boundary.record_id
from {{ ref('staged.natural_resources__division_boundaries') }} as boundary
where boundary.division_code in (select division_code from {{ ref('spatial.division') }})
