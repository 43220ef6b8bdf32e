"""Shapes: what is read, what is put aside and why, and that the errors of the made-up city are found."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.catalog import Field
from suining_data.ingestion.reading import NO_SHAPE
from suining_data.synthetic.corruption import corruptions
from suining_data_tests.elements.judging import judge

X, Y = 35_548_000, 3_375_600
SQUARE = f"POLYGON (({X} {Y}, {X} {Y + 40}, {X + 30} {Y + 40}, {X + 30} {Y}, {X} {Y}))"
BOW_TIE = f"POLYGON (({X} {Y}, {X + 30} {Y + 40}, {X} {Y + 40}, {X + 30} {Y}, {X} {Y}))"
WITHOUT_ZONE = SQUARE.replace("355", "5")


@pytest.mark.parametrize(
    ("element", "text", "value", "broken"),
    [
        ("geometry_4523", SQUARE, SQUARE, []),
        ("geometry_4523", BOW_TIE, None, ["valid"]),
        ("geometry_4523", NO_SHAPE, None, ["empty"]),
        ("geometry_4523", "DAMAGED SHAPE 4d000000", None, ["unreadable"]),
        ("geometry_4523", SQUARE[:-2], None, ["unreadable"]),
        ("geometry_4523", WITHOUT_ZONE, None, ["city_box"]),
        ("geometry_4544", WITHOUT_ZONE, WITHOUT_ZONE, []),
        ("geometry_4544", SQUARE, None, ["city_box"]),
        ("geometry_4544", f"POINT ({Y} 548000)", None, ["city_box"]),  # easting and northing swapped
        ("geometry", "POINT (30.5 105.5)", None, ["city_box"]),
        ("geometry", "POINT Z (105.5 30.5 280)", "POINT (105.5 30.5)", []),
        (
            "geometry",
            "0101000000000000000060" + "5A40" + "0000000000803E40",
            None,
            ["unreadable"],
        ),  # binary: see wkb.py
        ("geometry", "POINT (1e400 30.5)", None, ["unreadable"]),
        ("geometry", "0101000000ABCD", None, ["unreadable"]),
        ("geometry", " ", None, []),
    ],
)
def test_a_shape_is_valid_and_in_the_city_or_put_aside(
    con: duckdb.DuckDBPyConnection, element: str, text: str, value: str | None, broken: list[str]
) -> None:
    assert judge(con, element, [text]) == [(value, broken)]


@settings(max_examples=30)
@given(lon=st.floats(104, 107), lat=st.floats(29, 32))
def test_a_point_is_accepted_in_the_city_box_only(con: duckdb.DuckDBPyConnection, lon: float, lat: float) -> None:
    is_inside = 105.05 <= lon <= 106.0 and 30.17 <= lat <= 31.19
    [judged] = judge(con, "geometry", [f"POINT ({lon} {lat})"])
    assert judged.broken == ([] if is_inside else ["city_box"])


@pytest.mark.parametrize(("kind", "broken"), [("shape_crossed", "valid"), ("shape_without_zone", "city_box")])
def test_the_errors_of_the_made_up_city_break_a_rule(con: duckdb.DuckDBPyConnection, kind: str, broken: str) -> None:
    field = Field(source="_geometry", name="geometry", element="geometry_4523", label="图形")
    [error] = [error for error in corruptions(field) if error.kind == kind]
    delivered = con.execute(f"select {error.sql.format(x='x')} from (select ? as x)", [SQUARE]).fetchone()
    assert delivered is not None
    assert judge(con, "geometry_4523", [delivered[0]]) == [(None, [broken])]
