"""What services get follows from the labels of the columns, and only what exists can be declared."""

import pytest

from suining_data.models import ModelError, load_models, load_sources
from suining_data.publication import services
from suining_data.publication.services import Section, Tables, _columns, load_services, tables_read

TABLES = Tables(load_models(), load_sources())
SERVICES = load_services()


def columns_of(service: str, **section: object) -> dict[str, str]:
    """Name -> SQL of what a service gets of a section."""
    declared = Section.model_validate({"zh": "部分", "en": "Section", **section})
    return {each.name: each.given.sql for each in _columns(SERVICES[service], declared, TABLES, 2026)}


@pytest.mark.parametrize(
    ("service", "subject", "id"),
    [(name, kind, id) for name, each in SERVICES.items() for kind, ids in each.sections.items() for id in ids],
)
def test_every_section_gives_something_and_no_id_of_the_bases(service: str, subject: str, id: str) -> None:
    section = SERVICES[service].sections[subject][id]  # type: ignore[index]
    found = list(_columns(SERVICES[service], section, TABLES, 2026))
    assert found
    opaque = {"person_id", "organization_id", "address_id", "household_id", "record_id", "relationship_id"}
    assert not opaque & {each.name for each in found}


def test_a_lender_gets_nothing_sensitive_as_it_is() -> None:
    for section in SERVICES["lender"].sections["organization"].values():
        for each in _columns(SERVICES["lender"], section, TABLES, 2026):
            is_plain = each.given.sql == f'"{each.read.label.name}"'
            assert not (is_plain and each.read.label.sensitivity in ("L3", "L4")), each.name


def test_a_new_column_of_a_table_is_given_by_its_label_and_never_beyond_what_a_form_needs() -> None:
    whole = columns_of("lender", table="legal_entity.organization", subject="organization_id")
    few = columns_of("lender", table="legal_entity.organization", subject="organization_id", items=["name", "phone"])
    assert set(few) == {"name", "phone"} < set(whole)
    assert few["phone"] != '"phone"'
    assert not {"name_from", "representative_person_id"} & set(whole)


def test_a_reference_is_replaced_by_what_people_know() -> None:
    found = columns_of("citizen", table="social_security.enrolment", subject="person_id")
    assert {"employer_organization_name", "employer_organization_uscc"} < set(found)
    assert "employer_organization_id" not in found


def test_a_section_that_has_others_in_it_is_stricter() -> None:
    relations = SERVICES["citizen"].sections["person"]["relations"]
    strict = {each.name: each.given.sql for each in _columns(SERVICES["citizen"], relations, TABLES, 2026)}
    assert strict["related_name"] != '"related_name"'
    assert {"valid_from_year", "relation_type"} < set(strict)


@pytest.mark.parametrize(
    "section",
    [
        {"table": "population.person", "subject": "human_id"},
        {"table": "population.person", "subject": "person_id", "items": ["name", "shoe_size"]},
    ],
)
def test_what_does_not_exist_is_named(section: dict[str, object]) -> None:
    with pytest.raises(ModelError, match=r"services\.yaml: population\.person\.(human_id|shoe_size) "):
        columns_of("prefill", **section)


def test_every_table_that_a_service_reads_exists() -> None:
    assert tables_read() <= set(TABLES.contracts)


def test_a_table_whose_rows_are_too_sensitive_gives_nothing() -> None:
    assert columns_of("citizen", table="population.person_record", subject="person_id") == {}


def test_every_service_is_a_command() -> None:
    from suining_data.commands.service import service_app

    assert {each.name or each.callback.__name__ for each in service_app.registered_commands if each.callback} == set(
        SERVICES
    )
    assert services.SERVICES_FILE.exists()
