"""What finance, industry, trade, planning, the central bank, the power company and office administration report: tables of
made-up totals.

Here: which cells their tables have. Not here: how the figures are made (figures.py), published ones (statistics.py).
"""

from collections.abc import Iterable

from ..errors import ErrorRates
from .figures import CITY, COUNTIES, MADE_UP, Figures, names
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

Cell = tuple[str, str, str, str, str]  # period, item, region, measure, value


def views(rates: ErrorRates) -> Views:
    """Views by resource id; tables are delivered whole at any scale, without errors."""
    return {
        "finance__budget_execution": _crosstab(
            _cells(BUDGET, (6, 7, 8), with_month=("一般公共预算收入",)),
            "subject_name",
            "一般公共预算收支执行情况表",
            "万元",
            ("201908",),
        ),
        "economy_information__industrial_figures": _crosstab(
            _cells(OUTPUT, (8,)), "indicator_name", "规模以上工业主要指标", "万元", ("201908",)
        ),
        "commerce__trade_figures": _crosstab(
            _cells(TRADE, (8,)), "indicator_name", "进出口和限上消费品零售情况表", "万元", ("201908",)
        ),
        "development_reform__project_figures": _crosstab(
            _cells(KEY_PROJECTS, (8,)), "indicator_name", "重点项目投资进度表", "万元", ("201908",)
        ),
        "peoples_bank__deposits_and_loans": _crosstab(
            _cells(DEPOSITS, (7, 8)), "item_name", "金融机构本外币存贷款余额表", "亿元", ("201907", "201908")
        ),
        "power_supply__electricity_by_industry": _crosstab(
            _cells(ELECTRICITY, (6, 7, 8)), "industry_name", "全社会用电量分行业统计表", "万千瓦时", ("201908",)
        ),
        "office_administration__vehicles_and_offices": View(
            _offices(), is_whole=True, title=f"公务用车和办公用房情况汇总表（{MADE_UP}）", stamps=("201812",)
        ),
    }


def _cells(figures: Figures, months: Iterable[int], with_month: tuple[str, ...] = ()) -> list[Cell]:
    """Level and growth of every item and region, for some the month alone, too."""
    level = "level_cumulative" if figures.is_flow else "level_current"
    cells = []
    for month in months:
        period = f"{YEAR}年{month}月"
        for item in names(figures.items):
            for region in REGIONS:
                where = (item, region, YEAR, month)
                if item in with_month:
                    cells.append((period, item, region, "level_current", f"{figures.month(*where):.{figures.digits}f}"))
                cells.append((period, item, region, level, f"{figures.level(*where):.{figures.digits}f}"))
                cells.append((period, item, region, "yoy_nominal", f"{figures.growth_of(*where):.1f}"))
    return cells


def _crosstab(cells: list[Cell], item: str, title: str, unit: str, stamps: tuple[str, ...]) -> View:
    """A sheet per month; a file per stamp, or one for all months."""
    periods = list(dict.fromkeys(cell[0] for cell in cells))
    rows = ", ".join(
        f"({seq}, {periods.index(cell[0]) if len(stamps) > 1 else 0}, " + ", ".join(f"'{text}'" for text in cell) + ")"
        for seq, cell in enumerate(cells)
    )
    sql = f"select * from (values {rows}) as t(seq, file_no, period_name, {item}, region_name, measure_code, value)"
    stock = {"level_current": ("余额",)} if unit == "亿元" else {}
    return View(
        sql,
        is_whole=True,
        title=f"{title}（{MADE_UP}） 单位：{unit}、%",
        stamps=stamps,
        spellings={"measure_code": stock},
    )


def _offices() -> str:
    """Totals of the year's end; the city's own offices are counted in the city, not in a county."""
    rows: list[str] = []
    for item, unit, total in OFFICES:
        counties = {county: round(total * 0.7 * share) for county, share in COUNTIES.items()}
        for region, amount in {CITY: total, **counties}.items():
            rows.append(f"({len(rows)}, 0, '2018', '{region}', '{item}', '{unit}', '{amount}')")
    return (
        f"select * from (values {', '.join(rows)}) as t(seq, file_no, year, region_name, item_name, unit_name, value)"
    )
