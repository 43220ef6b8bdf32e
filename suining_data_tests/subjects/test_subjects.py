"""What a subject declares is checked before anything is built on it, and says which file and key is wrong."""

from pathlib import Path

import pytest

from suining_data.packed_keys import record_rank
from suining_data.subjects import SubjectError, load_subjects, read_subject

PERSON = """
zh: 人员
base: population
identifiers:
  resident_id: {elements: [resident_id], zh: 公民身份号码, en: Resident id}
attributes:
  name: {elements: [person_name], zh: 姓名, en: Name, survivorship: {}}
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "person.yaml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[person_name]", "[persn_name]", "attributes.name: persn_name is no data element"),
        ("survivorship: {}", "survives: {}", "attributes.name.survives: 没有这个键 (there is no such key)"),
        ("survivorship: {}", "survivorship: {authority: phone}", "phone is no attribute with an authority of its own"),
        ("en: Resident id", "en: Resident id, survivorship: {}", "an identifier needs survivorship.authority"),
        ("zh: 人员", "zh: [人员", "while parsing"),
    ],
)
def test_a_mistake_is_named_with_file_and_key(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(SubjectError, match=r"person\.yaml") as raised:
        read_subject(written(tmp_path, PERSON.replace(old, new)))
    assert said in str(raised.value)


def test_an_item_of_the_review_is_labelled_by_its_first_attribute() -> None:
    items = load_subjects()["person"].review_items
    assert next(iter(items)) == "number"
    assert list(items)[-1] == "shared_identifier"
    assert items["address"] == "地址"


def test_more_attributes_than_the_rank_can_count_are_refused() -> None:
    with pytest.raises(ValueError, match="32 attributes: the survivorship rank counts up to 31"):
        record_rank("valid_from", [f"a{n}" for n in range(32)], "record_id", "role_number")


def test_what_a_record_reports_of_a_person_is_labelled_as_the_golden_value_is() -> None:
    """A level of the golden value alone would leave the reported one to be shown."""
    for name, each in load_subjects()["person"].attributes.items():
        if each.golden and each.golden.sensitivity in ("L3", "L4"):
            assert (each.sensitivity or each.element.sensitivity or "") >= each.golden.sensitivity, name
