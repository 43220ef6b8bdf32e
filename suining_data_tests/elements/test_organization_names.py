"""Which names of organisations are the same, and which are those of branches."""

import duckdb
import pytest

from suining_data.city import load_city
from suining_data.elements.organization_names import differ_in_ordinals, is_part, is_short_form, name_core, parent_name
from suining_data.settings import PROJECT
from suining_data.sql import literal

CITY = load_city()


def value(sql: str) -> object:
    row = duckdb.sql(f"select {sql}").fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("四川省遂宁市鑫瑞商贸有限公司", "鑫瑞商贸"),
        ("四川遂宁鑫瑞商贸有限责任公司", "鑫瑞商贸"),
        ("遂宁市鑫瑞商贸", "鑫瑞商贸"),
        ("鑫瑞 商贸　股份有限公司", "鑫瑞商贸"),
        ("鑫瑞商贸股份", "鑫瑞商贸"),
        ("鑫瑞（遂宁）商贸有限公司", "鑫瑞遂宁商贸"),
        ("射洪县太和酒厂", "射洪市太和酒厂"),
        ("遂宁市鑫瑞商贸有限公司第二分公司", "鑫瑞商贸第二分公司"),
        ("某某银行股份有限公司遂宁分行", "某某银行遂宁分行"),
        ("鑫瑞·商贸—有限公司", "鑫瑞商贸"),
        ("鑫瑞会计师事务所（普通合伙）", "鑫瑞会计师事务所"),
        ("遂宁市有限公司", None),
    ],
)
def test_the_core_is_what_departments_agree_on(name: str, core: str | None):
    assert value(name_core(literal(name), CITY)) == core


@pytest.mark.parametrize(
    ("name", "fuller", "is_short"),
    [
        ("鑫瑞商贸有限公司", "遂宁市鑫瑞商贸有限公司", True),
        ("遂宁市鑫瑞商贸", "遂宁市鑫瑞商贸有限公司", True),
        ("鑫瑞商贸", "鑫瑞商贸股份有限公司", True),
        ("鑫瑞商贸股份", "鑫瑞商贸股份有限公司", True),
        ("遂宁鑫瑞商贸有限公司", "遂宁市鑫瑞商贸有限公司", False),
        ("遂宁市鑫瑞商贸有限公司", "鑫瑞商贸有限公司", False),
    ],
)
def test_a_short_form_lacks_the_place_or_the_legal_form(name: str, fuller: str, is_short: bool):
    assert value(is_short_form(literal(name), literal(fuller), CITY)) is is_short


@pytest.mark.parametrize(
    ("name", "parent"),
    [
        ("鑫瑞商贸有限公司船山分公司", "鑫瑞商贸有限公司"),
        ("某某银行股份有限公司遂宁市支行", "某某银行股份有限公司"),
        ("某某人寿保险股份有限公司遂宁支公司", "某某人寿保险股份有限公司"),
        ("鑫瑞商贸有限公司第三门店", "鑫瑞商贸有限公司"),
        ("鑫瑞商贸有限公司经营部", "鑫瑞商贸有限公司"),
        ("遂宁市船山区鑫瑞建材经营部", None),
        ("鑫瑞商贸有限公司", None),
    ],
)
def test_the_name_of_a_branch_begins_with_the_name_of_its_parent(name: str, parent: str | None):
    assert value(parent_name(literal(name))) == parent


@pytest.mark.parametrize(
    ("shorter", "longer", "is_one"),
    [
        *(
            ("四川天虹百货有限公司", f"四川天虹百货有限公司{part}", True)
            for part in ("射洪分公司", "营销服务部", "遂宁购物广场", "第二门店", "职工活动中心", "工会委员会")
        ),
        ("天虹百货", "遂宁天虹百货有限责任公司购物广场", True),  # in the short name the legal form is left out
        ("天虹", "四川遂宁天虹购物广场", True),
        ("天虹百货有限公司", "射洪县天虹百货有限公司经营部", True),
        ("某某局", "某某局太和派出所", True),
        ("天虹百货", "天虹百货有限责任公司", False),
        ("天虹百货有限公司", "天虹百货（集团）有限公司", False),
        ("天虹百货有限公司", "天虹百货有限公司遂宁市船山区", False),
        ("天虹百", "天虹百货有限公司", False),  # cut
        ("船山区天虹小吃", "船山区天虹小吃店", False),
        ("天虹", "天虹百货商行", False),  # a cut name, or a brand: nothing says that it is whole
        ("南津路街道", "南津路街道办事处", False),
        ("某某村", "某某村村民委员会", False),
    ],
)
def test_a_name_that_goes_on_after_a_whole_name_is_a_part_of_that_organisation(
    shorter: str, longer: str, is_one: bool
) -> None:
    cores = [str(value(name_core(literal(name), CITY))) for name in (shorter, longer)]
    assert value(is_part(literal(shorter), *map(literal, cores), CITY)) is is_one
    assert value(is_part(literal(longer), *map(literal, reversed(cores)), CITY)) is False


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [
        ("天虹一店", "天虹二店", True),
        ("天虹店", "天虹2店", True),
        ("天虹店", "天红店", False),
        ("天虹店", "天虹店", False),
    ],
)
def test_numbered_shops_are_several(one: str, other: str, differ: bool) -> None:
    assert value(differ_in_ordinals(literal(one), literal(other))) is differ


def test_the_endings_are_listed_once():
    sources = [path for path in (PROJECT / "suining_data").rglob("*.py") if "synthetic" not in path.parts]
    sources += (PROJECT / "dbt_like_sql").rglob("*.sql")
    listing = [path.name for path in sources if "分理处" in path.read_text(encoding="utf-8")]
    assert listing == ["organization_names.py"]
