{#- Coordinates of map services converted to CGCS2000 (EPSG:4490; WGS-84 is the same within decimetres).

    Each macro gives a struct (longitude, latitude) and takes two expressions in degrees. The formulas are those of
    Artoria2e5's PRCoords (CC0). GCJ-02 has no closed inverse: three steps of z = target - shift(z) are exact to
    1e-7 degrees, because the shift changes by less than 0.4 % of the way. `list_transform` over a list of one is a `let`.
    Points p are kept relative to 105E 35N, where the formulas have their origin. -#}

{% macro _metres_north() -%}
(-100 + 2 * p.x + 3 * p.y + 0.2 * p.y * p.y + 0.1 * p.x * p.y + 0.2 * sqrt(abs(p.x)) + (2 * sin(p.x * 6 * pi())
    + 2 * sin(p.x * 2 * pi()) + 2 * sin(p.y * pi()) + 4 * sin(p.y / 3 * pi()) + 16 * sin(p.y / 12 * pi())
    + 32 * sin(p.y / 30 * pi())) * 20 / 3)
{%- endmacro %}

{% macro _metres_east() -%}
(300 + p.x + 2 * p.y + 0.1 * p.x * p.x + 0.1 * p.x * p.y + 0.1 * sqrt(abs(p.x)) + (2 * sin(p.x * 6 * pi())
    + 2 * sin(p.x * 2 * pi()) + 2 * sin(p.x * pi()) + 4 * sin(p.x / 3 * pi()) + 15 * sin(p.x / 12 * pi())
    + 30 * sin(p.x / 30 * pi())) * 20 / 3)
{%- endmacro %}

{#- 1 - e^2 sin^2(latitude) on the Krasovsky ellipsoid -#}
{% macro _flattened() -%}
(1 - 0.00669342162296594323 * power(sin(radians(p.y + 35)), 2))
{%- endmacro %}

{% macro _step(previous, longitude, latitude) -%}
list_transform({{ previous }}, lambda p: struct_pack(
    x := {{ longitude }} - 105 - {{ _metres_east() }} / radians(6378245 * cos(radians(p.y + 35)) / sqrt({{ _flattened() }})),
    y := {{ latitude }} - 35 - {{ _metres_north() }} / radians(6335552.717000426 / power({{ _flattened() }}, 1.5))))
{%- endmacro %}

{% macro cgcs2000_from_gcj02(longitude, latitude) -%}
{%- set start = "[struct_pack(x := " ~ longitude ~ " - 105, y := " ~ latitude ~ " - 35)]" -%}
{%- set found = _step(_step(_step(start, longitude, latitude), longitude, latitude), longitude, latitude) -%}
list_transform({{ found }}, lambda p: struct_pack(longitude := p.x + 105, latitude := p.y + 35))[1]
{%- endmacro %}

{#- BD-09 shifts radius and angle by a wave that depends on the GCJ-02 point; the previous guess stands in for it. -#}
{% macro _unbend(previous, longitude, latitude) -%}
list_transform(list_transform({{ previous }}, lambda p: struct_pack(
    radius := sqrt(power({{ longitude }} - 0.0065, 2) + power({{ latitude }} - 0.006, 2)) - 0.00002 * sin(radians(p.y * 3000)),
    angle := atan2({{ latitude }} - 0.006, {{ longitude }} - 0.0065) - 0.000003 * cos(radians(p.x * 3000)))),
    lambda p: struct_pack(x := p.radius * cos(p.angle), y := p.radius * sin(p.angle)))
{%- endmacro %}

{% macro gcj02_from_bd09(longitude, latitude) -%}
{%- set start = "[struct_pack(x := " ~ longitude ~ " - 0.0065, y := " ~ latitude ~ " - 0.006)]" -%}
{%- set found = _unbend(_unbend(start, longitude, latitude), longitude, latitude) -%}
list_transform({{ found }}, lambda p: struct_pack(longitude := p.x, latitude := p.y))[1]
{%- endmacro %}

{% macro cgcs2000_from_bd09(longitude, latitude) -%}
list_transform([{{ gcj02_from_bd09(longitude, latitude) }}], lambda q: {{ cgcs2000_from_gcj02('q.longitude', 'q.latitude') }})[1]
{%- endmacro %}

{#- Converted from the declared system only. CGCS2000 degrees stay as they are; an undeclared system gives null. -#}
{% macro cgcs2000(crs, longitude, latitude) -%}
case {{ crs }}
    when 'EPSG:4490' then struct_pack(longitude := {{ longitude }}, latitude := {{ latitude }})
    when 'GCJ-02' then {{ cgcs2000_from_gcj02(longitude, latitude) }}
    when 'BD-09' then {{ cgcs2000_from_bd09(longitude, latitude) }}
end
{%- endmacro %}

{#- Whether a point is in the city's box, in degrees. A point outside has longitude and latitude swapped, is of another
    system, or was mistyped. -#}
{% macro in_city_box(longitude, latitude) -%}
{%- set box = var('city').degrees -%}
({{ longitude }} between {{ box.west }} and {{ box.east }} and {{ latitude }} between {{ box.south }} and {{ box.north }})
{%- endmacro %}

{#- A shape (WKT) in CGCS2000 degrees, from the declared system. Longitude comes first, whatever the axis order of the
    authority. -#}
{% macro cgcs2000_shape(crs, geometry) -%}
case {{ crs }}
    when 'EPSG:4490' then {{ geometry }}
{% for plane in var('city').planes %}
    when '{{ plane.crs }}'
        then ST_AsText(ST_Transform(ST_GeomFromText({{ geometry }}), '{{ plane.crs }}', 'EPSG:4490', always_xy := true))
{% endfor %}
end
{%- endmacro %}

{#- The middle of a shape (WKT) as a point in CGCS2000 degrees, from the declared system. -#}
{% macro cgcs2000_middle(crs, geometry) -%}
list_transform(
    [ST_GeomFromText({{ cgcs2000_shape(crs, "ST_AsText(ST_Centroid(ST_GeomFromText(" ~ geometry ~ ")))") }})],
    lambda p: struct_pack(longitude := ST_X(p), latitude := ST_Y(p)))[1]
{%- endmacro %}

{#- Length of a line (WKT in CGCS2000 degrees), measured in the plane of the city's meridian. -#}
{% macro metres_of_line(geometry) -%}
round(ST_Length(ST_Transform(ST_GeomFromText({{ geometry }}), 'EPSG:4490', '{{ var('city').planes[0].crs }}', always_xy := true)), 1)
{%- endmacro %}

{#- Metres of a degree of latitude; of longitude, times the cosine of the latitude. -#}
{% macro metres_per_degree() -%}
111195
{%- endmacro %}
