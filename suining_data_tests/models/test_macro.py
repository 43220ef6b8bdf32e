"""Published numbers as observations, which of them stands, and the rules that judge them."""

import pytest

from suining_data_tests.models.figures import (
    LATEST,
    OBSERVATION,
    PROVINCE,
    QUARTERLY,
    SECTORS,
    figure,
    monthly,
    observe,
)


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2019", ("2019-01-01", "2019-12-31", "Y", "level_current")),
        ("2020-01/02", ("2020-01-01", "2020-02-29", "M", "level_cumulative")),
        ("2018-01/05", ("2018-01-01", "2018-05-31", "M", "level_cumulative")),
        ("2020-01/12", ("2020-01-01", "2020-12-31", "Y", "level_current")),
        ("2020-03", ("2020-03-01", "2020-03-31", "M", "level_current")),
        ("2023-H1", ("2023-01-01", "2023-06-30", "H", "level_cumulative")),
        ("2020-Q1/Q3", ("2020-01-01", "2020-09-30", "Q", "level_cumulative")),
        ("2020-Q2", ("2020-04-01", "2020-06-30", "Q", "level_current")),
        ("2020-11-01", ("2020-11-01", "2020-11-01", "Y", "level_current")),
    ],
)
def test_periods(bench, period, expected):
    bench.insert(
        PROVINCE, record_id=1, indicator_name="地区生产总值", region_name="遂宁市", period_name=period, value=1.0
    )
    found = observe(bench, "period_start::varchar, period_end::varchar, frequency, measure_code")
    assert found == [expected]


def test_a_period_that_cannot_be_read_is_kept_and_told(bench):
    bench.insert(PROVINCE, record_id=1, indicator_name="面积", region_name="船山区", value=618.0)
    assert observe(bench, "value, period_end") == [(618.0, None)]
    assert bench.broken(OBSERVATION, "period_read") == 1


def test_names_imply_their_measure_and_caliber(bench):
    row = {"region_name": "遂宁市", "period_name": "2020", "unit_name": "%"}
    bench.insert(PROVINCE, **row | {"record_id": 1, "indicator_name": "地区生产总值增速(可比价)", "value": 4.3})
    bench.insert(
        PROVINCE, **row | {"record_id": 2, "indicator_name": "六普男性人口", "value": 1642081.0, "unit_name": "人"}
    )
    bench.insert(PROVINCE, **row | {"record_id": 3, "indicator_name": "三次产业结构", "value_text": "15.5:45.2:39.3"})
    assert observe(bench, "indicator_code, measure_code, value, caliber") == [
        ("gdp", "yoy_real", 4.3, None),
        ("population_male", "level_current", 1642081.0, "第六次全国人口普查"),
        ("gdp_primary", "share", 15.5, None),
        ("gdp_secondary", "share", 45.2, None),
        ("gdp_tertiary", "share", 39.3, None),
    ]
    assert bench.broken(LATEST, "shares_sum_to_hundred") == 0


def test_an_unlisted_indicator_is_kept_and_told(bench):
    monthly(bench, {"indicator_name": "火锅指数", "value": 7.0})
    assert [row[1:] for row in observe(bench)] == [("level_current", 7.0)]
    assert bench.broken("macro.indicator", "indicator_known") == 1
    assert bench.query("select name_zh from macro.indicator join macro.observation using (indicator_code)") == [
        ("火锅指数",)
    ]


def test_a_vintage_is_added_never_overwritten(bench):
    row = {
        "indicator_name": "地区生产总值",
        "region_name": "遂宁市",
        "period_name": "2020-Q1/Q4",
        "measure_code": "level_cumulative",
    }
    bench.insert(QUARTERLY, **row | {"record_id": 1, "value": 1403.18, "vintage_code": "preliminary"})
    index = {"record_id": 2, "measure_code": "index", "value": 104.3, "vintage_code": "preliminary"}
    bench.insert(QUARTERLY, **row | index | {"unit_name": "上年同期=100"})
    bench.insert(QUARTERLY, **row | {"record_id": 3, "value": 1385.0, "vintage_code": "final"})
    found = observe(bench, "measure_code, value, unit, multiplier, price_basis, vintage_code, preference = 1")
    assert sorted(found) == [
        ("index", 104.3, "上年同期=100", 1, "constant", "preliminary", True),
        ("level_current", 1385.0, "亿元", 100000000, "current", "final", True),
        ("level_current", 1403.18, "亿元", 100000000, "current", "preliminary", False),
    ]


