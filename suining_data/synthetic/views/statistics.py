"""What the statistical bureaus deliver: published figures, quarterly accounts, the register of units.

Here: the real figures of data/reference/macro, each in the form of its delivery; what is not published is left out.
Not here: made-up figures: none but tax revenue has any (taxation.py), and says so in its title.
"""

import re
from collections.abc import Sequence

from ..city.geography import read_csv
from ..errors import ErrorRates
from .view import View, Views, organization_name_of

STAMPS = ("201708", "201908", "202312")  # files by period: up to 2016, up to 2019, later
GROWTH = {"地区生产总值增速(可比价)": ("地区生产总值", "yoy_real"), "规上工业增加值增速": ("规上工业增加值", "yoy_real"),
          "居民消费价格指数涨幅": ("居民消费价格", "yoy_nominal")}  # fmt: skip
SECTORS = ("第一产业", "第二产业", "第三产业")
ECONOMIC = "生产总值|产业|消费|预算|进出口|价格|固定资产|可支配|失业|工业"


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {
        "statistics__monthly_indicators": View(
            _monthly(), is_whole=True, title="遂宁市主要经济指标（已公布数）", stamps=STAMPS
        ),
        "statistics__quarterly_gdp": View(
            _gdp(), dates="iso", is_whole=True, title="地区生产总值核算表", stamps=STAMPS
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


def _values(rows: Sequence[tuple[object, ...]], names: str) -> str:
    def text(value: object) -> str:
        if value is None or value == "":
            return "null"
        return str(value) if isinstance(value, int) else "'" + str(value).replace("'", "''") + "'"

    values = ", ".join("(" + ", ".join(map(text, row)) + ")" for row in rows)
    return f"select * from (values {values}) as t({names})"


def _period_name(period: str) -> str:
    """The name of a sheet: 2019年, 2018年1-5月, 2023年上半年."""
    if found := re.fullmatch(r"(\d{4})M(\d+)-(\d+)", period):
        return f"{found[1]}年{found[2]}-{found[3]}月"
    return f"{period[:4]}年上半年" if period.endswith("H1") else f"{period[:4]}年"


def _measure(indicator: str) -> tuple[str, str]:
    """Indicator and measure: growth and shares are measures of what they speak of."""
    if indicator in GROWTH:
        return GROWTH[indicator]
    if indicator.endswith("增加值增速"):
        return indicator.removesuffix("增速"), "yoy_real"
    if indicator.endswith("增速"):
        return indicator.removesuffix("增速"), "yoy_nominal"
    if indicator.endswith("占GDP比重"):
        return indicator.removesuffix("占GDP比重") + "增加值", "share"
    return indicator, "level_cumulative"


def _monthly() -> str:
    """Economic figures as cells; the structure of three sectors becomes three shares. The first source of a cell wins."""
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
        (i, period, indicator, levels.get((period, indicator), unit), region, measure, value, _file_no(period))
        for i, ((period, indicator, region, measure), (value, unit)) in enumerate(
            sorted(cells.items(), key=lambda item: item[0][0])
        )
    ]
    return _values(rows, "seq, period_name, indicator_name, unit_name, region_name, measure_code, value, file_no")


def _gdp() -> str:
    """Published annual accounts: absolute values, and growth as an index of the year before."""
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
    rows = [
        (i, industry, region, f"{period}-12-31", value, index, "preliminary", _file_no(period))
        for i, ((period, region, industry), (value, index)) in enumerate(sorted(found.items()))
    ]
    plain = _values(
        rows, "seq, industry_name, region_name, ended, hundred_millions, constant_price_index, vintage_code, file_no"
    )
    return f"select *, ended::date as period_end_date, hundred_millions::decimal(18, 2) * 100000000 as gdp_cny from ({plain})"


def _indicators() -> str:
    """Every published figure with its source, as the province passes it on."""
    rows = []
    for i, row in enumerate(_figures(city_only=False)):
        is_number = re.fullmatch(r"-?[0-9.]+", row["value"]) is not None
        rows.append(
            (i, row["indicator"], row["code"], row["area"], row["period"] or "未注明", row["value"] if is_number else None,
             None if is_number else row["value"], row["unit"], row["source_title"], row["source_grade"], row["note"],
             _file_no(row["period"]))
        )  # fmt: skip
    return _values(
        rows, "seq, indicator_name, division_code, region_name, period_name, value, value_text, unit_name, source_title, "
        "source_grade, note, file_no",
    )  # fmt: skip


def _basic_units(rates: ErrorRates) -> str:
    return f"""
    select o.oid as seq, o.oid as organization_statistical_unit, o.uscc, o.organization_code,
        {organization_name_of("o", "o.oid", "census", rates)} as name, o.industry_code,
        case when o.kind = 'company' then ['173', '173', '159', '151', '160'][1 + pick(o.oid, 'form', 5)] else '190' end
            as registration_type_code,
        o.division_code, o.employees::varchar as employee_count
    from organization o where o.kind not in ('sole_trader', 'branch') and o.status_code = 'active' and u(o.oid, 'surveyed') < 0.062"""
