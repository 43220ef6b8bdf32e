-- One row per two resources that report points of the same places (addresses; buildings and their parcels): how far the
-- points of the first lie off in the middle, in metres, and which system it or the other seems to be in.
with address as (
    {{ address_points() }}
),

parcel as (
    {{ parcel_points() }}
),

building as (
    {{ building_points() }}
),

reported as (
    select place, resource_id, crs, point from address
    union all
    select place, resource_id, crs, point from parcel
    union all
    select place, resource_id, crs, point from building
),

placed as (
    select
        place, resource_id, crs, struct_pack(longitude := avg(point.longitude), latitude := avg(point.latitude)) as point
    from reported
    group by place, resource_id, crs
),

pair as (
    select
        one.resource_id, other.resource_id as other_resource_id, one.crs as declared_crs, other.crs as other_crs,
        {{ metres_apart('one.point', 'other.point') }}
    from placed as one
    join placed as other on one.place = other.place and one.resource_id <> other.resource_id
),

{{ judged_offsets(5) }}

select
    resource_id,
    other_resource_id,
    declared_crs,
    other_crs,
    point_pairs,
    round(east_m, 1) as east_m,
    round(north_m, 1) as north_m,
    round(spread_m, 1) as spread_m,
    suspected_crs,
    other_suspected_crs
from judged
