"""The points of the benchmark find the county in which they lie."""

from pathlib import Path

import pytest

from suining_data.encryption import open_database
from suining_data.settings import Settings
from suining_data.warehouse import load_spatial
from suining_data_tests.benchmarks.spatial import points_in_counties


def test_half_of_the_box_is_in_a_county(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    settings.published.mkdir(parents=True)
    with open_database(settings.published / "suining.duckdb") as con:
        load_spatial(con)
        con.execute("""
            create schema spatial;
            create table spatial.division_boundary as
            select code as division_code, level as level_code, shape::geometry('EPSG:4490') as geometry
            from (values
                ('510900000000', 'city', 'POLYGON ((105 30, 105 31, 106 31, 106 30, 105 30))'),
                ('510903000000', 'county', 'POLYGON ((105 30, 105 30.5, 105.5 30.5, 105.5 30, 105 30))'),
                ('510904000000', 'county', 'POLYGON ((105.5 30.5, 105.5 31, 106 31, 106 30.5, 105.5 30.5))')
            ) as t(code, level, shape)
        """)
    figures = points_in_counties(settings, points=20_000)
    assert figures["points_in_county_share"] == pytest.approx(0.5, abs=0.02)
