{#- How far the points that two resources report of the same places lie apart, and what that says of the coordinate systems
    that they are declared in.

    A point that is in another system than declared is off by a shift that depends on the two systems alone, here taken
    from the middle of the city: over the city it changes by much less than the 30 per cent that are allowed. -#}

{#- Metres to the east and to the north between two points (structs in degrees), as columns. -#}
{% macro metres_apart(one, other) -%}
({{ one }}.longitude - {{ other }}.longitude) * {{ metres_per_degree() }} * cos(radians({{ var('city').centre.latitude }})) as east_m,
({{ one }}.latitude - {{ other }}.latitude) * {{ metres_per_degree() }} as north_m
{%- endmacro %}

{#- Shapes in a plane are of CGCS2000, as degrees of it are. -#}
{% macro _datum(crs) -%}
case when {{ crs }} in ('GCJ-02', 'BD-09') then {{ crs }} else 'EPSG:4490' end
{%- endmacro %}

{% macro _is_shift(sign, shift) -%}
sqrt(
    power({{ sign }} scattered.east_m - {{ shift }}.east_m, 2) + power({{ sign }} scattered.north_m - {{ shift }}.north_m, 2)
) < 0.3 * {{ shift }}.metres and scattered.spread_m < 0.3 * {{ shift }}.metres
{%- endmacro %}

{#- CTEs that end with `judged`: of `pair` (resource_id, other_resource_id, declared_crs, other_crs, east_m, north_m: one row
    per place that both report) one row per two resources with the median of the offset, its spread (half of the points are
    nearer to the median than that), and the system that either seems to be in, if it is not the declared one. Which
    of two is wrong often follows from the direction; where both may be, both are suspected. -#}
{% macro judged_offsets(fewest_pairs) -%}
{% set centre = var('city').centre -%}
system as (
    select crs, {{ cgcs2000('crs', centre.longitude, centre.latitude) }} as point
    from (select 'EPSG:4490' as crs union all select 'GCJ-02' as crs union all select 'BD-09' as crs) as name
),

difference as (
    select declared.crs as declared_crs, actual.crs as actual_crs, {{ metres_apart('declared.point', 'actual.point') }}
    from system as declared join system as actual on declared.crs <> actual.crs
),

shift as (
    select declared_crs, actual_crs, east_m, north_m, sqrt(power(east_m, 2) + power(north_m, 2)) as metres
    from difference
),

middle as (
    select
        resource_id, other_resource_id, declared_crs, other_crs, count(*) as point_pairs,
        median(east_m) as east_m, median(north_m) as north_m
    from pair
    group by resource_id, other_resource_id, declared_crs, other_crs
    having count(*) >= {{ fewest_pairs }}
),

scattered as (
    select
        middle.resource_id, middle.other_resource_id, middle.declared_crs, middle.other_crs, middle.point_pairs, middle.east_m,
        middle.north_m,
        median(sqrt(power(pair.east_m - middle.east_m, 2) + power(pair.north_m - middle.north_m, 2))) as spread_m
    from middle
    join pair on middle.resource_id = pair.resource_id and middle.other_resource_id = pair.other_resource_id
    group by
        middle.resource_id, middle.other_resource_id, middle.declared_crs, middle.other_crs, middle.point_pairs, middle.east_m,
        middle.north_m
),

judged as (
    select
        scattered.resource_id, scattered.other_resource_id, scattered.declared_crs, scattered.other_crs,
        scattered.point_pairs, scattered.east_m, scattered.north_m, scattered.spread_m,
        own.actual_crs as suspected_crs, theirs.actual_crs as other_suspected_crs
    from scattered
    left join shift as own on {{ _datum('scattered.declared_crs') }} = own.declared_crs and {{ _is_shift('', 'own') }}
    left join shift as theirs on {{ _datum('scattered.other_crs') }} = theirs.declared_crs and {{ _is_shift('-', 'theirs') }}
)
{%- endmacro %}

{#- The middles of parcels and the points of buildings, by the code of the parcel: SELECTs of place, resource_id, crs, point. -#}
{% macro parcel_points() -%}
select
    parcel_code as place, 'natural_resources__parcels' as resource_id, {{ crs('natural_resources__parcels') }} as crs,
    {{ cgcs2000_middle(crs('natural_resources__parcels'), 'geometry') }} as point
from {{ ref('staged.natural_resources__parcels') }}
where parcel_code is not null and geometry is not null
{%- endmacro %}

{% macro building_points() -%}
select
    substr(building_code, 1, 19) as place, 'housing__buildings' as resource_id, {{ crs('housing__buildings') }} as crs,
    {{ cgcs2000(crs('housing__buildings'), 'longitude', 'latitude') }} as point
from {{ ref('staged.housing__buildings') }}
where building_code is not null and longitude is not null and latitude is not null
{%- endmacro %}

{#- The points of addresses in the same form. -#}
{% macro address_points() -%}
select address_id as place, resource_id, crs, {{ cgcs2000('crs', 'longitude', 'latitude') }} as point
from {{ ref('linked.address_record') }}
where address_id is not null and longitude is not null and latitude is not null
{%- endmacro %}

{#- The declared system of a resource, null if it seems to be another one: then nothing is converted, and there is no point. -#}
{% macro trusted_crs(resource_id) -%}
case when {{ literal(resource_id) }} not in (select resource_id from {{ ref('spatial.misdeclared_system') }}) then {{ crs(resource_id) }} end
{%- endmacro %}
