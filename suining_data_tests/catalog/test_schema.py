"""The JSON Schema of a unit file, and the page that is made from it.

Here: that the committed files keep it, that mistakes break it, that docs/catalogue.md says the same.
Not here: rules that need more than one key (test_checking.py).
"""

import json
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from typer.testing import CliRunner

from suining_data.catalog import UNITS, reference, unit_schema
from suining_data.cli import app
from suining_data.elements import ELEMENTS
from suining_data.settings import PROJECT
from suining_data_tests.catalog.conftest import SOUND

PAGE = PROJECT / "docs" / "catalogue.md"


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = unit_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def errors(validator: Draft202012Validator, text: str) -> list[str]:
    # texts as an editor reads them: YAML 1.2 knows no dates
    return [error.message for error in validator.iter_errors(yaml.load(text, yaml.SafeLoader))]


@pytest.mark.parametrize("path", sorted(UNITS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_unit_file_keeps_the_schema(validator: Draft202012Validator, path: Any) -> None:
    assert errors(validator, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("element: person_name", "element: person_nam", "'person_nam' is not one of"),
        ("cycle: daily", "cycle: dayly", "'dayly' is not one of"),
        ("    name: 月报\n", "", "'name' is a required property"),
        ("required: true", "obligatory: true", "'obligatory' was unexpected"),
        ("authority: {default: 1}", "authority: {default: 100}", "not valid under any"),
        ("is_key: true}", "is_key: true, resources: []}", "'resources' was unexpected"),
    ],
)
def test_a_mistake_breaks_the_schema(validator: Draft202012Validator, right: str, wrong: str, expected: str) -> None:
    assert right in SOUND
    assert errors(validator, SOUND) == []
    found = errors(validator, SOUND.replace(right, wrong, 1))
    assert len(found) == 1
    assert expected in found[0]


def test_elements_and_meanings_are_offered_to_editors() -> None:
    models = unit_schema()["$defs"]
    assert set(models["DataElement"]["enum"]) == set(ELEMENTS)
    for model in models.values():
        for key, value in model.get("properties", {}).items():
            assert value.get("description"), f"{model['title']}.{key} has no docstring"


def test_the_command_prints_the_schema() -> None:
    printed = CliRunner().invoke(app, ["catalog", "schema"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout) == unit_schema()


def test_the_page_has_the_reference() -> None:
    """Mended by writing the output of `suining catalog schema --markdown` between the two marks of the page."""
    between = PAGE.read_text(encoding="utf-8").partition("<!-- reference -->\n")[2].partition("<!-- end -->")[0]
    assert between.strip() == reference().strip()
