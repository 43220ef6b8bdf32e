"""The code tables: what a code means, whose it is, one row per code."""

import pytest

from suining_data.elements import ELEMENTS


@pytest.fixture
def codes(bench):
    bench.build("code.code_set", "code.code", "code.industry", "code.unit", "code.resource", "code.measure_unit")
    assert bench.failures("code.code_set", "code.code", "code.industry", "code.unit", "code.resource") == {}
    return bench


def test_every_code_of_every_data_element_is_there_with_its_name(codes):
    found = {
        (code_set, code): name for code_set, code, name in codes.query("select code_set, code, name_zh from code.code")
    }
    for element in ELEMENTS.values():
        for code, name in (element.code_set or {}).items():
            assert found[element.id, code] == name


@pytest.mark.parametrize(
    ("code_set", "standard", "source"),
    [
        ("sex_code", "GB/T 2261.1-2003", "github tourze/gb-t-2261 (MIT)"),
        ("gbt_2261_3_2003", "GB/T 2261.3-2003", "github tourze/gb-t-2261 (MIT)"),
        ("family_relation_code", "GB/T 4761-2008", "按标准文本录入 (as printed in the standard)"),
        ("address_type", None, "本项目 (this project)"),
    ],
    ids=["also in reference/", "only in reference/", "of the standard", "of the bases"],
)
def test_a_code_set_says_whose_it_is(codes, code_set, standard, source):
    assert codes.query(f"select standard, source from code.code_set where code_set = '{code_set}'") == [
        (standard, source)
    ]
    assert codes.query(f"select count(*) > 1 from code.code where code_set = '{code_set}'") == [(True,)]


def test_an_industry_has_its_section_and_division(codes):
    assert codes.query(
        "select name, level_code, section_name, division_name from code.industry where industry_code = 'A0111'"
    ) == [("稻谷种植", "class", "农、林、牧、渔业", "农业")]
    assert codes.query("select count(*) = count(distinct industry_code) from code.industry") == [(True,)]


def test_a_resource_has_its_terms(codes):
    assert codes.query("""
        select unit.name, share_type_code, share_condition, open_type_code, cycle_code
        from code.resource join code.unit using (unit_id) where resource_id = 'human_resources__pension_insurance'
    """) == [
        (
            "市人力资源和社会保障局",
            "conditional",
            "限核验参保状态的部门，经市人力资源和社会保障局审核",
            "none",
            "monthly",
        )
    ]


def test_units_of_measure_are_converted_to_that_of_the_bases(codes):
    assert codes.query(
        "select unit, factor, is_of_base from code.measure_unit where element = 'money_cny' order by 2"
    ) == [
        ("元", 1.0, True),
        ("万元", 10_000.0, False),
        ("亿元", 100_000_000.0, False),
    ]


def divide(bench, code, name, system="NBS", level="town", **values):
    bench.insert(
        "staged.natural_resources__divisions",
        division_code=code,
        name=name,
        code_system_code=system,
        level_code=level,
        parent_division_code=f"{code[:6]}000000",
        **values,
    )


def test_a_division_code_of_two_code_systems_is_one_row_that_of_the_statistical_codes(bench):
    divide(bench, "510903000000", "船山区", level="county")
    divide(bench, "510903101000", "龙凤镇")
    divide(bench, "510903101000", "永兴镇", system="MCA")
    divide(bench, "510903101000", "龙凤乡", valid_to="2019-12-20")
    divide(bench, "510903102000", "仁里镇", system="MCA")
    divide(bench, "510903102000", "老池乡", valid_to="2019-12-20")
    divide(bench, "510903101200", "一村民委员会", level="village")
    bench.build("spatial.division", "code.division")
    assert bench.query("""
        select division_code, name, county_name, town_name, is_current from code.division
        where level_code in ('town', 'village') order by all
    """) == [
        ("510903101000", "龙凤镇", "船山区", "龙凤镇", True),
        ("510903101200", "一村民委员会", "船山区", "龙凤镇", True),
        ("510903102000", "仁里镇", "船山区", "仁里镇", True),
    ]  # fmt: skip
