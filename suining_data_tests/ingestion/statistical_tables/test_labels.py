"""A label comes apart into what it was made of, however it is written."""

from hypothesis import assume, given
from hypothesis import strategies as st

from suining_data.ingestion.statistical_tables.labels import label_of
from suining_data.ingestion.statistical_tables.periods import period_of

NAMES = st.sampled_from(
    [
        "地区生产总值",
        "第一产业增加值",
        "企（事）业单位存款",
        "进出口总额",
        "社会消费品零售总额",
        "常住人口城镇化率",
        "自然增长率",
        "0-14岁人口",
    ]
)
NUMBERS = st.sampled_from(
    [
        ("", 0),
        ("一、", 1),
        ("十二、", 1),
        ("（三）", 2),
        ("(三)", 2),
        ("1.", 3),
        ("１、", 3),
        ("(2)", 4),
        ("（２）", 4),
        ("①", 5),
    ]
)
UNITS = st.sampled_from(["亿元", "万元", "人", "万千瓦时", "%", "‰", "平方公里", "女=100"])
BRACKETS = st.sampled_from(["（{}）", "({})", "（单位：{}）"])
MEASURES = st.sampled_from(
    [
        ("", None),
        ("增速", "yoy"),
        ("同比增长", "yoy"),
        ("增速(可比价)", "yoy_real"),
        ("比年初增长", "ytd_growth"),
    ]
)


@given(NAMES, NUMBERS, st.booleans(), st.integers(0, 4), UNITS, BRACKETS)
def test_a_label_of_a_level(
    name: str, number: tuple[str, int], is_part: bool, blanks: int, unit: str, brackets: str
) -> None:
    assume(not (number[0] == "1." and name[0].isdigit()))  # 1.0-14岁人口 could be either
    label = label_of("　" * blanks + number[0] + "其中：" * is_part + name + brackets.format(unit))
    assert (label.name, label.rank, label.is_part) == (name.replace("（", "(").replace("）", ")"), number[1], is_part)
    assert (label.indent, label.unit, label.measure) == (2 * blanks, unit, None)


@given(NAMES, MEASURES, st.sampled_from(["（%）", "(%)", "%", "（±%）", ""]))
def test_a_label_of_a_measure(name: str, measure: tuple[str, str | None], percent: str) -> None:
    label = label_of(name + measure[0] + percent)
    assert label.name == name.replace("（", "(").replace("）", ")")
    assert (label.measure.code if label.measure else None) == measure[1]


@given(
    st.integers(1949, 2060),
    st.integers(1, 12),
    st.sampled_from(["{}年{}月", "{}.{:02}", "{}-{:02}", "{}{:02}", "{} 年 {} 月", "{}年{}月份"]),
)
def test_a_month(year: int, month: int, form: str) -> None:
    period = period_of(form.format(year, month))
    assert period is not None
    assert period.name == f"{year}年{month}月"


@given(
    st.integers(1949, 2060),
    st.integers(2, 12),
    st.sampled_from(["{}年1-{}月", "{}年1—{}月", "{}年1～{}月份", "{}年１－{}月", "{}年前{}个月", "{}年1至{}月累计"]),
)
def test_months_from_january(year: int, month: int, form: str) -> None:
    period = period_of(form.format(year, month))
    assert period is not None
    assert period.name == f"{year}年1-{month}月"
