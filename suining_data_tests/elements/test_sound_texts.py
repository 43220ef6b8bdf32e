"""A text of the ordinary form of an element breaks no rule that refuses a column: such a column is not looked at further."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.catalog import Field
from suining_data.elements import ELEMENTS, Element
from suining_data.elements.cells import LOST_DIGITS
from suining_data.standardization.plausibility import REFUSING
from suining_data.standardization.rules import rules_of_field
from suining_data_tests.elements.judging import judge

WITH_SOUND_TEXTS = [element for element in ELEMENTS.values() if element.sound]


@pytest.mark.parametrize("element", WITH_SOUND_TEXTS, ids=lambda element: element.id)
@settings(max_examples=5)
@given(data=st.data())
def test_sound_texts_break_no_rule_that_refuses(
    con: duckdb.DuckDBPyConnection, element: Element, data: st.DataObject
) -> None:
    texts = data.draw(st.lists(st.from_regex(element.sound, fullmatch=True), min_size=40, max_size=40))
    unit = next(iter(element.units), None)
    field = Field(source="raw", name="field", element=element.id, label="字段", **({"unit": unit} if unit else {}))
    refusing = {rule.name for rule in rules_of_field(field) if rule.then in REFUSING} | {LOST_DIGITS.id}
    for text, judged in zip(texts, judge(con, element.id, texts, unit), strict=True):
        assert not refusing & set(judged.broken), text
        assert judged.value is not None or "placeholder" in judged.broken, text  # an empty value would break `required`


def test_the_elements_of_most_columns_have_an_ordinary_form() -> None:
    assert {"person_name", "organization_name", "date", "text", "money_cny", "sex_code"} <= {
        e.id for e in WITH_SOUND_TEXTS
    }
