"""Every published figure comes back from tables in six layouts with its period, region, measure, unit and value."""

import re
from collections import Counter
from collections.abc import Callable
from itertools import groupby
from typing import Any

import pytest

from suining_data.synthetic.city.geography import read_csv
from suining_data_tests.ingestion.statistical_tables.conftest import Bureau, Rows

ALL = read_csv("macro/suining_published_figures.csv")
FIGURES = [row for row in ALL if row["period"]]
Sheets = dict[str, Rows]
Published = dict[str, str]


def period(figure: Published) -> str:
    """As a bureau writes it."""
    text = re.sub(r"M(\d+)-(\d+)$", r"年\1-\2月", figure["period"]).replace("H1", "年上半年")
    return f"{text}年" if re.fullmatch(r"\d{4}", text) else text


def expected(figure: Published) -> tuple[str, str, str, str, str]:
    """Period, region, measure, unit and value."""
    name, when = figure["indicator"], period(figure).replace("上半年", "1-2季度")
    if name.endswith("增速(可比价)"):
        measure = "yoy_real"
    elif name.endswith(("增速", "涨幅")):
        measure = "yoy"
    elif name.endswith("占GDP比重"):
        measure = "share"
    else:
        measure = "level_current" if re.fullmatch(r"\d{4}-\d\d-\d\d", when) else "level_cumulative"
    return when, figure["area"], measure, figure["unit"], number(figure["value"])


def number(text: str) -> str:
    return str(float(text)) if re.fullmatch(r"-?[0-9.]+", text) else text


def value(figure: Published) -> Any:
    return float(figure["value"]) if re.fullmatch(r"-?[0-9.]+", figure["value"]) else figure["value"]


def label(figure: Published) -> str:
    return f"{figure['indicator']}（{figure['unit']}）"


def grouped(key: Callable[[Published], str]) -> dict[str, list[Published]]:
    return {name: list(members) for name, members in groupby(sorted(FIGURES, key=key), key=key)}


def crossed(
    figures: list[Published],
    corner: list[str],
    row: Callable[[Published], tuple[str, ...]],
    column: Callable[[Published], str],
) -> list[list[Any]]:
    """A table with a row and a column for each; of two figures for one cell the second gets a row of its own."""
    columns = list(dict.fromkeys(map(column, figures)))
    rows: dict[tuple[tuple[str, ...], int], list[Any]] = {}
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    for figure in figures:
        place = (row(figure), column(figure))
        cells = rows.setdefault((place[0], seen[place]), [*place[0], *[None] * len(columns)])
        cells[len(corner) + columns.index(place[1])] = value(figure)
        seen[place] += 1
    return [[*corner, *columns], *rows.values()]


def regions_in_columns() -> Sheets:
    """A sheet for each period, the unit in a column."""
    return {
        name: [
            ["主要统计指标"],
            *crossed(members, ["指标名称", "计量单位"], lambda f: (f["indicator"], f["unit"]), lambda f: f["area"]),
        ]
        for name, members in grouped(period).items()
    }


def regions_in_rows() -> Sheets:
    """The period in the title, the unit in the header."""
    return {
        f"表{n}": [[f"{name}各县（区）主要统计指标"], *crossed(members, ["地区"], lambda f: (f["area"],), label)]
        for n, (name, members) in enumerate(grouped(period).items())
    }


def periods_in_columns() -> Sheets:
    """A sheet for each region, as in a yearbook, the unit in the label."""
    return {
        name: [["历年主要指标"], *crossed(members, ["指标"], lambda f: ("　" + label(f),), period)]
        for name, members in grouped(lambda f: f["area"]).items()
    }


def periods_in_rows() -> Sheets:
    """The region in the title."""
    return {
        f"Sheet{n}": [[f"{name}历年主要指标"], *crossed(members, ["年份"], lambda f: (period(f),), label)]
        for n, (name, members) in enumerate(grouped(lambda f: f["area"]).items())
    }


def one_list() -> Sheets:
    rows = [[n, f["indicator"], f["area"], period(f), f["unit"], value(f)] for n, f in enumerate(FIGURES, 1)]
    return {"Sheet1": [["序号", "指标", "地区", "时间", "计量单位", "数值"], *rows]}


def tables_below_each_other() -> Sheets:
    """All on one sheet: a title with period and region, a unit in the label, a note below each table."""
    rows: list[list[Any]] = []
    for name, members in grouped(lambda f: f"{f['area']}{period(f)}").items():
        rows += [
            [f"{name}主要统计指标"],
            ["指标名称", "绝对值"],
            *([label(f), value(f)] for f in members),
            ["资料来源：公报"],
            [],
        ]
    return {"Sheet1": rows}


LAYOUTS = (regions_in_columns, regions_in_rows, periods_in_columns, periods_in_rows, one_list, tables_below_each_other)


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.__name__)
def test_every_published_figure_comes_back(bureau: Bureau, layout: Callable[[], Sheets]) -> None:
    records = bureau.read(layout())
    found = [
        (r["所属期"], r["地区"].replace("全市", "遂宁市"), r["计量项"], r["计量单位"], number(r["数值"]))
        for r in records
    ]
    assert sorted(found) == sorted(map(expected, FIGURES))
    assert all(record["状态"] == "A" and record["单元格"] and record["工作表"] for record in records)


def test_few_published_figures_have_no_period() -> None:
    assert len(ALL) - len(FIGURES) <= 3
