"""Every published figure of data/reference/macro comes through a delivery, in whatever layout, into macro.latest unchanged."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import duckdb
import pytest
from openpyxl import Workbook

from suining_data.settings import REFERENCE, Settings

DIVISIONS = "natural_resources__divisions"
MONTHLY, PROVINCE = "statistics__monthly_indicators", "sichuan_statistics__indicators"
NOMINAL = ("社会消费品", "预算收入", "可支配收入", "固定资产")
TOGETHER = "三次产业结构"


class Figure(NamedTuple):
    region: str
    code: str
    period: str
    name: str
    value: str
    unit: str
    source: str
    grade: str
    note: str

    @property
    def is_year(self) -> bool:
        return re.fullmatch(r"\d{4}", self.period) is not None

    @property
    def days(self) -> tuple[str, str]:
        """First and last day, as text."""
        year = self.period[:4]
        if self.is_year:
            return f"{year}-01-01", f"{year}-12-31"
        return {"H1": (f"{year}-01-01", f"{year}-06-30"), "M1-5": (f"{year}-01-01", f"{year}-05-31")}.get(
            self.period[4:], (self.period, self.period)
        )

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures that it may have; a level of a part of a year is cumulative if it is a flow."""
        if self.name == "居民消费价格指数涨幅":
            return ("yoy_nominal",)
        if "增速" in self.name:
            return (
                ("yoy_nominal",)
                if self.name.startswith(NOMINAL) or "收入" in self.name or "零售" in self.name or "投资" in self.name
                else ("yoy_real",)
            )
        if "占GDP比重" in self.name:
            return ("share",)
        return ("level_current",) if self.is_year or "-11-01" in self.period else ("level_cumulative", "level_current")


