"""Which names of organisations are the same, and which are those of branches."""

import duckdb
import pytest

from suining_data.city import load_city
from suining_data.elements.organization_names import branch_part, is_short_form, name_core, parent_name
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
        ("遂宁市鑫瑞商贸有限公司第二分公司", "鑫瑞商贸有限公司第二分公司"),
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
    ("name", "parent", "part"),
    [
        ("鑫瑞商贸有限公司船山分公司", "鑫瑞商贸有限公司", "船山分公司"),
        ("某某银行股份有限公司遂宁市支行", "某某银行股份有限公司", "支行"),
        ("某某人寿保险股份有限公司遂宁支公司", "某某人寿保险股份有限公司", "遂宁支公司"),
        ("鑫瑞商贸有限公司第三门店", "鑫瑞商贸有限公司", "第三门店"),
        ("鑫瑞商贸有限公司经营部", "鑫瑞商贸有限公司", ""),
        ("遂宁市船山区鑫瑞建材经营部", None, ""),
        ("鑫瑞商贸有限公司", None, ""),
    ],
)
def test_a_branch_has_the_name_of_its_parent_and_a_part_of_its_own(name: str, parent: str | None, part: str):
    assert value(parent_name(literal(name))) == parent
    assert str(value(branch_part(literal(name)))).endswith(part)
    assert bool(value(branch_part(literal(name)))) == bool(part)


def test_the_endings_are_listed_once():
    sources = [path for path in (PROJECT / "suining_data").rglob("*.py") if "synthetic" not in path.parts]
    sources += (PROJECT / "dbt_like_sql").rglob("*.sql")
    listing = [path.name for path in sources if "分理处" in path.read_text(encoding="utf-8")]
    assert listing == ["organization_names.py"]
