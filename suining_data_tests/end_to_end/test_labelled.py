"""What analysts read: labelled views of every table with codes, and the code tables."""

from itertools import pairwise

import pytest

from suining_data.models import labelled_views
from suining_data.warehouse import OPEN
from suining_data_tests.bench import all_models

VIEWS = labelled_views(
    [model for model in all_models() if model.schema != OPEN]
)  # what only the public gets has tests of its own


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.table)
def test_a_labelled_view_has_the_rows_of_its_table_and_a_name_for_each_code(delivered_city, view):
    table = view.refs[0]
    columns = [name for name, *_ in delivered_city.query(f"describe {view.table}")]
    own = [name for name, *_ in delivered_city.query(f"describe {table}")]
    assert set(own) <= set(columns)
    # `except all` sorts, which DuckDB cannot do with shapes in a coordinate system that it does not know
    rows = f"select {', '.join(f'{name}::varchar' if name == 'geometry' else name for name in own)} from"
    assert delivered_city.value(f"select count(*) from (from {view.table})") == delivered_city.value(
        f"select count(*) from {table}"
    )
    assert delivered_city.query(f"{rows} {view.table} except all {rows} {table}") == []
    for code, name in pairwise(columns):
        if name not in own and not code.endswith("division_code"):  # a record may have a division code of long ago
            assert (
                delivered_city.value(f"select count(*) from {view.table} where {code} is not null and {name} is null")
                == 0
            )


def test_division_codes_of_two_systems_are_there_to_double_rows(delivered_city):
    doubled = "select count(*) from (select 1 from spatial.division where is_current and division_code is not null group by division_code having count(*) > 1)"
    assert delivered_city.value(doubled) > 80
    assert delivered_city.value("select count(*) - count(distinct division_code) from code.division") == 0


def test_every_division_of_the_bases_is_the_one_of_the_statistical_codes(delivered_city):
    assert delivered_city.query("""
        select distinct code_system_code from population.person
        join code.division on registered_division_code = division_code
    """) == [("NBS",)]


def test_the_dictionary_describes_the_views_and_says_the_code_set_of_a_column(delivered_city):
    described = delivered_city.query("""
        select column_name, zh, code_set, sensitivity, is_personal from governance.dictionary
        where schema_name = 'population' and table_name = 'person_labelled' and column_name in ('marital_status_code', 'marital_status_name')
        order by position
    """)
    assert [name for name, *_ in described] == ["marital_status_code", "marital_status_name"]
    assert described[1][1] == f"{described[0][1]}：名称"
    assert [each[3:] for each in described] == [("L3", True), ("L3", True)]
    assert described[0][2] == "marital_status_code"


def test_a_view_and_its_columns_are_described_for_every_client(delivered_city):
    assert (
        delivered_city.value(
            "select count(*) from duckdb_columns() where table_name = 'person_labelled' and schema_name = 'population' and comment is null"
        )
        == 0
    )
