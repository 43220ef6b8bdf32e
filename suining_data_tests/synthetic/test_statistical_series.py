"""Made-up figures agree with the published ones and with each other, and say that nobody has published them."""

from collections import defaultdict

import duckdb
import pytest

from suining_data.synthetic.city.geography import read_csv
from suining_data.synthetic.errors import USUAL
from suining_data.synthetic.views import all_views
from suining_data.synthetic.views.statistical_series import REGIONS, monthly, quarterly
from suining_data_tests.synthetic.conftest import Sample

PROPOSED = {
    "statistics__monthly_indicators": 2500, "statistics__quarterly_gdp": 1440, "sichuan_statistics__indicators": 3000,
    "finance__budget_execution": 520, "peoples_bank__deposits_and_loans": 240, "power_supply__electricity_by_industry": 360,
    "office_administration__vehicles_and_offices": 30,
}  # fmt: skip


@pytest.mark.parametrize("resource_id", PROPOSED)
def test_tables_of_totals_have_the_proposed_cells(sample: Sample, resource_id: str) -> None:
    assert sample.summary.rows[resource_id] == pytest.approx(PROPOSED[resource_id], rel=0.01)


def test_every_published_figure_is_delivered_as_it_is(con: duckdb.DuckDBPyConnection) -> None:
    sql = all_views(USUAL)["sichuan_statistics__indicators"].sql
    told = con.execute(f"""select indicator_name, region_name, coalesce(value, value_text) from ({sql})
        where note is null or not contains(note, '非公布数')""").fetchall()
    rows = read_csv("macro/suining_published_figures.csv")
    assert sorted(told) == sorted((row["indicator"], row["area"], row["value"]) for row in rows)


def test_a_published_gdp_stands_and_its_made_up_sectors_sum_to_it(con: duckdb.DuckDBPyConnection) -> None:
    sql = all_views(USUAL)["statistics__quarterly_gdp"].sql
    rows = con.execute(f"""select indicator_path, value::double, note from ({sql}) where region_name = '遂宁市'
        and period_name = '2020年1-4季度' and vintage_code = 'preliminary' and measure_code like 'level%'""").fetchall()
    value = {industry: amount for industry, amount, _ in rows}
    assert value["地区生产总值"] == 1403.18
    assert sum(value.values()) == pytest.approx(2 * 1403.18)
    shares = [round(100 * value[sector] / 1403.18, 1) for sector in ("第一产业", "第二产业", "第三产业")]
    assert shares == [15.5, 45.2, 39.3]  # as published
    assert {industry for industry, _, note in rows if note} == {"第一产业", "第二产业", "第三产业"}


def test_counties_sum_to_the_city_and_sectors_to_the_whole() -> None:
    values = {(a.year, a.quarter, a.vintage, a.industry, a.region): round(100 * float(a.value)) for a in quarterly()}
    for year, quarter, vintage, industry, region in values:
        where = (year, quarter, vintage)
        if region == "遂宁市":
            counties = sum(values[*where, industry, county] for county in REGIONS if county != "遂宁市")
            assert values[*where, industry, region] == counties
        if industry == "地区生产总值":
            assert values[*where, industry, region] == sum(
                values[*where, sector, region] for sector in ("第一产业", "第二产业", "第三产业")
            )


def test_cumulative_figures_do_not_fall_within_a_year() -> None:
    series = defaultdict(list)
    for cell in monthly():
        if cell.measure == "level_cumulative":
            series[cell.year, cell.indicator, cell.region].append((cell.month, float(cell.value)))
    for account in quarterly():
        if account.vintage == "preliminary":
            series[account.year, account.industry, account.region].append((account.quarter, float(account.value)))
    assert len(series) > 100
    assert all(told == sorted(told) and [v for _, v in told] == sorted(v for _, v in told) for told in series.values())
