"""A person is forgotten: searched for by code of this test, not brought back by deliveries, also after a crash in between."""

import csv
import gzip
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from suining_data.cli import app
from suining_data.forgetting import order
from suining_data.publication import kept_snapshots
from suining_data.settings import Settings
from suining_data_tests.benchmarks.same_tables import VOLATILE, differing_tables
from suining_data_tests.end_to_end.conftest import City
from suining_data_tests.sharing import once

REGISTER = "sichuan_public_security__residents"
ROLES = ("household_member", "husband", "legal_representative")


@dataclass(frozen=True)
class Person:
    """Somebody with many kinds of records, as the warehouse knew them before."""

    id: str
    number: str
    name: str
    phone: str | None


def somebody(city: City) -> Person:
    """A married man who represents a firm, if possible with a record that was linked without a number."""
    [found] = city.warehouse(f"""
        with candidate as (
            select person_id, count(*) filter (link_rule not in ('resident_id', 'other_id')) as scored, max(phone) as phone,
                count(distinct role) filter (role in {ROLES}) as roles
            from linked.person_record where person_id is not null group by person_id
            having bool_or(resource_id = '{REGISTER}' and link_rule = 'resident_id')
        )
        select person_id, resident_id, name, candidate.phone from candidate join population.person using (person_id)
        where resident_id is not null order by roles desc, scored desc, person_id limit 1
    """)
    return Person(*found)  # type: ignore[arg-type]


