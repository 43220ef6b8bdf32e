"""Deliveries of the statistical bureaus: published figures, quarterly accounts, the register of units.

Here: the real figures of data/reference/macro, each in the form of its delivery, and invented figures between them, which
say so in their remark. Not here: how figures are invented (statistical_series.py).
"""

import re
from collections.abc import Iterator, Sequence

from suining_data.sql import Value, literals

from ..city.geography import read_csv
from ..errors import ErrorRates
from . import statistical_series as series
from .figure_tables import Figure, figure_view
from .figures import MADE_UP
from .view import View, Views, organization_name_of

STAMPS = ("201708", "201908", "202312")  # files by period: up to 2016, up to 2019, later
GROWTH = {"地区生产总值增速(可比价)": ("地区生产总值", "yoy_real"), "规上工业增加值增速": ("规上工业增加值", "yoy_real"),
          "居民消费价格指数涨幅": ("居民消费价格", "yoy")}  # fmt: skip
SECTORS = ("第一产业", "第二产业", "第三产业")
Account = tuple[str, str, str, str | None, str | None, str, str | None, int]
ECONOMIC = "生产总值|产业|消费|预算|进出口|价格|固定资产|可支配|失业|工业"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "statistics__monthly_indicators": figure_view(
            _monthly(),
            f"遂宁市主要经济指标（注明“{MADE_UP}”的以外为已公布数）",
            STAMPS,
            ("measures_under_regions", "regions_under_measures", "measures_under_regions"),
        ),
        "statistics__quarterly_gdp": figure_view(
            _gdp(), "地区生产总值核算表", STAMPS, ("list", "list", "measures_under_regions")
        ),
        "statistics__basic_units": View(_basic_units(rates)),
        "sichuan_statistics__indicators": View(_indicators(), is_whole=True, stamps=STAMPS),
    }


def _figures(city_only: bool) -> list[dict[str, str]]:
    rows = read_csv("macro/suining_published_figures.csv")
    return [row for row in rows if not city_only or (row["code"].startswith("5109") and row["period"])]


def _file_no(period: str) -> int:
    year = int(period[:4]) if period else 2019
    return 0 if year <= 2016 else 1 if year <= 2019 else 2


def _values(rows: Sequence[tuple[Value, ...]], names: str) -> str:
    values = ", ".join(f"({literals(None if value == '' else value for value in row)})" for row in rows)
    return f"select * from (values {values}) as t({names})"


def _period_name(period: str) -> str:
    """The name of a sheet: 2019年, 2018年1-5月, 2023年上半年."""
    if found := re.fullmatch(r"(\d{4})M(\d+)-(\d+)", period):
        return f"{found[1]}年{found[2]}-{found[3]}月"
    return f"{period[:4]}年上半年" if period.endswith("H1") else f"{period[:4]}年"


def _measure(indicator: str) -> tuple[str, str]:
    """Indicator and measure: growth and shares are measures of their indicator."""
    if indicator in GROWTH:
        return GROWTH[indicator]
    if indicator.endswith("增加值增速"):
        return indicator.removesuffix("增速"), "yoy_real"
    if indicator.endswith("增速"):
        return indicator.removesuffix("增速"), "yoy"
    if indicator.endswith("占GDP比重"):
        return indicator.removesuffix("占GDP比重") + "增加值", "share"
    return indicator, "level_cumulative"


def _monthly() -> list[Figure]:
    """Economic figures as cells; the structure of three sectors becomes three shares. The first source of a cell counts.

    Cells that are not published are invented; their remark says so.
    """
    cells: dict[tuple[str, str, str, str], tuple[str, str]] = {}
    for row in _figures(city_only=True):
        if not re.search(ECONOMIC, row["indicator"]):
            continue
        period, region = _period_name(row["period"]), row["area"]
        if row["indicator"] == "三次产业结构":
            if "preliminary" not in row["note"]:
                for sector, share in zip(SECTORS, row["value"].split(":"), strict=True):
                    cells.setdefault((period, sector + "增加值", region, "share"), (share, "%"))
            continue
        indicator, measure = _measure(row["indicator"])
        cells.setdefault((period, indicator, region, measure), (row["value"], row["unit"]))
    levels = {
        (period, indicator): unit
        for (period, indicator, _, measure), (_, unit) in cells.items()
        if measure == "level_cumulative"
    }
    rows = [
        Figure(
            _file_no(period), period, period, indicator, region, measure, value, levels.get((period, indicator), unit)
        )
        for (period, indicator, region, measure), (value, unit) in cells.items()
    ]
    for cell in series.monthly():
        period = f"{cell.year}年1-{cell.month}月"
        if (period, cell.indicator, cell.region, cell.measure) not in cells:
            where = (_file_no(period), period, period, cell.indicator, cell.region)
            rows.append(Figure(*where, cell.measure, cell.value, cell.unit, MADE_UP))
    return sorted(rows, key=lambda row: _place(row.period_name))


def _place(period: str) -> tuple[int, ...]:
    """Orders sheets: by year, then by their last month; the year itself last."""
    months = re.findall(r"\d+", period[4:])
    return int(period[:4]), int(months[-1]) if months else 6 if "上半年" in period else 12


