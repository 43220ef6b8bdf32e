"""A macro base for what is made of it: the figures that the city has published, and some that pages have to mark."""

import csv
import re

import pytest

from suining_data.settings import REFERENCE
from suining_data_tests.bench import Bench

PUBLISHED = "staged.sichuan_statistics__indicators"
MONTHLY = "staged.statistics__monthly_indicators"
DIVISIONS = {
    "510000": ("四川省", "province"),
    "510900": ("遂宁市", "city"),
    "510903": ("船山区", "county"),
    "510904": ("安居区", "county"),
    "510921": ("蓬溪县", "county"),
    "510923": ("大英县", "county"),
    "510981": ("射洪市", "county"),
}
HOSTILE = '<script>alert("x")</script>&\'火锅指数'


def published_figures() -> list[dict[str, str]]:
    with (REFERENCE / "macro" / "suining_published_figures.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def staged(row: dict[str, str]) -> dict[str, str | float | None]:
    """A published figure as standardization leaves it."""
    period = re.sub(r"M(\d)-(\d)$", r"-0\1/0\2", row["period"]).replace("H1", "-H1")
    is_number = re.fullmatch(r"-?[\d.]+", row["value"]) is not None
    return {
        "indicator_name": row["indicator"],
        "region_name": row["area"],
        "period_name": period or None,
        "value": float(row["value"]) if is_number else None,
        "value_text": None if is_number else row["value"],
        "unit_name": row["unit"],
        "source_title": row["source_title"],
        "source_grade": row["source_grade"],
        "note": row["note"],
    }


@pytest.fixture
def macro(bench: Bench) -> Bench:
    """The macro base of all published figures, and of a year of months, a revision, and a figure that was not published."""
    for code, (name, level) in DIVISIONS.items():
        bench.insert(
            "spatial.division",
            division_id=code,
            division_code=f"{code}000000",
            name=name,
            level_code=level,
            code_system_code="NBS",
            is_current=True,
        )
    for row in published_figures():
        bench.insert(PUBLISHED, batch_id="b1", file_name="published.xlsx", received_on="2024-01-05", **staged(row))
    month = {
        "indicator_name": "社会消费品零售总额",
        "region_name": "遂宁市",
        "unit_name": "亿元",
        "received_on": "2021-02-01",
    }
    for last, value, growth in ((2, 81.5, 39.1), (3, 120.75, 31.0), (4, 160.125, 27.25), (5, 202.0, 24.5)):
        for measure, number, unit in (("level_cumulative", value, "亿元"), ("yoy_nominal", growth, "%")):
            shared = month | {"measure_code": measure, "unit_name": unit, "batch_id": "m", "file_name": "month.xlsx"}
            bench.insert(MONTHLY, **shared, period_name=f"2021-01/{last:02}", value=number)
    bench.insert(
        MONTHLY,
        **month | {"indicator_name": HOSTILE, "period_name": "2021", "value": 7.5, "measure_code": "level_current"},
        batch_id="m",
        file_name="month.xlsx",
        note="非公布数",
    )
    account = {
        "indicator_name": "地区生产总值",
        "region_name": "遂宁市",
        "unit_name": "亿元",
        "measure_code": "level_current",
    }
    for year, value, vintage, day in (
        ("2022", 1614.5, "preliminary", "2023-02-01"),
        ("2022", 1612.34, "final", "2024-02-01"),
        ("2023", 1746.0, "preliminary", "2024-02-01"),
    ):
        of_release = {"received_on": day, "batch_id": day, "file_name": f"{day}.xlsx"}
        bench.insert(MONTHLY, **account, **of_release, period_name=year, value=value, vintage_code=vintage)
    bench.build("macro")
    return bench
