"""A confidential person is in no byte of what is published and in no answer of a command, but in the one that is asked apart."""

import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from suining_data.models import load_models, load_sources
from suining_data.publication import publish
from suining_data.settings import Settings
from suining_data.warehouse import open_warehouse
from suining_data_tests.end_to_end.commands import suining
from suining_data_tests.end_to_end.conftest import City, refreshed
from suining_data_tests.end_to_end.published import contents

# a head of a firm who is married, has a phone, and of whose rows one has a quarantined value
SOMEBODY = """
    select person.person_id, resident_id, person.name, person.phone from population.person
    join legal_entity.organization on representative_person_id = person.person_id
    where resident_id is not null and person.phone is not null
    order by (select count(*) from governance.quarantine join population.person_record as record using (record_id)
            where record.person_id = person.person_id) desc,
        (select count(*) from population.relationship where related_person_id = person.person_id) desc, person.person_id
    limit 1
"""


@dataclass(frozen=True)
class Somebody:
    """A person of the city, by the values of before."""

    person_id: str
    resident_id: str
    name: str
    phone: str

    @property
    def numbers(self) -> tuple[str, ...]:
        return (self.resident_id, self.resident_id[:6] + self.resident_id[8:17], self.phone)

    def found_in(self, text: str) -> list[str]:
        """Numbers that are in it, and lines with name and birth."""
        birth = self.resident_id[6:14]
        written = (birth, f"{birth[:4]}-{birth[4:6]}-{birth[6:]}")
        named = [line for line in text.splitlines() if self.name in line and any(each in line for each in written)]
        return [number for number in self.numbers if number in text] + named


def somebody(city: City) -> Somebody:
    [row] = city.query(SOMEBODY)
    return Somebody(*map(str, row))


@pytest.fixture(scope="module")
def hidden_night(first_night: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a night before which somebody was marked; do not change it. Who it is was written beside the data."""

    def mark(data: Settings) -> list[str]:
        with duckdb.connect(str((data.published / "suining.duckdb").resolve()), read_only=True) as con:
            [row] = con.execute(SOMEBODY).fetchall()
        (data.data / "somebody.json").write_text(json.dumps(row), encoding="utf-8")
        done = suining(data.data, "confidential", "mark", row[0], "--by", "李某", "--reason", "case 2026-17")
        assert done.returncode == 0, done.stderr
        return []

    return refreshed(tmp_path_factory, "hidden_night", first_night, mark)


@pytest.fixture
def city(hidden_night: Path, city_of: Callable[[Path], City]) -> City:
    return city_of(hidden_night)


@pytest.fixture
def who(hidden_night: Path) -> Somebody:
    return Somebody(*json.loads((hidden_night / "somebody.json").read_text(encoding="utf-8")))


def rows_of(published: Path) -> dict[str, int]:
    """How many rows each table has. Views that make a row of each value have none of a hidden date or code."""
    with duckdb.connect(str((published / "suining.duckdb").resolve()), read_only=True) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where schema_name not in ('governance', 'main')"
        ).fetchall()
        return {table: con.sql(f"from {table}").count("*").fetchall()[0][0] for (table,) in tables}


def published_texts(published: Path, folder: Path) -> Iterator[tuple[str, str]]:
    """Everything in the folder as text: each file's bytes, tables of Parquet and DuckDB files as JSON."""
    with duckdb.connect() as con:
        for number, file in enumerate(
            path for path in sorted(published.rglob("*")) if path.is_file() and not path.is_symlink()
        ):
            yield str(file), file.read_bytes().decode("utf-8", "replace")
            if file.suffix == ".parquet":
                con.execute(f"copy (from '{file}') to '{folder / 'table.json'}' (format json)")
                yield str(file), (folder / "table.json").read_text(encoding="utf-8")
            elif file.suffix == ".duckdb":
                con.execute(f"attach '{file}' as f{number} (read_only)")
                tables = con.execute(
                    "select schema_name || '.' || table_name from duckdb_tables() where database_name = ? and not internal",
                    [f"f{number}"],
                ).fetchall()
                for (table,) in tables:
                    con.execute(f"copy (from f{number}.{table}) to '{folder / 'table.json'}' (format json)")
                    yield f"{file} {table}", (folder / "table.json").read_text(encoding="utf-8")


def test_no_byte_of_what_is_published_has_a_number_or_name_with_birth(
    city: City, who: Somebody, tmp_path: Path
) -> None:
    texts = list(published_texts(city.settings.published, tmp_path))
    assert len(texts) > 300
    assert {place: found for place, text in texts if (found := who.found_in(text))} == {}
    assert len(list((city.settings.published / "snapshots").iterdir())) == 1, "earlier snapshots still show the person"


def test_the_same_search_finds_the_person_in_what_was_published_before(
    first_night: Path, who: Somebody, tmp_path: Path
) -> None:
    places = {place for place, text in published_texts(first_night / "published", tmp_path) if who.found_in(text)}
    assert len(places) > 8


def test_every_row_stays_and_tables_are_joined_as_before(city: City, first_night: Path, who: Somebody) -> None:
    for audience in ("", "analyst"):
        now, before = (rows_of(folder / "published" / audience) for folder in (city.settings.data, first_night))
        assert now == before
    one = f"from population.person join population.person_identifier on identifier = resident_id where person.person_id = '{who.person_id}'"
    assert city.value(f"select count(*) {one}") == 1
    assert city.query(
        f"select name, birth_date, registered_address_id from population.person where person_id = '{who.person_id}'"
    ) == [("****", None, None)]


def test_a_firm_keeps_its_own_values_and_a_relative_theirs(city: City, first_night: Path, who: Somebody) -> None:
    kept = f"""
        select organization_id, name, uscc from legal_entity.organization where representative_person_id = '{who.person_id}'
        union all
        select person_id, name, resident_id from population.person where person_id in (
            select related_person_id from population.relationship where person_id = '{who.person_id}')
        order by all
    """
    with duckdb.connect(str((first_night / "published" / "suining.duckdb").resolve()), read_only=True) as con:
        assert city.query(kept) == con.execute(kept).fetchall()


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "person", "ID"),
        ("explain", "person", "ID", "--as-of", "2019-06-01"),
        ("query", "--csv", "from population.person_record"),
        ("query", "--csv", "from governance.quarantine"),
        ("query", "--csv", "from person_at(date '2018-01-01')"),
        ("changes", "--csv"),
        ("review", "next", "--limit", "1000"),
        ("corrections", "list", "--csv"),
        ("access",),
        ("confidential", "list"),
    ],
)
def test_no_answer_of_a_command_has_the_person(city: City, who: Somebody, arguments: tuple[str, ...]) -> None:
    done = suining(city.settings.data, *(who.person_id if each == "ID" else each for each in arguments))
    assert done.returncode == 0, done.stderr
    assert who.found_in(done.stdout + done.stderr) == []


