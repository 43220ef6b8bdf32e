-- One row per resource whose points can be compared with those that others report of the same addresses: how far they lie
-- off in the middle, in metres, beside the shift of GCJ-02. A delivery in GCJ-02 that is declared as CGCS2000 lies off by
-- that shift; one that is declared as GCJ-02 and is not, by the opposite.
with converted as (
    select address_id, resource_id, crs, {{ cgcs2000('crs', 'longitude', 'latitude') }} as point
    from {{ ref('linked.address_record') }}
    where address_id is not null and longitude is not null and latitude is not null
),

placed as (
    select address_id, resource_id, crs, avg(point.longitude) as longitude, avg(point.latitude) as latitude
    from converted
    group by address_id, resource_id, crs
),

{% set centre = var('city').centre %}
centre as (select {{ cgcs2000_from_gcj02(centre.longitude, centre.latitude) }} as point),

-- metres of a degree, and the shift of GCJ-02, in the middle of the city
shift as (
    select
        111320 * cos(radians({{ centre.latitude }})) as degree_east,
        111320 as degree_north,
        ({{ centre.longitude }} - point.longitude) * 111320 * cos(radians({{ centre.latitude }})) as east_m,
        ({{ centre.latitude }} - point.latitude) * 111320 as north_m
    from centre
),

compared as (
    select
        one.resource_id, one.crs,
        (one.longitude - other.longitude) * shift.degree_east as east_m,
        (one.latitude - other.latitude) * shift.degree_north as north_m
    from placed as one
    join placed as other on one.address_id = other.address_id and one.resource_id <> other.resource_id
    cross join shift
),

measured as (
    select resource_id, crs, count(*) as address_pairs, median(east_m) as east_m, median(north_m) as north_m
    from compared
    group by resource_id, crs
    having count(*) >= 5
)

select
    measured.resource_id,
    measured.crs as declared_crs,
    measured.address_pairs,
    round(measured.east_m, 1) as east_m,
    round(measured.north_m, 1) as north_m,
    round(shift.east_m, 1) as gcj02_east_m,
    round(shift.north_m, 1) as gcj02_north_m,
    case
        when measured.crs = 'EPSG:4490'
            and sqrt(power(measured.east_m - shift.east_m, 2) + power(measured.north_m - shift.north_m, 2))
                < 0.3 * sqrt(power(shift.east_m, 2) + power(shift.north_m, 2)) then 'GCJ-02'
        when measured.crs = 'GCJ-02'
            and sqrt(power(measured.east_m + shift.east_m, 2) + power(measured.north_m + shift.north_m, 2))
                < 0.3 * sqrt(power(shift.east_m, 2) + power(shift.north_m, 2)) then 'EPSG:4490'
    end as suspected_crs
from measured cross join shift