def test_of_two_sources_of_one_figure_one_is_preferred(bench):
    row = {"region_name": "遂宁市", "period_name": "2021", "unit_name": "亿元", "indicator_name": "地区生产总值"}
    bench.insert(PROVINCE, **row | {"record_id": 1, "value": 1519.9, "source_title": "a", "source_grade": "repost"})
    bench.insert(PROVINCE, **row | {"record_id": 2, "value": 1519.87, "source_title": "b", "source_grade": "official"})
    assert observe(bench, "value, preference = 1") == [(1519.9, False), (1519.87, True)]


def test_a_county_has_the_code_of_its_time(bench):
    row = {"indicator_name": "常住人口", "unit_name": "万人", "value": 87.33}
    bench.insert(PROVINCE, **row | {"record_id": 1, "region_name": "射洪县", "period_name": "2018"})
    bench.insert(PROVINCE, **row | {"record_id": 2, "region_name": "四川省", "period_name": "2018"})
    assert observe(bench, "division_code") == [("510922000000",), ("510000000000",)]
    assert bench.broken(OBSERVATION, "region_known") == 0


@pytest.mark.parametrize(("tertiary", "broken"), [(551.55, 0), (551.57, 0), (551.60, 1), (651.55, 1)])
def test_parts_sum_to_the_total_within_rounding(bench, tertiary, broken):
    values = [217.58, 634.05, tertiary]
    monthly(bench, {"indicator_name": "地区生产总值", "value": 1403.18})
    monthly(bench, *({"indicator_name": name, "value": value} for name, value in zip(SECTORS, values, strict=True)))
    observe(bench)
    assert bench.broken(LATEST, "parts_sum_to_total") == broken


def test_parts_are_not_judged_until_all_are_there(bench):
    monthly(
        bench, {"indicator_name": "地区生产总值", "value": 1403.18}, {"indicator_name": SECTORS[0], "value": 217.58}
    )
    observe(bench)
    assert bench.broken(LATEST, "parts_sum_to_total") == 0


def test_shares_that_do_not_sum_to_hundred(bench):
    monthly(bench, *({"indicator_name": name, "value": 40.0} for name in SECTORS), measure_code="share", unit_name="%")
    observe(bench)
    assert bench.broken(LATEST, "shares_sum_to_hundred") == 3


def test_a_cumulative_flow_that_falls(bench):
    months = {"2020-01/02": 10.0, "2020-01/03": 18.0, "2020-01/04": 17.0}
    monthly(
        bench, *({"indicator_name": "税收收入", "period_name": name, "value": value} for name, value in months.items())
    )
    monthly(bench, {"indicator_name": "税收收入", "period_name": "2021-01/02", "value": 11.0})  # another year
    observe(bench)
    assert bench.broken(LATEST, "cumulative_does_not_fall") == 1


@pytest.mark.parametrize(("county_value", "broken"), [(280.6, 0), (250.0, 1)])
def test_counties_against_the_city(bench, county_value, broken):
    counties = ["船山区", "安居区", "蓬溪县", "大英县", "射洪市"]
    monthly(bench, {"indicator_name": "地区生产总值", "value": 1403.18})
    monthly(
        bench, *({"indicator_name": "地区生产总值", "value": county_value, "region_name": name} for name in counties)
    )
    observe(bench)
    assert bench.broken(LATEST, "counties_against_city") == broken


def test_a_jump_by_ten_thousand(bench):
    years = {"2018": 380.1, "2019": 402.2, "2020": 4100000.0}
    monthly(
        bench,
        *(
            {"indicator_name": "社会消费品零售总额", "period_name": name, "value": value}
            for name, value in years.items()
        ),
    )
    observe(bench)
    assert bench.broken(LATEST, "no_jump_by_ten_thousand") == 1


