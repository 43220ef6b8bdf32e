"""What the public gets of the city: no person, no small count, and what the catalogue opens."""

from collections.abc import Iterator

import duckdb
import pytest

from suining_data.publication.open_table import TOTAL
from suining_data.publication.suppression import SMALLEST
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.test_audiences import numbers_in, texts, true_values


@pytest.fixture
def public(delivered_city: City) -> Iterator[duckdb.DuckDBPyConnection]:
    file = delivered_city.settings.published / "open" / "suining.duckdb"
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        yield con


def counted(con: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[str, str], int | None]:
    return {(division, category): count for division, category, count in con.execute(f"from {table}").fetchall()}


def test_the_public_gets_codes_counts_and_open_indicators_and_nothing_else(public: duckdb.DuckDBPyConnection) -> None:
    tables = public.execute("select schema_name, table_name from duckdb_tables() order by all").fetchall()
    assert {schema for schema, _ in tables} == {"code", "macro", "open_data", "spatial"}
    assert ("macro", "observation") not in tables
    assert [table for schema, table in tables if schema == "spatial"] == ["division_boundary"]
    columns = {
        name for (name,) in public.execute("select column_name from duckdb_columns() where not internal").fetchall()
    }
    assert not {name for name in columns if name.startswith(("person_", "organization_id", "record_id"))}


def test_no_cell_of_the_public_is_or_has_a_true_id_name_or_phone(
    delivered_city: City, public: duckdb.DuckDBPyConnection
) -> None:
    true = true_values(delivered_city.settings)
    numbers = true["id"] | true["phone"]
    found = {column for column, value in texts(public) if value in true["name"] or numbers_in(value, numbers)}
    assert found == set()


@pytest.mark.parametrize(
    ("table", "category"),
    [
        ("organization_by_type", "coalesce(organization_type_code, 'unknown')"),
        ("organization_by_industry", "coalesce(left(industry_code, 1), 'unknown')"),
    ],
)
def test_a_count_is_that_of_the_base_rounded_and_never_one_of_few(
    delivered_city: City, public: duckdb.DuckDBPyConnection, table: str, category: str
) -> None:
    published = counted(public, f"open_data.{table}")
    true = {
        (division, kind): count
        for division, kind, count in delivered_city.query(f"""
            with firm as (
                select rpad(left(division_code, level.digits), 12, '0') as division, {category} as category
                from legal_entity.organization, (values (4), (6), (9)) as level(digits)
                where status_code = 'active' and division_code is not null and organization_id in (
                    select organization_id from legal_entity.organization_record
                    join code.resource using (resource_id) where status_code is not null and open_type_code <> 'none'))
            select division, coalesce(category, '{TOTAL}'), count(*) from firm
            group by grouping sets ((division, category), (division))
        """)
    }
    assert published.keys() == true.keys()
    shown = {cell: count for cell, count in published.items() if count is not None}
    assert len(shown) >= 3
    assert all(count % SMALLEST == 0 and true[cell] >= SMALLEST for cell, count in shown.items())
    assert all(abs(count - true[cell]) <= SMALLEST // 2 for cell, count in shown.items())
    assert published["510900000000", TOTAL] is not None


def test_people_are_not_counted_while_no_register_of_them_is_open(public: duckdb.DuckDBPyConnection) -> None:
    assert counted(public, "(select null, null, 1 from open_data.person_by_birth_and_sex)") == {}


def test_indicators_are_those_of_resources_that_are_open_without_conditions(
    delivered_city: City, public: duckdb.DuckDBPyConnection
) -> None:
    sql = "select resource_id, count(*), sum(value) from {} group by all order by all"
    found = public.execute(sql.format("open_data.indicator_value")).fetchall()
    assert found == delivered_city.query(
        sql.format("macro.observation semi join code.resource using (resource_id)").replace(
            "semi join code.resource", "semi join (from code.resource where open_type_code = 'unconditional')"
        )
    )
    assert found


def test_the_csv_files_have_the_rows_and_names_beside_codes(
    delivered_city: City, public: duckdb.DuckDBPyConnection
) -> None:
    folder = delivered_city.settings.published / "open" / "csv"
    tables = public.execute("select table_name from duckdb_tables() where schema_name = 'open_data'").fetchall()
    assert {file.stem for file in folder.iterdir()} == {table for (table,) in tables}
    lines = (folder / "organization_by_type.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0] == "division_code,division_name,organization_type_code,organization_type_name,organizations"
    assert len(lines) == 1 + len(counted(public, "open_data.organization_by_type"))
    assert any(line.startswith("510900000000,遂宁市,total,,") for line in lines)
