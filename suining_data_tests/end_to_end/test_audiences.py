"""What analysts get of the city: every cell and every byte is searched for the true ids, names and phones of its people."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from suining_data.models import load_models, load_sources
from suining_data.publication import publish
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.end_to_end.published import contents

HAS_NUMBER = re.compile("[0-9A-Z]{8,}")
HAN = re.compile("[\u4e00-\u9fff·]{3,}")
LENGTHS = (8, 9, 11, 12, 15, 18)  # of phone and identity numbers, passports among them


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


def numbers_in(text: str, numbers: set[str]) -> set[str]:
    """Those of the numbers that are anywhere in the text."""
    runs = HAS_NUMBER.findall(text)
    return {run[at : at + n] for run in runs for n in LENGTHS for at in range(len(run) - n + 1)} & numbers


def names_in(text: str, names: set[str]) -> set[str]:
    """Those of the names of three characters and more that are anywhere in the text; shorter ones are in many words."""
    runs = HAN.findall(text)
    return {run[at : at + n] for run in runs for n in (3, 4, 5) for at in range(len(run) - n + 1)} & names


def test_no_cell_of_the_analysts_is_or_has_a_true_id_name_or_phone(
    delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    true = true_values(delivered_city.settings)
    numbers = true["id"] | true["phone"]
    found = {column for column, value in texts(analyst) if value in true["name"] or numbers_in(value, numbers)}
    assert found == set()


def test_no_file_of_the_analysts_has_a_true_value_in_its_bytes(delivered_city: City, tmp_path: Path) -> None:
    """The Parquet files are written as text first, so that their bytes are the values."""
    true, public = true_values(delivered_city.settings), _public_names(delivered_city)
    folder = delivered_city.settings.published / "analyst"
    with duckdb.connect() as con:
        for file in folder.rglob("*"):
            if file.suffix == ".parquet":
                con.execute(f"copy (from '{file}') to '{tmp_path / file.stem}.json' (format json)")
    files = [*tmp_path.iterdir(), *(path for path in folder.iterdir() if path.is_file()), *folder.rglob("*.gpkg")]
    assert len(files) > 50
    assert {file.name: hits for file in files if (hits := _hits(file, true, public))} == {}


def test_the_same_search_finds_them_in_what_everything_is_in(delivered_city: City, tmp_path: Path) -> None:
    true, public = true_values(delivered_city.settings), _public_names(delivered_city)
    file = delivered_city.settings.published / "parquet" / "population" / "person.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (from '{file}') to '{tmp_path / 'person.json'}' (format json)")
    hits = _hits(tmp_path / "person.json", true, public)
    assert all(hits & values for values in true.values())


def _hits(file: Path, true: dict[str, set[str]], public: set[str]) -> set[str]:
    """The true values in the bytes of a file, without names that are part of the public name of a firm or a place."""
    text = file.read_bytes().decode("utf-8", errors="replace")
    names = {name for name in names_in(text, true["name"]) if not any(name in each for each in public)}
    return names | numbers_in(text, true["id"] | true["phone"])


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
    anew = Settings(data=tmp_path / "anew")
    with open_warehouse(city.settings) as con:
        publish(con, anew, "anew", load_models(), load_sources())
    found, expected = contents(city.settings.published / "analyst"), contents(anew.published / "analyst")
    for each in (found, expected):
        del each["governance.table_state"]  # it has the publication itself, which was recorded after it
    assert found == expected


def test_nothing_that_a_refresh_makes_may_be_opened_by_others(delivered_city: City) -> None:
    made = [path for path in delivered_city.settings.data.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(made) > 300
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []


def test_dagster_logs_reports_and_names_of_files_have_no_true_value(delivered_city: City) -> None:
    """All that is written beside the bases themselves: the instance of Dagster with its logs, validations, the page."""
    config, true, public = delivered_city.settings, true_values(delivered_city.settings), _public_names(delivered_city)
    beside = [config.dagster_home, *(config.published / name for name in ("validations", "expectations", "quality"))]
    files = [path for folder in beside for path in folder.resolve().rglob("*") if path.is_file()]
    assert len(files) > 100
    assert {file.name: hits for file in files if (hits := _hits(file, true, public))} == {}
    names = "\n".join(path.name for path in config.data.rglob("*"))
    assert names_in(names, true["name"]) | numbers_in(names, true["id"] | true["phone"]) == set()


def test_every_published_column_is_described_for_every_client(
    delivered_city: City, analyst: duckdb.DuckDBPyConnection
) -> None:
    undescribed = """
        select schema_name || '.' || table_name, column_name from duckdb_columns()
        where not internal and schema_name <> 'main' and comment is null
    """
    assert delivered_city.query(undescribed) == []
    assert analyst.execute(undescribed).fetchall() == []
