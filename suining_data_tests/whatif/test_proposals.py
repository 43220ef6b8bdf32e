"""An option becomes the declaration that somebody would write, and the line to edit; what does not exist is refused with what does.

Here: proposals of the committed catalogue. Not here: what they change in the bases (end_to_end/test_whatif.py).
"""

from dataclasses import replace

import pytest
import yaml

from suining_data.catalog import Entity
from suining_data.linkage import ACCEPT
from suining_data.linkage.records import DEFAULT_AUTHORITY
from suining_data.settings import PROJECT
from suining_data.whatif import Proposal, edits_of, present, with_order, with_rule

Ranks = dict[tuple[str, str], int | dict[str, int]]
RESIDENTS, REGISTRATIONS = "sichuan_public_security__residents", "public_security__residence_registrations"
MARRIAGES, CHANGES = "civil_affairs__marriages", "public_security__household_changes"


def ranks(proposal: Proposal, attribute: str, subject: str = "person") -> Ranks:
    """The rank of every entity that reports the attribute."""

    def rank(entity: Entity) -> int | dict[str, int]:
        return entity.authority.get(attribute, entity.authority.get("default", DEFAULT_AUTHORITY))

    return {
        (resource.id, entity.role): rank(entity)
        for resource in proposal.catalog.shared
        for entity in resource.entities
        if entity.subject == subject and attribute in entity.values
    }


def least(rank: int | dict[str, int]) -> int:
    return min(rank.values()) if isinstance(rank, dict) else rank


def test_the_present_declarations_need_no_edit() -> None:
    assert edits_of(present()) == []
    assert present().accept == ACCEPT


def test_a_threshold_is_one_line_of_one_file() -> None:
    [edit] = edits_of(replace(present(), probability=0.99))
    assert edit.file == "suining_data/linkage/threshold.yaml"
    assert edit.before.startswith("match_probability: 0.999")
    assert edit.after == "match_probability: 0.99"


@pytest.mark.parametrize("probability", [0.0, 1.0, -0.5, 10.0])
def test_a_threshold_is_a_probability(probability: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        _ = replace(present(), probability=probability).accept


def test_the_named_resources_come_first_in_their_order_and_the_others_keep_theirs() -> None:
    before, order = ranks(present(), "registered_address"), (REGISTRATIONS, RESIDENTS)
    with pytest.raises(ValueError, match=RESIDENTS):
        with_order(present(), f"registered_address={','.join(order)}")  # the first does not report it
    order = (RESIDENTS, "disabled_federation__certificates")
    after = ranks(with_order(present(), f"registered_address={','.join(order)}"), "registered_address")
    for (resource, role), rank in after.items():
        if resource in order:
            assert rank == order.index(resource) + 1
        else:
            assert least(rank) > len(order), (resource, role)
    others = [key for key in before if key[0] not in order]
    for one in others:
        for other in others:
            assert (least(before[one]) < least(before[other])) == (least(after[one]) < least(after[other]))


def test_ranks_that_are_behind_already_stay() -> None:
    before = ranks(present(), "phone")
    after = ranks(with_order(present(), "person.phone=sichuan_human_resources__insurance"), "phone")
    changed = {resource for (resource, role), rank in after.items() if rank != before[resource, role]}
    assert changed == {"sichuan_human_resources__insurance"}


def test_a_rank_that_depends_on_the_value_keeps_its_parts_behind() -> None:
    assert ranks(present(), "marital_status_code")[RESIDENTS, "household_member"] == {"30": 1, "default": 5}
    after = ranks(with_order(present(), f"marital_status_code={MARRIAGES}"), "marital_status_code")
    assert after[RESIDENTS, "household_member"] == {"30": 2, "default": 5}


def test_the_edit_of_an_authority_is_the_line_of_the_entity() -> None:
    [edit] = edits_of(with_order(present(), "person.phone=sichuan_human_resources__insurance"))
    assert edit.file == "suining_data/catalog/units/sichuan_human_resources.yaml"
    assert edit.place.startswith("sichuan_human_resources__insurance: person ")
    assert edit.before == "authority: {default: 8, employer_code: 1, employer_name: 1, phone: 20}"
    assert edit.after == "authority: {default: 8, employer_code: 1, employer_name: 1, phone: 1}"


def test_an_edit_is_written_as_the_files_have_it() -> None:
    [edit] = [
        each for each in edits_of(with_order(present(), f"marital_status_code={MARRIAGES}")) if RESIDENTS in each.place
    ]
    text = (PROJECT / edit.file).read_text(encoding="utf-8")
    assert text.count(edit.before) == 1
    assert yaml.safe_load(edit.after)["authority"]["marital_status_code"] == {"30": 2, "default": 5}


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("shoe_size=x", "person.birth_date"),
        ("phone=x", "person.phone"),  # persons and organisations have one
        ("person.phone=x", REGISTRATIONS),
        ("person.phone", REGISTRATIONS),
        (f"person.phone={REGISTRATIONS},{REGISTRATIONS}", "once"),
        ("head_relation_code=x", "household_number"),
        ("", "person.name"),
    ],
)
def test_an_authority_that_does_not_exist_is_refused_with_what_there_is(asked: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        with_order(present(), asked)


def test_a_rule_of_one_column_has_another_consequence_there_alone() -> None:
    proposal = with_rule(present(), f"{CHANGES}.birth_date.range=quarantine")
    changed = [
        (resource.id, column.name, column.rules)
        for resource in proposal.catalog.resources
        for column in resource.columns
        if column.rules
    ]
    assert changed == [(CHANGES, "birth_date", {"range": "quarantine"})]
    [edit] = edits_of(proposal)
    assert (edit.place, edit.before, edit.after) == (f"{CHANGES}: birth_date", "", "rules: {range: quarantine}")


def test_a_consequence_that_the_element_has_anyway_is_no_edit() -> None:
    assert edits_of(with_rule(present(), f"{CHANGES}.birth_date.range=quarantine_value")) == []


def test_a_value_can_be_required_or_not() -> None:
    [edit] = edits_of(with_rule(present(), f"{CHANGES}.name.required=off"))
    assert (edit.before, edit.after) == ("required: true", "")
    [edit] = edits_of(with_rule(present(), f"{CHANGES}.sex_code.required=quarantine"))
    assert (edit.before, edit.after) == ("", "required: true")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("nothing.name.damaged=quarantine", CHANGES),
        (f"{CHANGES}.shoe_size.damaged=quarantine", "birth_date"),
        (f"{CHANGES}.birth_date.shape=quarantine", "placeholder, range, required"),
        (f"{CHANGES}.death_date.required=quarantine", "placeholder, range$"),  # a derived column is never required
        (f"{CHANGES}.birth_date.range=delete", "quarantine_value"),
        (f"{CHANGES}.birth_date.range=off", "base tables stop"),
        (f"{CHANGES}.birth_date.range", "quarantine_value"),
        ("", CHANGES),
    ],
)
def test_a_rule_that_does_not_exist_is_refused_with_what_there_is(asked: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        with_rule(present(), asked)


def test_options_add_up() -> None:
    proposal = with_rule(replace(present(), probability=0.9), f"{CHANGES}.birth_date.range=quarantine")
    proposal = with_order(proposal, "person.phone=sichuan_human_resources__insurance")
    assert len(edits_of(proposal)) == 3
