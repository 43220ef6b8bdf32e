"""What analysts get of the city: every cell and every byte is searched for the true ids, names and phones of its people."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.models import load_models, load_sources
from suining_data.publication import contracts_of, publish
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.published import contents

HAS_NUMBER = re.compile("[0-9]{7}")  # as all numbers of people have
LONG = 6  # bytes of the shortest text that is searched for in files that hold anything; a name of two characters is in many


def true_values(settings: Settings) -> dict[str, set[str]]:
    """The true ids, names and phones of all people, by what they are."""
    person, organization = (f"'{settings.truth}/{name}.parquet'" for name in ("person", "organization"))
    ids = f"""
        select resident_id from {person} union select other_id from {person}
        union select representative_id from {organization}
        union select left(resident_id, 6) || substr(resident_id, 9, 9) from {person}
    """
    names = f"select name from {person} union select former_name from {person} union select representative_name from {organization}"
    phones = f"select phone from {person}"
    with duckdb.connect() as con:
        found = {
            what: {value for (value,) in con.execute(sql).fetchall() if value}
            for what, sql in (("id", ids), ("name", names), ("phone", phones))
        }
    assert all(len(values) > 100 for values in found.values())
    return found


@pytest.fixture
def analyst(delivered_city: City) -> Iterator[duckdb.DuckDBPyConnection]:
    file = delivered_city.settings.published / "analyst" / "suining.duckdb"
    with duckdb.connect(str(file.resolve()), read_only=True) as con:
        yield con


def texts(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, str]]:
    """Every column with every different value of it as text."""
    columns = con.execute(
        "select schema_name || '.' || table_name, column_name from duckdb_columns() where not internal order by all"
    ).fetchall()
    for table, column in columns:
        for (value,) in con.execute(f'select distinct "{column}"::varchar from {table}').fetchall():
            if value is not None:
                yield f"{table}.{column}", value


def test_no_cell_of_the_analysts_is_or_has_a_true_id_name_or_phone(
    delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    true = true_values(delivered_city.settings)
    numbers = true["id"] | true["phone"]
    found = set()
    for column, value in texts(analyst):
        if value in true["name"] and column not in ("governance.table_state.table_name",):
            found.add((column, "a name"))
        if HAS_NUMBER.search(value) and _windows(value) & numbers:
            found.add((column, "a number"))
    assert found == set()


def _windows(text: str) -> set[str]:
    """All parts of a text that are as long as an identity number or a phone number."""
    return {text[at : at + length] for length in (9, 11, 15, 18) for at in range(len(text) - length + 1)}


def test_no_file_of_the_analysts_has_a_true_value_in_its_bytes(delivered_city: City, tmp_path: Path) -> None:
    """The Parquet files are written again without compression first, so that their bytes are the values."""
    true = true_values(delivered_city.settings)
    wanted = [value.encode() for values in true.values() for value in values if len(value.encode()) > LONG]
    folder = delivered_city.settings.published / "analyst"
    plain = tmp_path / "plain.bin"
    with duckdb.connect() as con:
        for file in folder.rglob("*"):
            if file.suffix == ".parquet":
                con.execute(f"copy (from '{file}') to '{plain}' (format json)")
            elif file.is_file():
                plain.write_bytes(file.read_bytes())
            else:
                continue
            content = plain.read_bytes()
            public = _public_names(delivered_city) if file.suffix in (".parquet", ".duckdb") else set()
            hits = [value.decode() for value in wanted if value in content]
            assert [hit for hit in hits if not any(hit in name for name in public)] == [], file.name


def _public_names(city: City) -> set[str]:
    """Names of firms and places, in which a person's name may be."""
    return {
        str(name)
        for (name,) in city.query("""
            select name from legal_entity.organization union select name from legal_entity.organization_name
            union select name from spatial.division union select address from spatial.address
            union select issuer_name from legal_entity.license union select business_scope from legal_entity.organization
        """)
        if name
    }


