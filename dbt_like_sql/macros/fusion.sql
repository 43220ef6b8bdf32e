{#- Who lives where and what lies near: points in metres of the plane of the city, and the square kilometres that they are in. -#}

{#- A point in metres, of degrees: a struct x, y. -#}
{% macro metres(longitude, latitude) -%}
ST_Transform(ST_Point({{ longitude }}, {{ latitude }}), 'EPSG:4490', '{{ var('city').planes[0].crs }}', always_xy := true)
{%- endmacro %}

{#- The addresses whose point is that of a door, a building or a site, in metres and with the kilometre that they are in. -#}
{% macro located_addresses() -%}
(
    select
        address_id, division_code, ST_X(place) as x, ST_Y(place) as y,
        cast(floor(ST_X(place) / 1000) as bigint) as east_km, cast(floor(ST_Y(place) / 1000) as bigint) as north_km
    from (
        select address_id, division_code, {{ metres('longitude', 'latitude') }} as place
        from {{ ref('spatial.address') }}
        where coordinate_accuracy in ('door', 'building', 'site')
    ) as address
)
{%- endmacro %}

{#- Living people by the address where they live, or else are registered. -#}
{% macro residents() -%}
(
    select coalesce(residence_address_id, registered_address_id) as address_id, count(*) as persons
    from {{ ref('population.person') }}
    where not is_deceased and coalesce(residence_address_id, registered_address_id) is not null
    group by coalesce(residence_address_id, registered_address_id)
)
{%- endmacro %}

{#- A count without that of few people: 1 to 4 give null. -#}
{% macro not_of_few(count) -%}
case when {{ count }} = 0 or {{ count }} >= 5 then {{ count }} end
{%- endmacro %}
