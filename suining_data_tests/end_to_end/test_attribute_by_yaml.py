"""A new attribute of a person needs its declaration and one catalogue entry, and nothing else."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from suining_data.settings import PROJECT, Settings
from suining_data_tests.bench import ADDRESSES, RESIDENTS
from suining_data_tests.sharing import once

DECLARED = """
  contribution_base_cny:
    elements: [money_cny]
    sensitivity: L3
    zh: 缴费基数
    en: Contribution base
    survivorship: {}
    source: {column: contribution_base_cny_from, zh: 缴费基数的来源行, en: Source row of the contribution base}
    conflict: {}
    review: {item: contribution_base, zh: 缴费基数}
"""
ENTRY = "values: {resident_id: resident_id, name: name, employer_code: employer_code, employer_name: employer_name}"
DELIVERED = {
    "human_resources__pension_insurance": "human_resources/ylbx_*",
    RESIDENTS: "sichuan_public_security/czhjrk_*",
}
MAIN = "from suining_data.cli import main; main()"


@pytest.fixture(scope="session")
def refreshed(delivered: Settings, empty_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project in which a person has one attribute more, and the base of persons that it makes."""

    def make(folder: Path) -> None:
        project, data = folder / "project", Settings(data=folder / "data")
        for part in ("suining_data", "dbt_like_sql", "data/reference"):
            shutil.copytree(PROJECT / part, project / part, ignore=shutil.ignore_patterns("__pycache__"))
        _edit(project / "suining_data/subjects/person.yaml", "\n  employer_name:", f"{DECLARED}\n  employer_name:")
        added = ENTRY.replace("values: {", "values: {contribution_base_cny: contribution_base_cny, ")
        _edit(project / "suining_data/catalog/units/human_resources.yaml", ENTRY, added)
        for pattern in DELIVERED.values():
            for file in delivered.landing.glob(pattern):
                (data.landing / file.parent.name).mkdir(parents=True, exist_ok=True)
                shutil.copy(file, data.landing / file.parent.name)
        data.warehouse.parent.mkdir()
        shutil.copyfile(empty_warehouse, data.warehouse)
        run(folder, "-c", MAIN, "catalog", "check")
        run(folder, "-m", "suining_data_tests.end_to_end.part_refresh", *DELIVERED, ADDRESSES)

    return once(tmp_path_factory, "attribute", make)


@pytest.fixture
def suining(refreshed: Path) -> Callable[..., str]:
    """The command, of this copy of the project."""
    return lambda *arguments: run(refreshed, "-c", MAIN, *arguments)


def run(folder: Path, *arguments: str) -> str:
    """What a Python process of the copied project prints."""
    project = folder / "project"
    done = subprocess.run(
        [sys.executable, *arguments],
        env={
            **os.environ,
            "PYTHONPATH": f"{project}{os.pathsep}{PROJECT}",
            "SUINING_DATA": str(folder / "data"),
            "COLUMNS": "200",
        },
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def rows(suining: Callable[..., str], sql: str) -> list[str]:
    return suining("query", "--csv", sql).splitlines()[1:]


def test_the_golden_value_comes_from_the_record_that_reports_it(suining: Callable[..., str]) -> None:
    found = rows(
        suining,
        "select count(*) > 0, bool_and(person.contribution_base_cny = record.contribution_base_cny), "
        "bool_and(record.contribution_base_cny_authority = 8) from population.person "
        "join population.person_record as record on person.contribution_base_cny_from = record.record_id",
    )
    assert found == ["true,true,true"]


def test_statements_and_provenance_have_it(suining: Callable[..., str]) -> None:
    stated = (
        "select count(distinct person_id) from population.person_statement where attribute = 'contribution_base_cny'"
    )
    proven = "select count(*) from population.person_provenance where attribute = 'contribution_base_cny'"
    golden = "select count(contribution_base_cny) from population.person"
    assert rows(suining, f"select ({stated}) = ({golden}), ({proven}) = ({golden})") == ["true,true"]


def test_explain_shows_it_with_its_label(suining: Callable[..., str]) -> None:
    [person] = rows(suining, "select person_id from population.person where contribution_base_cny is not null limit 1")
    assert "缴费基数 contribution_base_cny" in suining("explain", "person", person)


def test_the_dictionary_has_its_columns_in_both_languages(suining: Callable[..., str]) -> None:
    found = rows(
        suining,
        "select table_name, column_name, zh, en, element, sensitivity from governance.dictionary "
        "where schema_name = 'population' and column_name like 'contribution_base%' and table_name not like '%_labelled' order by all",
    )
    assert found == [
        "person,contribution_base_cny,缴费基数,Contribution base,money_cny,L3",
        "person,contribution_base_cny_from,缴费基数的来源行,Source row of the contribution base,,L1",
        "person_record,contribution_base_cny,缴费基数,Contribution base,money_cny,L4",
        'person_record,contribution_base_cny_authority,缴费基数的权威性（1最高）,"Authority of the contribution base, 1 is best",,L4',
        "person_version,contribution_base_cny,缴费基数,Contribution base,money_cny,L4",
        "person_version,contribution_base_cny_from,缴费基数的来源行,Source row of the contribution base,,L4",
    ]