def _gdp() -> Iterator[Figure]:
    """Published annual accounts: absolute values, and growth as an index of the year before. Missing values are invented."""
    found: dict[tuple[str, str, str], list[str | None]] = {}
    for row in _figures(city_only=True):
        if not re.fullmatch(r"\d{4}", row["period"]):
            continue
        indicator = row["indicator"]
        industry = (
            "地区生产总值"
            if indicator.startswith("地区生产总值")
            else indicator[:4]
            if "产业增加值" in indicator
            else None
        )
        if industry is None:
            continue
        entry = found.setdefault((row["period"], row["area"], industry), [None, None])
        if "增速" in indicator:
            entry[1] = entry[1] or f"{100 + float(row['value']):.1f}"
        else:
            entry[0] = entry[0] or row["value"]
    published: list[Account] = [
        (industry, region, f"{period}-12-31", value, index, "preliminary", None, _file_no(period))
        for (period, region, industry), (value, index) in sorted(found.items())
    ]
    for industry, region, ended, value, index, vintage, note, file_no in _filled(published):
        quarter = int(ended[5:7]) // 3
        period = f"{ended[:4]}年第1季度" if quarter == 1 else f"{ended[:4]}年1-{quarter}季度"
        where = (file_no, "Sheet1" if file_no < 2 else period, period, industry, region)
        for measure, figure in (("level_cumulative", value), ("index", index)):
            if figure is not None:
                yield Figure(*where, measure, figure, "亿元", note, vintage)


def _filled(published: list[Account]) -> list[Account]:
    """Published accounts, with missing values and indexes invented, and accounts of the other quarters and counties."""
    rows = {
        (industry, region, ended, vintage): row
        for row in published
        for industry, region, ended, *_, vintage, _, _ in [row]
    }
    for account in series.quarterly():
        ended = f"{account.year}-{('03-31', '06-30', '09-30', '12-31')[account.quarter - 1]}"
        region = "射洪市" if account.region == "射洪县" and ended > "2019-11" else account.region
        key = (account.industry, region, ended, account.vintage)
        _, _, _, value, index, *_ = rows.get(key, (None,) * 5)
        missing = [name for name, figure in (("绝对值", value), ("指数", index)) if figure is None]
        if missing:
            note = MADE_UP if len(missing) == 2 else f"{missing[0]}为{MADE_UP}"
            values = (value or account.value, index or account.index, account.vintage, note)
            rows[key] = (account.industry, region, ended, *values, _file_no(ended))
    return sorted(rows.values(), key=lambda row: (str(row[2]), str(row[5])))


def _indicators() -> str:
    """Every published figure with its source, as the province delivers it, and the series between them."""
    rows: list[tuple[Value, ...]] = []
    for i, row in enumerate(_figures(city_only=False)):
        is_number = re.fullmatch(r"-?[0-9.]+", row["value"]) is not None
        rows.append(
            (i, row["indicator"], row["code"], row["area"], row["period"] or "未注明", row["value"] if is_number else None,
             None if is_number else row["value"], row["unit"], row["source_title"], row["source_grade"], row["note"],
             _file_no(row["period"]))
        )  # fmt: skip
    rows += [(len(rows) + i, *row) for i, row in enumerate(_made_up_indicators())]
    return _values(
        rows, "seq, indicator_name, division_code, region_name, period_name, value, value_text, unit_name, source_title, "
        "source_grade, note, file_no",
    )  # fmt: skip


def _made_up_indicators() -> Iterator[tuple[Value, ...]]:
    """The city's series as the province delivers them: growth is a separate indicator; GDP by quarter, not by year."""
    codes = {row["area"]: row["code"] for row in _figures(city_only=True)}
    published = {(row["period"], row["area"], row["indicator"]) for row in _figures(city_only=True)}
    for cell in series.monthly():
        is_growth = cell.measure.startswith("yoy")
        name, period = cell.indicator + ("增速" if is_growth else ""), f"{cell.year}M1-{cell.month}"
        if (period, cell.region, name.replace("规模以上工业", "规上工业")) not in published:
            yield _as_made_up(name, codes, cell.region, period, cell.value, "%" if is_growth else cell.unit)
    for account in series.quarterly():
        if account.quarter < 4 and account.year < 2022:
            name = account.industry + ("增加值" if account.industry.endswith("产业") else "")
            yield _as_made_up(
                name, codes, account.region, f"{account.year}M1-{account.quarter * 3}", account.value, "亿元"
            )


def _as_made_up(name: str, codes: dict[str, str], region: str, period: str, value: str, unit: str) -> tuple[Value, ...]:
    return name, codes[region], region, period, value, None, unit, "示例", "示例", MADE_UP, _file_no(period)


def _basic_units(rates: ErrorRates) -> str:
    return f"""
    select o.oid as seq, o.oid as organization_statistical_unit, o.uscc, o.organization_code,
        {organization_name_of("o", "o.oid", "census", rates)} as name, o.industry_code,
        case when o.kind = 'company' then ['173', '173', '159', '151', '160'][1 + pick(o.oid, 'form', 5)] else '190' end
            as registration_type_code,
        o.division_code, o.employees::varchar as employee_count
    from organization o where o.kind not in ('sole_trader', 'branch') and o.status_code = 'active' and u(o.oid, 'surveyed') < 0.062"""
