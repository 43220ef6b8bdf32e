"""Coordinate systems that deliveries use, as SQL on columns longitude and latitude in CGCS2000 degrees.

Here: GCJ-02 and BD-09 (published reverse-engineered formulas, the same as PyPI prcoords); shapes by DuckDB spatial.
Not here: the conversion to CGCS2000 (the pipeline does it).
CGCS2000 and WGS-84 agree within centimetres and are treated as equal.
"""

_X, _Y = "(longitude - 105)", "(latitude - 35)"
_WAVES = "2 * sin({x} * 6 * pi()) + 2 * sin({x} * 2 * pi())"
_NORTH = (
    f"(-100 + 2 * {_X} + 3 * {_Y} + 0.2 * {_Y} * {_Y} + 0.1 * {_X} * {_Y} + 0.2 * sqrt(abs({_X})) + ("
    f"{_WAVES.format(x=_X)} + 2 * sin({_Y} * pi()) + 4 * sin({_Y} / 3 * pi())"
    f" + 16 * sin({_Y} / 12 * pi()) + 32 * sin({_Y} / 30 * pi())) * 20 / 3)"
)
_EAST = (
    f"(300 + {_X} + 2 * {_Y} + 0.1 * {_X} * {_X} + 0.1 * {_X} * {_Y} + 0.1 * sqrt(abs({_X})) + ("
    f"{_WAVES.format(x=_X)} + 2 * sin({_X} * pi()) + 4 * sin({_X} / 3 * pi())"
    f" + 15 * sin({_X} / 12 * pi()) + 30 * sin({_X} / 30 * pi())) * 20 / 3)"
)
_A, _EE = 6378245, 0.00669342162296594323  # Krasovsky 1940
_MAGIC = f"(1 - {_EE} * pow(sin(radians(latitude)), 2))"
GCJ_LATITUDE = f"(latitude + {_NORTH} / radians({_A} * (1 - {_EE}) / pow({_MAGIC}, 1.5)))"
GCJ_LONGITUDE = f"(longitude + {_EAST} / radians({_A} * cos(radians(latitude)) / sqrt({_MAGIC})))"


def _baidu(axis: str) -> str:
    radius = f"(sqrt(pow({GCJ_LONGITUDE}, 2) + pow({GCJ_LATITUDE}, 2)) + 0.00002 * sin(radians({GCJ_LATITUDE}) * 3000))"
    angle = f"(atan2({GCJ_LATITUDE}, {GCJ_LONGITUDE}) + 0.000003 * cos(radians({GCJ_LONGITUDE}) * 3000))"
    return f"({radius} * cos({angle}) + 0.0065)" if axis == "longitude" else f"({radius} * sin({angle}) + 0.0060)"


def delivered(crs: str | None, axis: str) -> str:
    """SQL: longitude or latitude in a delivery's system; ValueError for one that is not in degrees."""
    if crs in (None, "EPSG:4490"):
        return axis
    if crs == "GCJ-02":
        return GCJ_LONGITUDE if axis == "longitude" else GCJ_LATITUDE
    if crs == "BD-09":
        return _baidu(axis)
    raise ValueError(f"{crs} is not a system of longitude and latitude")


def delivered_shape(crs: str | None, column: str) -> str:
    """SQL: a shape (WKT in CGCS2000 degrees) in a delivery's system."""
    if crs == "EPSG:4490":
        return column
    return f"ST_AsText(ST_Transform(ST_GeomFromText({column}), 'EPSG:4490', '{crs}', always_xy := true))"