def test_no_workbook_that_goes_back_to_a_department_has_the_person(city: City, who: Somebody, tmp_path: Path) -> None:
    assert suining(city.settings.data, "quarantine", "--export", str(tmp_path)).returncode == 0
    books = list(tmp_path.glob("*.xlsx"))
    assert books
    for book in books:
        with zipfile.ZipFile(book) as archive:
            text = "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
        assert [number for number in who.numbers if number in text] == []


def test_the_true_values_are_asked_for_apart_and_logged_apart(city: City, who: Somebody) -> None:
    done = suining(city.settings.data, "confidential", "show", who.person_id, "--purpose", "case 2026-17")
    assert all(each in done.stdout for each in (who.resident_id, who.name, who.phone))
    looks = json.loads(suining(city.settings.data, "access", "--json").stdout)
    assert (looks[-1]["command"], looks[-1]["audience"]) == ("confidential show", "confidential")
    assert who.person_id in looks[-1]["subjects"]
    written = b"".join(file.read_bytes() for file in (city.settings.data / "access").iterdir()).decode(
        "utf-8", "replace"
    )
    assert who.found_in(written) == []
    other = suining(city.settings.data, "confidential", "show", "P0000000000000000")
    assert (other.returncode, other.stdout) == (1, "")


def test_what_took_the_changes_equals_what_is_written_anew_and_nothing_was_tampered_with(
    hidden_night: Path, city_of: Callable[[Path], City], tmp_path: Path
) -> None:
    shutil.copytree(hidden_night, tmp_path / "data", symlinks=True)
    city = city_of(tmp_path / "data")
    assert suining(city.settings.data, "access", "--verify").returncode == 0
    assert suining(city.settings.data, "verify").returncode == 0
    anew = Settings(data=tmp_path / "anew")
    with open_warehouse(city.settings) as con:
        publish(con, anew, "anew", load_models(), load_sources())
    found, expected = contents(city.settings.published), contents(anew.published)
    for each in (found, expected):
        del each["governance.table_state"]
    assert found == expected


def test_when_it_is_lifted_the_next_refresh_shows_the_person_again(
    hidden_night: Path, city_of: Callable[[Path], City], who: Somebody, tmp_path: Path
) -> None:
    shutil.copytree(hidden_night, tmp_path / "data", symlinks=True)
    city = city_of(tmp_path / "data")
    done = suining(city.settings.data, "confidential", "lift", who.person_id, "--by", "李某", "--reason", "case closed")
    assert done.returncode == 0, done.stderr
    city.refresh()
    assert city.succeeded
    assert somebody(city) == who
    shown = "select identifier from population.person_identifier where identifier like '****%'"
    assert city.query(shown) == []
