"""Unit files become a catalogue; what YAML would misread stays text or is a mistake.

Here: load_catalog. Not here: what the entries mean (test_checking.py).
"""

from pathlib import Path

import pytest

from suining_data.catalog import CatalogError, load_catalog
from suining_data_tests.catalog.conftest import SOUND


def write(folder: Path, text: str) -> Path:
    (folder / "public_security.yaml").write_text(text, encoding="utf-8")
    return folder


def test_resources_are_found_by_id_with_their_unit(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, SOUND))
    assert [resource.id for resource in catalog.resources] == ["public_security__changes", "public_security__report"]
    assert catalog.resource("public_security__report").delivery.layouts == ["indicators_in_rows"]
    assert catalog.unit_of("public_security__report").name == "市公安局"
    with pytest.raises(KeyError):
        catalog.resource("public_security__nothing")


def test_a_quoted_code_keeps_its_zero(tmp_path: Path) -> None:
    catalog = load_catalog(write(tmp_path, SOUND.replace("proposal: GA01", 'proposal: "010203"')))
    assert catalog.resources[0].proposal == "010203"


def test_every_mistake_of_form_is_collected(tmp_path: Path) -> None:
    text = SOUND.replace("proposal: GA01", "proposal: 010203").replace("cycle: monthly", "cycle: hourly")
    with pytest.raises(CatalogError) as caught:
        load_catalog(write(tmp_path, text))
    lines = text.splitlines()
    assert [(problem.rule, lines[(problem.line or 0) - 1].strip()) for problem in caught.value.problems] == [
        ("octal", "proposal: 010203"),
        ("choice", "cycle: hourly"),
    ]


def test_a_misspelt_option_is_answered_with_the_right_one(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="did you mean layouts"):
        load_catalog(write(tmp_path, SOUND.replace("layouts:", "layuots:")))


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "public_security.yaml").write_bytes(SOUND.encode("gb18030"))
    with pytest.raises(CatalogError, match=r"public_security\.yaml 第 1 行: 不是可读的 YAML"):
        load_catalog(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: 市公安局", "name: !x 市公安局", "第 1 行: 不是可读的 YAML"),
        ("bases: [population]", "<<: 3", "第 11 行: 不是可读的 YAML"),
        ("bases: [population]", "bases: &a [*a]", "nested too deeply"),
        ("bases: [population]", "bases: " + "[" * 2000 + "]" * 2000, "nested too deeply"),
        ("市公安局", "市\0公安局", "characters are not allowed"),
    ],
)
def test_what_yaml_cannot_make_anything_of_is_a_mistake(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in SOUND
    with pytest.raises(CatalogError, match=said):
        load_catalog(write(tmp_path, SOUND.replace(old, new, 1)))


@pytest.mark.parametrize("text", ["", "- 1\n", "unit: {}\n", "unit: 3\nresources: 3\n"])
def test_a_file_without_unit_or_resources_is_a_mistake(tmp_path: Path, text: str) -> None:
    with pytest.raises(CatalogError):
        load_catalog(write(tmp_path, text))


def test_departments_stand_before_the_province(tmp_path: Path) -> None:
    write(tmp_path, SOUND)
    (tmp_path / "a_province.yaml").write_text(
        "unit: {id: a_province, name: 省厅, origin: backflow}\nresources: []\n", encoding="utf-8"
    )
    assert [unit.id for unit in load_catalog(tmp_path).units] == ["public_security", "a_province"]
