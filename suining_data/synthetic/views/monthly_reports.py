"""What finance, industry, trade, planning, the central bank, the power company and office administration report: tables of
made-up totals.

Here: which cells their tables have. Not here: how the figures are made (figures.py), published ones (statistics.py).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from ..errors import ErrorRates
from .figure_tables import Figure, figure_view
from .figures import CITY, COUNTIES, MADE_UP, Figures, paths
from .view import View, Views

BUDGET = Figures(
    {
        "一般公共预算收入": {"地方级税收收入": 421_000.0, "非税收入": 271_600.0},
        "一般公共预算支出": {
            "一般公共服务支出": 231_000.0,
            "公共安全支出": 104_000.0,
            "教育支出": 412_000.0,
            "社会保障和就业支出": 438_000.0,
            "卫生健康支出": 287_000.0,
            "城乡社区支出": 246_000.0,
            "农林水支出": 331_000.0,
            "交通运输支出": 98_000.0,
            "住房保障支出": 76_000.0,
            "其他各项支出": 135_000.0,
        },
    },
    growth=8.5,
)  # 万元
DEPOSITS = Figures(
    {
        "金融机构各项存款余额": {
            "住户存款": 1_046.0,
            "非金融企业存款": 214.0,
            "广义政府存款": 206.0,
            "非银行业金融机构存款": 14.0,
        },
        "金融机构各项贷款余额": {
            "住户贷款": 372.0,
            "企（事）业单位短期贷款": 161.0,
            "企（事）业单位中长期贷款": 398.0,
            "票据融资": 29.0,
        },
    },
    growth=9.6,
    is_flow=False,
    digits=2,
)  # 亿元
ELECTRICITY = Figures(
    {
        "全社会用电量": {
            "第一产业用电量": 9_800.0,
            "第二产业用电量": {"工业用电量": 301_000.0, "建筑业用电量": 21_500.0},
            "第三产业用电量": 104_000.0,
            "城乡居民生活用电量": {"城镇居民生活用电量": 88_000.0, "乡村居民生活用电量": 76_000.0},
        },
        "交通运输、仓储和邮政业用电量": 13_600.0,
    },
    growth=7.2,
)  # 万千瓦时; transport is one branch of the tertiary sector, shown beside it
REGIONS = (CITY, *COUNTIES)
YEAR = 2019
OUTPUT = Figures(
    {
        "规模以上工业总产值": 15_480_000.0,
        "规模以上工业主营业务收入": 14_880_000.0,
        "规模以上工业利润总额": 850_000.0,
    },
    growth=9.3,
)  # 万元
TRADE = Figures(
    {
        "进出口总额": {"出口总额": 228_000.0, "进口总额": 134_000.0},
        "限额以上单位消费品零售额": 1_310_000.0,
    },
    growth=10.4,
)  # 万元
KEY_PROJECTS = Figures(
    {"重点项目完成投资": {"省重点项目完成投资": 1_650_000.0, "市重点项目完成投资": 3_900_000.0}}, growth=9.8
)  # 万元
OFFICES = (
    ("公务用车编制数", "辆", 2_310), ("公务用车实有数", "辆", 2_104), ("办公用房总建筑面积", "平方米", 1_384_000),
    ("基本办公用房面积", "平方米", 802_000), ("对外出租（出借）办公用房面积", "平方米", 21_400),
)  # fmt: skip


def views(rates: ErrorRates) -> Views:
    """Views by resource id; tables are delivered whole at any scale, without errors."""
    return {
        "finance__budget_execution": _table(
            _figures(BUDGET, (6, 7, 8), "万元", with_month=("一般公共预算收入",)),
            "一般公共预算收支执行情况表", ("201908",), ("regions_under_measures",),
        ),
        "economy_information__industrial_figures": _table(
            _figures(OUTPUT, (8,), "万元"), "规模以上工业主要指标", ("201908",), ("regions_down",)
        ),
        "commerce__trade_figures": _table(
            _figures(TRADE, (8,), "万元"), "进出口和限上消费品零售情况表", ("201908",), ("measures_under_regions",)
        ),
        "development_reform__project_figures": _table(
            _figures(KEY_PROJECTS, (8,), "万元"), "重点项目投资进度表", ("201908",), ("regions_down",)
        ),
        "peoples_bank__deposits_and_loans": _table(
            _figures(DEPOSITS, (7, 8), "亿元", files=(7, 8)), "金融机构本外币存贷款余额表", ("201907", "201908"),
            ("measures_under_regions", "regions_down"),
        ),
        "power_supply__electricity_by_industry": _table(
            _figures(ELECTRICITY, (6, 7, 8), "万千瓦时"), "全社会用电量分行业统计表", ("201908",), ("regions_under_measures",)
        ),
        "office_administration__vehicles_and_offices": figure_view(
            _offices(), f"公务用车和办公用房情况汇总表（{MADE_UP}）", ("201812",), ("list",)
        ),
    }  # fmt: skip


def _figures(
    figures: Figures, months: Iterable[int], unit: str, files: tuple[int, ...] = (), with_month: tuple[str, ...] = ()
) -> Iterator[Figure]:
    """Level and growth of every item and region, for some the month alone, too. `files`: the months with a file each."""
    level = "level_cumulative" if figures.is_flow else "level_current"
    for month in months:
        file_no, period = files.index(month) if files else 0, f"{YEAR}年{month}月"
        for path in paths(figures.items):
            item = path.rsplit("/", 1)[-1]
            for region in REGIONS:
                where = (item, region, YEAR, month)
                place = (file_no, period, period, path, region)
                if item in with_month:
                    yield Figure(*place, "level_current", f"{figures.month(*where):.{figures.digits}f}", unit)
                yield Figure(*place, level, f"{figures.level(*where):.{figures.digits}f}", unit)
                yield Figure(*place, "yoy", f"{figures.growth_of(*where):.1f}", unit)


def _table(figures: Iterable[Figure], title: str, stamps: tuple[str, ...], layouts: tuple[str, ...]) -> View:
    """A sheet per month; a file per stamp, or one for all months. Balances are called so."""
    view = figure_view(figures, f"{title}（{MADE_UP}）", stamps, layouts)
    return replace(view, spellings={"measure_code": {"level_current": ("余额",)}}) if len(stamps) > 1 else view


def _offices() -> Iterator[Figure]:
    """Totals of the year's end; the city's own offices are counted in the city, not in a county."""
    for item, unit, total in OFFICES:
        counties = {county: round(total * 0.7 * share) for county, share in COUNTIES.items()}
        for region, amount in {CITY: total, **counties}.items():
            yield Figure(0, "Sheet1", "2018年", item, region, "level_current", str(amount), unit)
