-- One row per pair of parcels whose outlines overlap by more than a square metre.
with outline as (
    select
        parcel_code,
        ST_Transform(ST_GeomFromText(geometry), 'EPSG:4490', '{{ var('city').planes[0].crs }}', always_xy := true) as shape
    from {{ ref('spatial.parcel') }}
    where geometry is not null
),

meeting as (
    select
        one.parcel_code, other.parcel_code as other_parcel_code,
        ST_Area(ST_Intersection(one.shape, other.shape)) as overlap_m2,
        least(ST_Area(one.shape), ST_Area(other.shape)) as smaller_m2
    from outline as one join outline as other on ST_Intersects(one.shape, other.shape)
    where one.parcel_code < other.parcel_code
)

select
    parcel_code,
    other_parcel_code,
    round(overlap_m2, 2) as overlap_m2,
    round(overlap_m2 / smaller_m2, 4) as share_of_smaller
from meeting
where overlap_m2 > 1