def command(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["forget", *arguments, "--by", "李主任", "--reason", "决定第1号"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.output


def left(folder: Path, text: str) -> list[str]:
    """The files in whose bytes, members or tables a text is."""
    encoded = {text.encode(encoding) for encoding in ("utf-8", "gb18030", "utf-16-le")}
    found = []
    for file in folder.rglob("*"):
        if not file.is_file() or file.is_symlink():
            continue
        content = file.read_bytes()
        pieces = [content]
        if content[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(BytesIO(content)) as archive:
                pieces += [archive.read(name) for name in archive.namelist()]
        elif content[:2] == b"\x1f\x8b":
            pieces.append(gzip.decompress(content))
        if any(each in piece for piece in pieces for each in encoded) or _in_tables(file, content, text):
            found.append(str(file.relative_to(folder)))
    return found


def _in_tables(file: Path, content: bytes, text: str) -> bool:
    if content[:4] == b"PAR1":
        return bool(
            duckdb.execute(f"from (from read_parquet('{file}')) as t where contains(t::varchar, ?)", [text]).fetchall()
        )
    if content[8:12] != b"DUCK":
        return False
    with duckdb.connect(str(file), read_only=True) as con:
        tables = con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        return any(
            con.execute(f'from {schema}."{table}" as t where contains(t::varchar, ?) limit 1', [text]).fetchall()
            for schema, table in tables
        )


@pytest.fixture
def forgotten_city(
    first_night: Path, tmp_path_factory: pytest.TempPathFactory, city_of: Callable[[Path], City]
) -> tuple[City, Person]:
    """The city after somebody was forgotten; do not change it. What the command printed is in its printed.txt."""
    person = somebody(city_of(first_night))

    def make(folder: Path) -> None:
        shutil.copytree(first_night, folder, symlinks=True, dirs_exist_ok=True)
        city_of(folder)
        (folder / "printed.txt").write_text(command(person.id, "--yes"), encoding="utf-8")

    return city_of(once(tmp_path_factory, "forgotten_city", make)), person


@pytest.mark.slow
def test_nothing_of_the_person_is_left_and_the_search_can_find(
    forgotten_city: tuple[City, Person], delivered_city: City
) -> None:
    city, person = forgotten_city
    printed = (city.settings.data / "printed.txt").read_text(encoding="utf-8")
    assert "nothing of the person is left" in printed
    assert [each.is_current for each in kept_snapshots(city.settings)] == [True], "no rollback brings the person back"
    assert person.number not in printed
    assert person.name not in printed
    for text in filter(None, (person.number, person.number[:6] + person.number[8:17])):
        assert left(city.settings.data, text) == []
    assert len(left(delivered_city.settings.data, person.number)) > 5, "so this search finds"


@pytest.mark.slow
def test_all_others_are_as_they_were_and_the_rows_are_accounted_for(
    forgotten_city: tuple[City, Person], delivered_city: City
) -> None:
    city, person = forgotten_city
    others = f"select person_id, resident_id, name, birth_date, sex_code from population.person where person_id <> '{person.id}' order by 1"
    assert city.warehouse(others) == delivered_city.warehouse(others)
    taken = "select count(*) from governance.quarantine where rule = 'FORGOTTEN' and raw_text = ''"
    assert city.warehouse(taken)[0][0] > 0  # type: ignore[operator]
    failed = "select table_name, check_name from governance.check_result where not has_passed and severity = 'ERROR' order by all"
    assert city.warehouse(failed) == delivered_city.warehouse(failed)
    assert city.warehouse(f"select status from registry.person_golden where person_id = '{person.id}'") == [
        ("forgotten",)
    ]
    assert city.warehouse(f"select count(*) from history.person where person_id = '{person.id}'") == [(0,)]


@pytest.mark.slow
def test_landing_and_the_copy_of_the_registry_still_make_the_same_bases(
    forgotten_city: tuple[City, Person], tmp_path: Path
) -> None:
    city, _ = forgotten_city
    for folder in ("landing", "registry"):
        shutil.copytree(city.settings.data / folder, tmp_path / folder)
    with pytest.MonkeyPatch.context() as patch:
        rebuilt = City(tmp_path, patch)
        rebuilt.refresh()
        assert rebuilt.succeeded, rebuilt.output
    with duckdb.connect() as con:
        con.execute(f"attach '{city.settings.warehouse}' as before (read_only)")
        con.execute(f"attach '{rebuilt.settings.warehouse}' as after (read_only)")
        left_out = VOLATILE | {"decision_number"}
        differing = differing_tables(con, left_out, 5, schemas_left_out=("change", "history", "registry", "governance"))
    assert differing == []


@pytest.mark.slow
def test_a_later_delivery_does_not_bring_the_person_back(
    forgotten_city: tuple[City, Person], delivered_city: City, tmp_path: Path
) -> None:
    city, person = forgotten_city
    shutil.copytree(city.settings.data, tmp_path, symlinks=True, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        own = City(tmp_path, patch)
        file = delivered_city.landed("sichuan_public_security", "czhjrk_*.csv")
        with file.open(encoding="utf-8", newline="") as content:
            rows = list(csv.DictReader(content))
        assert any(person.number in row.values() for row in rows)
        later = own.settings.landing / "sichuan_public_security" / "czhjrk_20190930.csv"
        with later.open("w", encoding="utf-8", newline="") as content:
            writer = csv.DictWriter(content, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerows(reversed(rows))
        own.refresh()
        assert own.succeeded, own.output
        assert left(tmp_path, person.number) == []
        assert not later.exists()
        assert (
            own.value(
                "select count(*) from governance.quarantine where rule = 'FORGOTTEN' and file_name = 'czhjrk_20190930.csv'"
            )
            == 1
        )
        others = f"select count(*) from population.person where person_id <> '{person.id}'"
        assert own.warehouse(others) == city.warehouse(others)


class Killed(BaseException):
    """What ends a run in a test."""


@pytest.mark.slow
@pytest.mark.parametrize("place", ["take_out_of_state", "run_refresh", "rewrite", "search"])
def test_after_a_crash_the_same_command_finishes(own_city: City, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    person = somebody(own_city)

    def kill(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(order, place, kill)
        with pytest.raises(Killed):
            command(person.id, "--yes")
    own_city.refresh()  # the night comes before anybody tries again
    assert "nothing of the person is left" in command(person.id, "--yes")
    assert left(own_city.settings.data, person.number) == []
    assert "forgotten before" in command(person.id, "--yes")


def test_a_dry_run_changes_nothing_and_names_no_value(own_city: City) -> None:
    person = somebody(own_city)
    before = {file: file.read_bytes() for file in own_city.settings.landing.rglob("*") if file.is_file()}
    printed = command(person.id, "--dry-run")
    assert "sichuan_public_security__residents" in printed
    assert person.number not in printed
    assert person.name not in printed
    assert before == {file: file.read_bytes() for file in own_city.settings.landing.rglob("*") if file.is_file()}
    assert own_city.warehouse("select count(*) from registry.tombstone") == [(0,)]
    assert not list(Settings().registry_backup.parent.glob(".forgetting_*"))