def test_no_golden_id_of_a_person_or_household_is_handed_out(
    delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    golden = {
        value
        for (value,) in delivered_city.query(
            "select person_id from population.person union all select household_id from population.household"
        )
    }
    assert golden
    assert {column for column, value in texts(analyst) if value in golden} == set()


@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from population.person join social_security.enrolment using (person_id)",
        "select count(*) from population.person join population.household using (household_id)",
        "select count(*) from population.relationship join population.person as p on related_person_id = p.person_id",
        "select count(*) from legal_entity.organization join population.person on representative_person_id = person_id",
        "select count(*) from population.person_identifier join population.person on identifier = resident_id",
        "select count(distinct person_id) from population.person",
    ],
)
def test_tables_are_joined_by_pseudonyms_as_by_ids(
    sql: str, delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    assert analyst.execute(sql).fetchall() == delivered_city.query(sql)
    assert delivered_city.value(sql) != 0


def test_counts_by_year_town_and_sex_are_those_of_the_full_base(
    delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    full = delivered_city.query("""
        select year(birth_date), left(registered_division_code, 9), sex_code, count(*) from population.person
        group by all order by all
    """)
    assert len(full) > 100
    assert (
        full
        == analyst.execute("""
        select birth_year, left(registered_division_code, 9), sex_code, count(*) from population.person
        group by all order by all
    """).fetchall()
    )
    [(villages,)] = analyst.execute(
        "select count(*) from population.person where substr(registered_division_code, 10) <> '000'"
    ).fetchall()
    assert villages == 0


def test_the_dictionary_of_the_analysts_is_about_what_they_have(analyst: duckdb.DuckDBPyConnection) -> None:
    described = "select schema_name, table_name, column_name, position from governance.dictionary"
    present = "select schema_name, table_name, column_name, column_index from duckdb_columns() where not internal"
    assert analyst.execute(f"({described} except {present}) union all ({present} except {described})").fetchall() == []
    unlabelled = "select count(*) from governance.dictionary where sensitivity is null or zh is null or en is null"
    assert analyst.execute(unlabelled).fetchall() == [(0,)]


def test_how_well_persons_are_hidden_is_measured(delivered_city: City, analyst: duckdb.DuckDBPyConnection) -> None:
    manifest = json.loads((delivered_city.settings.published / "analyst" / "manifest.json").read_text(encoding="utf-8"))
    measured = {entry["table"]: entry["anonymity"] for entry in manifest["tables"]}["population.person"]
    sizes = analyst.execute(
        f"select count(*) from population.person group by {', '.join(measured['columns'])}"
    ).fetchall()
    assert {"birth_year", "sex_code", "registered_division_code"} <= set(measured["columns"])
    assert measured["smallest"] == min(size for (size,) in sizes)
    assert measured["in_small_groups"] == sum(size for (size,) in sizes if size < 5)


def test_what_took_the_changes_of_a_night_equals_what_is_written_anew(
    changed_night: Path, city_of: Callable[[Path], City], tmp_path: Path
) -> None:
    shutil.copytree(changed_night, tmp_path, symlinks=True, dirs_exist_ok=True)
    city = city_of(tmp_path)
    took = json.loads((city.settings.published / "analyst" / "manifest.json").read_text(encoding="utf-8"))
    assert took["database"]["copies"] == 2
    models = load_models()
    anew = Settings(data=tmp_path / "anew")
    with open_warehouse(city.settings) as con:
        publish(con, anew, "anew", [each for each in models if each.is_view], contracts_of(models, load_sources()))
    found, expected = contents(city.settings.published / "analyst"), contents(anew.published / "analyst")
    for each in (found, expected):
        del each["governance.table_state"]  # it has the publication itself, which was recorded after it
    assert found == expected


def test_nothing_that_a_refresh_makes_may_be_opened_by_others(delivered_city: City) -> None:
    made = [path for path in delivered_city.settings.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(made) > 300
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
