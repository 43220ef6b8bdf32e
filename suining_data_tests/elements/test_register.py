"""What holds for every element: labels, types, code sets, and that no text can break the statement."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from suining_data.elements import ELEMENTS, Then
from suining_data.elements.code_sets import code_set
from suining_data_tests.elements.judging import judge

OF_ITS_OWN = ["text", "identifier"]  # every field that uses them says its own sensitivity
CODE_SETS = [element for element in ELEMENTS.values() if element.code_set]
HABITS = st.sampled_from(
    ["NULL", "1E+5", "2019-", "年", "月", "'", '"', "\\", "%", "(", "[", "{x}", "$1", "１", "　", "万元"]
)
TEXTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40),
        st.text("0123456789.-/+E年月日时XGB :T'%°", max_size=32),
        st.lists(HABITS, max_size=6).map("".join),
    ),
    min_size=1,
    max_size=40,
)


def test_every_element_is_labelled_in_both_languages_and_for_sensitivity():
    for id, element in ELEMENTS.items():
        assert id == element.id
        assert re.search(r"[一-鿿]", element.label)
        assert element.english.isascii()
        assert element.sensitivity or id in OF_ITS_OWN
        assert all(re.search(r"[一-鿿]", rule.reason) for rule in element.rules)
        assert len({rule.id for rule in element.rules}) == len(element.rules)


def test_personal_elements_are_not_public():
    assert [element.id for element in ELEMENTS.values() if element.is_personal and element.sensitivity == "L1"] == []


@pytest.mark.parametrize("id", ELEMENTS)
@settings(max_examples=8)
@given(texts=TEXTS)
def test_no_text_raises_an_error(con, id, texts):
    assert len(judge(con, id, texts, next(iter(ELEMENTS[id].units), None))) == len(texts)


@pytest.mark.parametrize("id", ELEMENTS)
def test_a_value_has_the_declared_type(con, id):
    element = ELEMENTS[id]
    converted = element.converted("x", next(iter(element.units), None))
    declared, found = con.execute(
        f"select typeof(null::{element.sql_type}), typeof({converted}) from (select null::varchar as x)"
    ).fetchone()
    assert found == declared


@pytest.mark.parametrize("element", CODE_SETS, ids=lambda element: element.id)
def test_a_code_and_its_label_both_give_the_code(con, element):
    codes = list(element.code_set)
    assert [judged.value for judged in judge(con, element.id, codes)] == codes
    assert [judged.value for judged in judge(con, element.id, list(element.code_set.values()))] == codes
    assert judge(con, element.id, ["不在表中的值"])[0] == (None, ["unreadable"])


@pytest.mark.parametrize("element", [e for e in ELEMENTS.values() if e.example], ids=lambda element: element.id)
def test_an_example_breaks_no_rule_of_its_element(con, element):
    [judged] = judge(con, element.id, [element.example], next(iter(element.units), None))
    assert judged.value is not None
    assert judged.broken == []


def test_what_is_expected_names_standard_form_and_example():
    assert ELEMENTS["resident_id"].expected == (
        "公民身份号码（GB 11643-1999）：18位：17位数字和1位校验码（数字或X）；15位旧号亦可。例：11010519491231002X"
    )
    assert "1 男" in ELEMENTS["sex_code"].expected
    assert "moved_in" not in ELEMENTS["household_change_code"].expected


def test_a_status_nobody_knows_puts_the_row_aside():
    assert ELEMENTS["organization_status_code"].unreadable_then is Then.QUARANTINE


def test_habitual_spellings(con):
    spelled = {
        "ethnicity_code": {"汉族": "01", "汉": "01", "01": "01", "HA": "01", "ha": "01", "藏": "04"},
        "education_code": {"大专": "30", "本科": "20", "初中": "70", "硕士研究生": "14"},
        "family_relation_code": {"户主": "02", "妻子": "12", "长子": "22", "孙": "41"},
        "sex_code": {"男": "1", "女性": "2", "１": "1", "m": "1"},
        "organization_status_code": {
            "存续（在营、开业、在册）": "active",
            "吊销，未注销": "revoked",
            "已注销": "deregistered",
        },
        "organization_type_code": {"有限责任公司(自然人投资或控股)": "enterprise", "个体户": "sole_trader"},
        "industry_code": {"0111": "A0111", "A0111": "A0111", "稻谷种植": "A0111", "5211": "F5211", "01": "A01"},
    }
    for id, spellings in spelled.items():
        assert [judged.value for judged in judge(con, id, list(spellings))] == list(spellings.values())


def test_one_spelling_cannot_stand_for_two_codes():
    with pytest.raises(ValueError, match="正常 belongs to both a and b"):
        code_set("state", "状态", "State", None, {"a": "正常", "b": "其他"}, {"b": ("正常",)})