def test_percentage_points_are_not_per_cent(bench):
    growth = {"indicator_name": "地区生产总值", "measure_code": "yoy_real", "value": 4.3}
    monthly(bench, {**growth, "unit_name": "%"}, {**growth, "period_name": "2021", "unit_name": "个百分点"})
    observe(bench)
    assert bench.broken(OBSERVATION, "growth_in_percent") == 1


def test_what_is_built_keeps_its_contract(bench):
    monthly(bench, {"indicator_name": "地区生产总值", "value": 1403.18})
    observe(bench)
    assert bench.failures("macro.indicator") == {}
    assert bench.failures(OBSERVATION) == {}


def test_growth_beside_a_level_is_in_percent_and_not_in_the_unit_of_the_level(bench):
    monthly(
        bench,
        {"indicator_name": "地区生产总值", "value": 1403.18, "measure_code": "level_current"},
        {"indicator_name": "地区生产总值", "value": 4.3, "measure_code": "yoy_real"},
    )
    assert observe(bench, "measure_code, value, unit, multiplier") == [
        ("level_current", 1403.18, "亿元", 100000000),
        ("yoy_real", 4.3, "%", 1),
    ]


@pytest.mark.parametrize(
    ("table", "item_column", "item", "measure", "expected"),
    [
        ("finance__budget_execution", "indicator_name", "非税收入", "level_cumulative", ("budget_revenue_nontax", "万元", 10000)),
        ("finance__budget_execution", "indicator_name", "教育支出", "yoy_nominal", ("budget_education", "%", 1)),
        ("peoples_bank__deposits_and_loans", "indicator_name", "住户存款", "level_current", ("deposits_households", "亿元", 100000000)),
        ("power_supply__electricity_by_industry", "indicator_name", "工业用电量", "level_cumulative", ("electricity_industry", "万千瓦时", 10000)),
    ],
)  # fmt: skip
def test_a_report_has_the_unit_of_its_title_and_its_whole_city_is_the_city(
    bench, table, item_column, item, measure, expected
):
    row = {"record_id": 1, "region_name": "全市", "period_name": "2019-08", "measure_code": measure, "value": 7.5}
    bench.insert(f"staged.{table}", **row | {item_column: item})
    assert observe(bench, "division_code, indicator_code, unit, multiplier, measure_code") == [
        ("510900000000", *expected, measure)
    ]


def test_a_figure_nobody_has_published_stands_behind_one_that_somebody_has(bench):
    made_up = {"indicator_name": "进出口总额", "measure_code": "level_current", "value": 36.3}
    monthly(bench, {**made_up, "note": "示例数据，非公布数", "record_id": 1})
    row = {"indicator_name": "进出口总额", "region_name": "遂宁市", "period_name": "2020", "unit_name": "亿元"}
    bench.insert(PROVINCE, **row | {"record_id": 2, "value": 36.88, "source_grade": "repost"})
    assert observe(bench, "value, preference = 1, source_note") == [
        (36.3, False, "示例数据，非公布数"),
        (36.88, True, None),
    ]


def test_official_growth_of_product_is_real_and_that_of_revenue_is_nominal(bench):
    monthly(
        bench,
        {"indicator_name": "地区生产总值", "value": 8.2, "measure_code": "yoy", "unit_name": "%"},
        {"indicator_name": "规模以上工业增加值", "value": 9.9, "measure_code": "level_cumulative", "unit_name": "%"},
        {"indicator_name": "地方一般公共预算收入", "value": 14.7, "measure_code": "yoy", "unit_name": "%"},
        {"indicator_name": "居民消费价格", "value": 102.6, "measure_code": "level_current", "unit_name": None},
        {"indicator_name": "居民消费价格", "value": 2.6, "measure_code": "level_current", "unit_name": "%"},
    )
    assert observe(bench, "indicator_code, measure_code, value, price_basis") == [
        ("gdp", "yoy_real", 8.2, "constant"),
        ("industry_value_added", "yoy_real", 9.9, "constant"),
        ("budget_revenue", "yoy_nominal", 14.7, "current"),
        ("cpi", "index", 102.6, None),
        ("cpi", "yoy_nominal", 2.6, None),
    ]
    assert bench.broken(OBSERVATION, "growth_basis_is_official") == 0


