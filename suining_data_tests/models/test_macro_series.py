"""What is made of the figures that stand: months, chains, growth, figures per head, and what the other bases count."""

from suining_data.settings import PROJECT
from suining_data_tests.models.figures import SECTORS, monthly, observe


def test_months_from_cumulative_figures_keep_january_and_february_together(bench):
    values = {"2020-01/02": 10.0, "2020-01/03": 18.0, "2020-01/05": 40.0, "2020-01/06": 49.0}
    monthly(bench, *({"indicator_name": "税收收入", "period_name": p, "value": v} for p, v in values.items()))
    observe(bench)
    assert bench.query(
        "select period_start::varchar, period_end::varchar, months, amount / 1e8 from macro.month order by period_end"
    ) == [
        ("2020-01-01", "2020-02-29", 2, 10.0),
        ("2020-03-01", "2020-03-31", 1, 8.0),
        ("2020-04-01", "2020-05-31", 2, 22.0),
        ("2020-06-01", "2020-06-30", 1, 9.0),
    ]


def test_a_chain_of_indices_and_growth_has_a_fixed_base(bench):
    row = {"indicator_name": "地区生产总值", "unit_name": "%"}
    monthly(
        bench,
        {**row, "period_name": "2019", "value": 8.1, "measure_code": "yoy_real"},
        {**row, "period_name": "2020", "value": 104.3, "measure_code": "index", "unit_name": "上年同期=100"},
        {**row, "period_name": "2021", "value": 8.2, "measure_code": "yoy_real"},
        {**row, "period_name": "2023", "value": 5.0, "measure_code": "yoy_real"},
    )
    observe(bench)
    found = bench.query("select year(period_end), chained_index, base_year from macro.chained_index order by 1")
    assert found == [(2019, 108.1, 2018), (2020, 112.7483, 2018), (2021, 121.9937, 2018), (2023, 105.0, 2022)]


def test_real_growth_is_not_recomputed_and_nominal_growth_is(bench):
    row = {"region_name": "遂宁市", "unit_name": "亿元"}
    for name, former, level, growth, measure in [
        ("地区生产总值", 1403.18, 1519.87, 8.2, "yoy_real"),
        ("进出口总额", 36.88, 49.4, 33.9, "yoy_nominal"),
        ("社会消费品零售总额", 500.0, 548.7, 17.4, "yoy_nominal"),
    ]:
        monthly(
            bench,
            {**row, "indicator_name": name, "value": former},
            {**row, "indicator_name": name, "value": level, "period_name": "2021"},
            {
                **row,
                "indicator_name": name,
                "value": growth,
                "period_name": "2021",
                "measure_code": measure,
                "unit_name": "%",
            },
        )
    observe(bench)
    assert bench.query(
        "select indicator_code, round(nominal_growth, 1), official_growth, difference_points is null from macro.growth order by 1"
    ) == [("gdp", 8.3, 8.2, True), ("retail_sales", 9.7, 17.4, False), ("trade", 33.9, 33.9, False)]
    assert bench.broken("macro.growth", "growth_follows_from_levels") == 1


def test_product_per_head_rests_on_a_population_that_is_named(bench):
    monthly(
        bench,
        {"indicator_name": "地区生产总值", "value": 1403.18},
        {"indicator_name": "常住人口", "value": 281.0, "unit_name": "万人"},
        {"indicator_name": "常住人口", "value": 318.9, "unit_name": "万人", "period_name": "2019"},
    )
    observe(bench)
    assert bench.query("select year, population, population_basis, gdp_per_capita from macro.per_capita") == [
        (2020, 2999500.0, "mean", 46780.0)
    ]


def test_figures_counted_in_the_other_bases_stand_beside_the_official_ones(bench):
    monthly(bench, {"indicator_name": "户籍人口", "value": 0.0003, "unit_name": "万人"}, received_on="2026-11-01")
    monthly(
        bench,
        {"indicator_name": "户籍人口", "value": 0.0002, "unit_name": "万人", "period_name": "2021"},
        received_on="2026-11-01",
    )
    for n, (born, died, county) in enumerate(
        [
            ("1980-05-01", None, "510903"),
            ("1950-01-01", "2020-06-01", "510922"),
            ("2021-03-01", None, "510981"),
            ("1990-01-01", None, "510981"),
        ]
    ):
        bench.insert(
            "population.person",
            person_id=f"P{n}",
            birth_date=born,
            death_date=died,
            registered_division_code=f"{county}000000",
        )
    observe(bench)
    bench.build("macro.derived")
    assert bench.query(
        "select left(division_code, 6), year(period_end), derived_value, official_amount, difference_percent from macro.derived "
        "where indicator_code = 'population_registered' and left(division_code, 6) in ('510900', '510981') order by 1, 2"
    ) == [
        ("510900", 2020, 2.0, 3.0, -33.33),
        ("510900", 2021, 3.0, 2.0, 50.0),
        ("510981", 2020, 1.0, None, None),
        ("510981", 2021, 2.0, None, None),
    ]


def test_the_recipe_of_growth_accounting_adds_up(bench):
    """The SQL of docs/macro.md: the points of the sectors sum to the growth at current prices."""
    for year, values in {"2020": [1000.0, 200.0, 450.0, 350.0], "2021": [1100.0, 210.0, 490.0, 400.0]}.items():
        names = ["地区生产总值", *SECTORS]
        figures = ({"indicator_name": n, "value": v, "period_name": year} for n, v in zip(names, values, strict=True))
        monthly(bench, *figures)
    observe(bench)
    recipe = (PROJECT / "docs" / "macro.md").read_text(encoding="utf-8").split("```sql")[1].split("```")[0]
    points = {code: value for _, code, value in bench.query(recipe)}
    assert points == {"gdp": 10.0, "gdp_primary": 1.0, "gdp_secondary": 4.0, "gdp_tertiary": 5.0}
