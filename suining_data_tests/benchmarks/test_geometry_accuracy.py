"""The measure of points and shapes gives the figures that one counts by hand."""

import duckdb
import pytest

from suining_data.linkage import address_id
from suining_data_tests.benchmarks.accuracy.geometry import LAYERS, measure

METRE = 1 / 110_880  # degrees of latitude, here
ADDRESSES = ["安居区拦江镇顺河街5号", "安居区拦江镇东平社区7组", "安居区东禅镇板凳垭村4组", "安居区东禅镇", "安居区"]
# points in the base: place in ADDRESSES, level, metres said, metres to the north of the true one
POINTS = [(0, "door", 10, 3), (1, "village_group", 200, 100), (2, "village", 500, 900), (3, "town", 5000, 0)]
SQUARE = "POLYGON (({0} 30, {0} 30.001, {1} 30.001, {1} 30, {0} 30))"
# true shapes of parcels: the second overlaps the first, the third the second
TRUE = {
    "P1": SQUARE.format(105, 105.001),
    "P2": SQUARE.format(105.0005, 105.0015),
    "P3": SQUARE.format(105.001, 105.002),
}
MOVED = SQUARE.format(105.00102, 105.00202)  # by 2 m


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("create schema spatial")
        for layer, (key, shape) in LAYERS.items():
            columns = "geometry varchar" if "geometry" in shape else "longitude double, latitude double"
            keys = "route_code varchar, start_stake varchar" if layer == "road" else f"{key} varchar"
            con.execute(f"create table spatial.{layer} ({keys}, {columns})")
        con.execute("create table spatial.parcel_overlap (parcel_code varchar, other_parcel_code varchar)")
        con.execute("create table truth_shape (resource_id varchar, shape_key varchar, shape varchar)")
        con.execute("create table truth_address_point (address varchar, longitude double, latitude double)")
        con.execute("create table spatial.address (address_id varchar)")
        con.execute("""create table spatial.address_point (address_id varchar, longitude double, latitude double,
            coordinate_accuracy varchar, coordinate_accuracy_m double)""")
        for text in ADDRESSES:
            con.execute(
                f"insert into spatial.address select {address_id('address')} from (select $1::varchar as address)",
                [text],
            )
            con.execute("insert into truth_address_point values (?, 105.4, 30.3)", [text])
        for place, level, said, off in POINTS:
            con.execute(
                f"insert into spatial.address_point select {address_id('address')}, 105.4, 30.3 + $2, $3, $4 from (select $1::varchar as address)",
                [ADDRESSES[place], off * METRE, level, said],
            )
        yield con


def test_points_are_compared_with_the_true_ones_and_with_what_is_said_of_them(con: duckdb.DuckDBPyConnection) -> None:
    found = measure(con)
    rows = [(row["level"], row["addresses"], row["checked"], row["within_said"]) for row in found["points"]]
    assert rows == [
        ("door", 1, 1, 1),
        ("village_group", 1, 1, 1),
        ("village", 1, 1, 0),
        ("town", 1, 1, 1),
        ("none", 1, 0, None),
    ]
    assert [row["median_m"] for row in found["points"]] == [
        pytest.approx(3, rel=0.01),
        pytest.approx(100, rel=0.01),
        pytest.approx(900, rel=0.01),
        0,
        None,
    ]
    address = found["all"]["address"]
    assert (address["addresses"], address["village_or_finer"], address["within_said"]) == (5, 0.6, 0.75)


def test_shapes_are_right_missing_or_elsewhere(con: duckdb.DuckDBPyConnection) -> None:
    con.executemany("insert into truth_shape values ('x', ?, ?)", list(TRUE.items()))
    con.executemany(
        "insert into spatial.parcel values (?, ?)", [("P1", TRUE["P1"]), ("P2", None), ("P3", MOVED), ("P4", MOVED)]
    )
    con.execute("insert into truth_shape values ('x', 'B1', 'POINT (105.4 30.3)')")
    con.execute("insert into spatial.building values ('B1', 105.4, 30.3)")
    found = {row["layer"]: row for row in measure(con)["layers"]}
    assert set(found) == {"parcel", "building"}
    parcel = found["parcel"]
    assert [parcel[name] for name in ("known", "with_shape", "right_shapes", "right_share")] == [3, 2, 1, 0.5]
    assert parcel["furthest_m"] == pytest.approx(1.93, abs=0.05)
    assert found["building"]["right_share"] == 1


def test_overlaps_that_are_true_are_found_and_others_are_not(con: duckdb.DuckDBPyConnection) -> None:
    for key, shape in TRUE.items():
        con.execute("insert into truth_shape values ('x', ?, ?)", [key, shape])
        con.execute("insert into spatial.parcel values (?, ?)", [key, shape])
    con.execute("insert into spatial.parcel_overlap values ('P1', 'P2'), ('P1', 'P3'), ('P1', 'elsewhere')")
    assert measure(con)["all"]["parcel_overlap"] == {
        "true_pairs": 2,
        "found_pairs": 2,
        "right_pairs": 1,
        "precision": 0.5,
        "recall": 0.5,
    }
