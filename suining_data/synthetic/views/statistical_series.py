"""Invented monthly and quarterly series that fill the statistical bureaus' tables between the published figures.

Here: the months October 2016 to August 2019 and the quarters of 2016 to June 2022, by county. Not here: published figures,
the content of each table (statistics.py). A published figure is always used, and the other figures agree with it: a year's
GDP is the sum of its parts, and the growth of a year's months is near its published growth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .figures import CITY, COUNTIES, Figures, wiggle
from .monthly_reports import BUDGET, DEPOSITS, ELECTRICITY

RETAIL = Figures({"社会消费品零售总额": 478.9}, growth=10.7, digits=2)  # 亿元; 2019 follows from 2021 and its growth
# Indicator, unit, whose figures, their item, what makes its unit of theirs
LEVELS = (
    ("社会消费品零售总额", "亿元", RETAIL, "社会消费品零售总额", 1),
    ("地方一般公共预算收入", "亿元", BUDGET, "一般公共预算收入", 10_000),
    ("地方一般公共预算支出", "亿元", BUDGET, "一般公共预算支出", 10_000),
    ("金融机构各项存款余额", "亿元", DEPOSITS, "金融机构各项存款余额", 1),
    ("金融机构各项贷款余额", "亿元", DEPOSITS, "金融机构各项贷款余额", 1),
    ("全社会用电量", "亿千瓦时", ELECTRICITY, "全社会用电量", 10_000),
)
# For industry and investment only growth is published; per cent by year
GROWTH = {
    "规模以上工业增加值": ("yoy_real", {2016: 10.2, 2017: 9.8, 2018: 9.9, 2019: 9.6}),
    "全社会固定资产投资": ("yoy", {2016: 15.1, 2017: 14.6, 2018: 12.8, 2019: 12.0}),
}
MONTHS = {
    2016: (10, 11),
    2017: (2, 11),
    2018: (2, 11),
    2019: (2, 8),
}  # from, to; December is the year's figure: published, or missing
REGIONS = {"遂宁市": CITY} | {("射洪县" if name == "射洪市" else name): name for name in COUNTIES}  # 射洪 until 2019-11

# GDP by year, 亿元, its index, and the shares of the sectors; 2020 and 2021, the indexes from 2019 to 2021 and the
# shares of 2020 are published.
GDP = {
    2016: (1008.4, 108.2, (17.1, 50.6, 32.3)), 2017: (1121.6, 108.3, (16.0, 49.4, 34.6)), 2018: (1221.4, 108.5, (14.6, 48.1, 37.3)),
    2019: (1345.7, 108.1, (14.2, 46.2, 39.6)), 2020: (1403.18, 104.3, (15.5, 45.2, 39.3)), 2021: (1519.87, 108.2, (15.0, 45.5, 39.5)),
    2022: (1614.5, 104.1, (14.8, 45.9, 39.3)),
}  # fmt: skip
SECTORS = {"第一产业": -3.9, "第二产业": 0.4, "第三产业": 0.8}  # points above the index of the whole
QUARTERS = {1: (0.2, -0.6), 2: (0.44, -0.2), 3: (0.69, 0.1), 4: (1.0, 0.0)}  # share of the year, points above its index
LAST_QUARTER = (2022, 2)
FINAL_YEARS = range(2016, 2020)  # verified a year later, a little higher


@dataclass(frozen=True)
class Cell:
    """A figure from January to a month."""

    year: int
    month: int
    indicator: str
    unit: str
    region: str
    measure: str
    value: str


@dataclass(frozen=True)
class Account:
    """GDP of a sector and region from January to a quarter's end, 亿元, and its index."""

    year: int
    quarter: int
    industry: str
    region: str
    vintage: str
    value: str
    index: str


def monthly() -> Iterator[Cell]:
    """Levels and growth of every indicator and region; January comes with February."""
    for year, (first, last) in MONTHS.items():
        for month in range(first, last + 1):
            for name, (measure, rates) in GROWTH.items():
                for region in REGIONS:
                    rate = (
                        rates[year]
                        + wiggle(name, year, month)
                        + (2.4 * wiggle(name, region) if region != "遂宁市" else 0)
                    )
                    yield Cell(year, month, name, "%", region, measure, f"{rate:.1f}")
            for name, unit, figures, item, ratio in LEVELS:
                measure = "level_cumulative" if figures.is_flow else "level_current"
                for region, inner in REGIONS.items():
                    amount = figures.level(item, inner, year, month) / ratio
                    growth = figures.growth_of(item, inner, year, month)
                    yield Cell(year, month, name, unit, region, measure, f"{amount:.2f}")
                    yield Cell(year, month, name, unit, region, "yoy", f"{growth:.1f}")


def quarterly() -> Iterator[Account]:
    """Every quarter at its first account, and the years that have been verified."""
    for year in GDP:
        for quarter in QUARTERS:
            if (year, quarter) <= LAST_QUARTER:
                yield from _accounts(year, quarter, "preliminary", 1.0)
        if year in FINAL_YEARS:
            yield from _accounts(year, 4, "final", 1.004)


def _accounts(year: int, quarter: int, vintage: str, revised: float) -> Iterator[Account]:
    total, index, shares = GDP[year]
    part, points = QUARTERS[quarter]
    whole = round(100 * total * part * revised)
    sums = {sector: round(whole * share / 100) for sector, share in zip(SECTORS, shares, strict=True)}
    sums["第三产业"] += whole - sum(sums.values())
    cents = {(sector, county): amount for sector in SECTORS for county, amount in _spread(sums[sector], sector).items()}
    for region, county in REGIONS.items():
        amounts = {
            s: sum(v for (sector, c), v in cents.items() if sector == s and county in (CITY, c)) for s in SECTORS
        }
        own = 0.0 if county == CITY else 1.2 * wiggle("index", county)
        indexes = {s: index + points + own + above for s, above in SECTORS.items()}
        amounts = {"地区生产总值": sum(amounts.values())} | amounts
        indexes = {"地区生产总值": index + points + own} | indexes
        for industry, value in amounts.items():
            yield Account(year, quarter, industry, region, vintage, f"{value / 100:.2f}", f"{indexes[industry]:.1f}")


def _spread(total: int, sector: str) -> dict[str, int]:
    """A sector's sum distributed to the counties, without a remainder."""
    weights = {county: weight * (1 + 0.2 * wiggle(sector, county)) for county, weight in COUNTIES.items()}
    parts = {county: round(total * weight / sum(weights.values())) for county, weight in weights.items()}
    parts["船山区"] += total - sum(parts.values())
    return parts