def _published() -> list[Figure]:
    with (REFERENCE / "macro" / "suining_published_figures.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = [Figure(*row) for row in list(csv.reader(file))[1:]]
    return [row for row in rows if row.period and row.name != TOGETHER]


FIGURES = _published()


def _sheet_name(period: str) -> str:
    year, rest = period[:4], period[4:]
    return {"": f"{year}年", "H1": f"{year}年上半年", "M1-5": f"{year}年1—5月"}.get(rest, period)


def _by(figures: Iterable[Figure], what: str) -> dict[str, list[Figure]]:
    groups: dict[str, list[Figure]] = {}
    for each in figures:
        groups.setdefault(getattr(each, what), []).append(each)
    return groups


def _first_of_each_cell(figures: list[Figure], *what: str) -> list[Figure]:
    """A cell has one value: of two sources of one figure the first."""
    return list({tuple(getattr(each, name) for name in what): each for each in reversed(figures)}.values())


def regions_in_columns(book: Workbook) -> list[Figure]:
    """A sheet a period; regions in the header, the measure below them; units in a column."""
    written = _first_of_each_cell(FIGURES, "region", "period", "name")
    for period, figures in _by(written, "period").items():
        sheet = book.create_sheet(_sheet_name(period))
        regions = list(_by(figures, "region"))
        sheet.append(["主要经济指标"])
        sheet.append(["指标名称", "计量单位", *regions])
        sheet.append(["", "", *("绝对值" for _ in regions)])
        for (name, unit), cells in _rows(figures).items():
            sheet.append([name, unit, *(_number(cells.get(region)) for region in regions)])
        sheet.append(["注：本表数据来自公开资料。"])
    return written


def regions_in_rows(book: Workbook) -> list[Figure]:
    """A sheet a period; regions in rows, indicators with their units in the header, under a title."""
    written = _first_of_each_cell(FIGURES, "region", "period", "name")
    for n, (period, figures) in enumerate(_by(written, "period").items()):
        sheet = book.create_sheet(f"表{n + 1}")
        names = list(_rows(figures))
        sheet.append([f"{_sheet_name(period)}各地主要指标"])
        sheet.append(["地区", *(f"{name}（{unit}）" for name, unit in names)])
        for region, members in _by(figures, "region").items():
            found = {(each.name, each.unit): each.value for each in members}
            sheet.append([region, *(_number(found.get(name)) for name in names)])
    return written


def years_in_columns(book: Workbook) -> list[Figure]:
    """A yearbook: a sheet a region, years in the header as numbers, indicators indented below each other."""
    written = _first_of_each_cell([each for each in FIGURES if each.is_year], "region", "period", "name")
    for region, figures in _by(written, "region").items():
        sheet = book.create_sheet(region)
        years = sorted(_by(figures, "period"))
        sheet.append([f"{region}历年主要指标"])
        sheet.append(["指标", "单位", *map(int, years)])
        for name, unit in _rows(figures):
            found = {each.period: each.value for each in figures if (each.name, each.unit) == (name, unit)}
            sheet.append([f"　　{name}", unit, *(_number(found.get(year)) for year in years)])
    return written


def a_long_list(book: Workbook) -> list[Figure]:
    """One row a figure: indicator, region, period, unit, value."""
    written = _first_of_each_cell(FIGURES, "region", "period", "name")
    sheet = book.create_sheet("明细")
    sheet.append(["序号", "指标名称", "地区", "时期", "计量单位", "数值"])
    for n, each in enumerate(written, start=1):
        sheet.append([n, each.name, each.region, _sheet_name(each.period), each.unit, _number(each.value)])
    return written


def periods_in_rows(book: Workbook) -> list[Figure]:
    """A series: a sheet a region, years in rows, indicators in columns with the unit below."""
    written = _first_of_each_cell([each for each in FIGURES if each.is_year], "region", "period", "name")
    for region, figures in _by(written, "region").items():
        sheet = book.create_sheet(region)
        names = list(_rows(figures))
        sheet.append(["年份", *(name for name, _ in names)])
        sheet.append(["", *(f"（{unit}）" for _, unit in names)])
        for period, members in sorted(_by(figures, "period").items()):
            found = {(each.name, each.unit): each.value for each in members}
            sheet.append([f"{period}年", *(_number(found.get(name)) for name in names)])
    return written


LAYOUTS = (regions_in_columns, regions_in_rows, years_in_columns, periods_in_rows, a_long_list)


def _rows(figures: Iterable[Figure]) -> dict[tuple[str, str], dict[str, str]]:
    """(name, unit) -> region -> value."""
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for each in figures:
        rows.setdefault((each.name, each.unit), {})[each.region] = each.value
    return rows


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _refreshed(delivered: Settings, empty: Path, folder: Path, resource: str) -> Path:
    """The database that a refresh of one resource of figures and the divisions publishes; its file is in landing/ already."""
    data = Settings(data=folder / "data")
    (data.landing / "natural_resources").mkdir(parents=True, exist_ok=True)
    for file in delivered.landing.glob("natural_resources/xzqh_*"):
        shutil.copy(file, data.landing / "natural_resources")
    data.warehouse.parent.mkdir()
    shutil.copyfile(empty, data.warehouse)
    ran = subprocess.run(
        [sys.executable, "-m", "suining_data_tests.end_to_end.part_refresh", DIVISIONS, resource],
        env={**os.environ, "SUINING_DATA": str(data.data), "SUINING_QUIET_SECONDS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return data.published / "suining.duckdb"


def _missing(database: Path, written: Iterable[Figure]) -> list[tuple[Figure, object]]:
    """Figures whose value does not stand with its period, measure and unit, and what stands there instead."""
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute(
            """
            select region_name, period_start::varchar, period_end::varchar, value, unit, latest.measure_code, indicator_code
            from macro.latest
            """
        ).fetchall()
        names = dict(con.execute("select name, indicator_code from macro.indicator_name").fetchall())
    standing = {(*row[:5], row[6]) for row in found}
    measured = {(*row[:3], row[6], row[5]) for row in found}
    missing = []
    for each in written:
        key = (each.region, *each.days, float(each.value), each.unit, names[each.name])
        if key not in standing or not any(
            (each.region, *each.days, names[each.name], m) in measured for m in each.measures
        ):
            missing.append((each, [row for row in found if row[0] == each.region and row[6] == names[each.name]]))
    return missing


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_published_figures_in_tables_of_statisticians(
    layout, delivered: Settings, empty_warehouse: Path, tmp_path: Path
):
    book = Workbook()
    written = layout(book)
    book.remove(book["Sheet"])
    landing = tmp_path / "data" / "landing" / "statistics"
    landing.mkdir(parents=True)
    book.save(landing / "ydzb_202312.xlsx")
    database = _refreshed(delivered, empty_warehouse, tmp_path, MONTHLY)
    assert len(written) > 70
    assert _missing(database, written) == []


def test_published_figures_as_the_province_delivers_them(delivered: Settings, empty_warehouse: Path, tmp_path: Path):
    landing = tmp_path / "data" / "landing" / "sichuan_statistics"
    landing.mkdir(parents=True)
    rows = [
        {
            "zbmc": each.name, "dqdm": each.code, "dqmc": each.region, "sjq": each.period, "zhi": each.value, "zhi_wz": None,
            "dw": each.unit, "ly": each.source, "lydj": each.grade, "bz": each.note,
        }
        for each in FIGURES
    ]  # fmt: skip
    (landing / "sxzb_202312.json").write_text(json.dumps({"data": rows}, ensure_ascii=False), encoding="utf-8")
    database = _refreshed(delivered, empty_warehouse, tmp_path, PROVINCE)
    # of two values of one figure the official one stands, and names the other
    (other,) = [each for each in FIGURES if each.value == "1519.87"]
    assert [each for each, _ in _missing(database, FIGURES)] == [other]
    with duckdb.connect(str(database), read_only=True) as con:
        found = con.execute("select value, chosen_by, other_values from macro.latest where period_end = '2021-12-31' "
                            "and indicator_code = 'gdp' and measure_code = 'level_current' and region_name = '遂宁市'").fetchall()  # fmt: skip
    assert found == [(1519.9, "authority", "1519.87亿元")]


def test_a_later_file_adds_a_vintage_and_the_former_one_stays_known(
    delivered: Settings, empty_warehouse: Path, tmp_path: Path
):
    landing = tmp_path / "data" / "landing" / "statistics"
    landing.mkdir(parents=True)
    others = [  # a file with one figure would be implausible; parts of a total would have to sum to it
        "进出口总额", "社会消费品零售总额", "全社会固定资产投资", "地方一般公共预算收入", "地方一般公共预算支出", "金融机构各项存款余额",
        "金融机构各项贷款余额", "规模以上工业增加值", "农林牧渔业总产值", "旅游收入",
    ]  # fmt: skip
    for file, released, value in [
        ("ydzb_202101.xlsx", "2021-02-05", 1403.18),
        ("ydzb_202501.xlsx", "2025-02-01", 1385.0),
    ]:
        book = Workbook()
        sheet = book["Sheet"]
        rows: list[list[object]] = [["2020年主要指标"], ["指标", "单位", "绝对值"], ["地区生产总值", "亿元", value]]
        rows += [[other, "亿元", 10.5] for other in others]
        for row in [*rows, [f"发布日期：{released}"]]:
            sheet.append(row)
        book.save(landing / file)
    database = _refreshed(delivered, empty_warehouse, tmp_path, MONTHLY)

    def gdp(columns: str, table: str, *parameters: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(database), read_only=True) as con:
            sql = f"select {columns} from {table} where indicator_code = 'gdp' order by all"
            return con.execute(sql, parameters).fetchall()

    assert gdp("value, chosen_by, observations", "macro.latest") == [(1385.0, "release", 2)]
    assert gdp("from_value, to_value, from_released_at::varchar, to_released_at::varchar", "macro.revision") == [
        (1403.18, 1385.0, "2021-02-05", "2025-02-01")
    ]
    for day, known in [("2021-01-01", []), ("2022-01-01", [(1403.18,)]), ("2026-01-01", [(1385.0,)])]:
        assert gdp("value", "macro.as_of(?::date)", day) == known
    assert gdp("file_name, sheet_name, cell", "macro.observation") == [
        ("ydzb_202101.xlsx", "Sheet", "C3"),
        ("ydzb_202501.xlsx", "Sheet", "C3"),
    ]