@pytest.mark.parametrize("period", ["2020-05", "2020-01/05"])
def test_a_cumulative_figure_begins_in_january_whatever_the_sheet_is_called(bench, period):
    monthly(bench, {"indicator_name": "税收收入", "value": 40.0, "period_name": period})
    assert observe(bench, "period_start::varchar, period_end::varchar, measure_code") == [
        ("2020-01-01", "2020-05-31", "level_cumulative")
    ]
    assert bench.broken(OBSERVATION, "cumulative_from_january") == 0


def test_a_stock_is_not_cumulated(bench):
    monthly(bench, {"indicator_name": "金融机构各项存款余额", "value": 1480.0, "period_name": "2020-05"})
    assert observe(bench, "period_start::varchar, measure_code") == [("2020-05-01", "level_current")]


def test_a_figure_has_one_row_whoever_reports_it_and_the_others_are_named(bench):
    row = {"indicator_name": "地区生产总值", "period_name": "2021"}
    found = figure(
        bench,
        {**row, "value": 1519.87, "source_grade": "secondary"},
        {**row, "value": 1519.9, "source_grade": "official"},
        columns="value, chosen_by, observations, other_values",
    )
    assert found == [(1519.9, "authority", 2, "1519.87亿元")]


def test_one_series_over_the_renaming_of_a_county(bench):
    row = {"indicator_name": "常住人口", "unit_name": "万人"}
    found = figure(
        bench,
        {**row, "value": 87.33, "period_name": "2018", "region_name": "射洪县", "division_code": "510922000000"},
        {**row, "value": 71.5, "period_name": "2022", "region_name": "射洪市", "division_code": "510981000000"},
        {**row, "value": 71.4, "period_name": "2023", "region_name": "射洪"},
        columns="division_code, value",
    )
    assert sorted(value for _, value in found) == [71.4, 71.5, 87.33]
    assert len({code for code, _ in found}) == 1
    assert bench.query(f"select distinct division_code from {OBSERVATION} where period_name = '2018'") == [
        ("510922000000",)
    ]


def test_a_revision_adds_a_vintage_and_is_listed(bench):
    row = {"indicator_name": "地区生产总值", "period_name": "2020"}
    found = figure(
        bench,
        {**row, "value": 1403.18, "received_on": "2021-02-01", "file_name": "a_2021.json"},
        {**row, "value": 1385.0, "received_on": "2025-03-01", "file_name": "a_2025.json", "note": "普查修订"},
        columns="from_value, to_value, difference_percent, to_vintage_code, to_released_at::varchar",
        table="macro.revision",
    )
    assert found == [(1403.18, 1385.0, -1.2956, "census_revision", "2025-03-01")]
    assert bench.query(f"select value, chosen_by from {LATEST}") == [(1385.0, "vintage")]
    # what was known in 2022
    assert bench.query(
        f"select value from {OBSERVATION} where released_at <= '2022-01-01' "
        "qualify preference = min(preference) over (partition by figure_id)"
    ) == [(1403.18,)]


def test_a_later_release_of_the_same_source_stands(bench):
    row = {"indicator_name": "进出口总额", "period_name": "2021"}
    found = figure(
        bench,
        {**row, "value": 49.4, "file_name": "a_202201.json"},
        {**row, "value": 49.6, "file_name": "a_202302.json"},
        columns="value, chosen_by",
    )
    assert found == [(49.6, "release")]


def test_what_is_too_small_to_show_is_a_row_without_a_value(bench):
    monthly(bench, {"indicator_name": "烟叶税", "value": None, "status_code": "N"})
    assert observe(bench, "indicator_code, value, status_code") == [("tax_tobacco", None, "N")]


@pytest.mark.parametrize(
    ("unit", "expected"),
    [
        ("亿元", 1e8),
        ("万元", 1e4),
        ("万亿元", 1e12),
        ("百万美元", 1e6),
        ("千人", 1e3),
        ("千瓦时", 1),
        ("万千瓦时", 1e4),
        ("‰", 1),
    ],
)
def test_units(bench, unit, expected):
    monthly(bench, {"indicator_name": "进出口总额", "value": 1.5, "unit_name": unit})
    assert observe(bench, "multiplier, amount") == [(expected, 1.5 * expected)]
