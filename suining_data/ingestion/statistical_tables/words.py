"""The words of statistical tables and the regions of the city, as they are looked up.

Here: texts in the form in which they are compared, lookups from a word. Not here: the words themselves
(catalog/statistical_layouts.yaml), labels with several parts (labels.py).
"""

import csv
import re
import unicodedata
from functools import cache

from suining_data.catalog.statistical_layouts import Measure, words
from suining_data.city import load_city
from suining_data.settings import REFERENCE

WHOLE_CITY = "全市"
DASHES = dict.fromkeys(map(ord, "‐‑‒–—―－﹣−"), "-") | dict.fromkeys(map(ord, "～〜∼˜"), "~")
NOT_TEXT = re.compile(r"[\s\u3000\u200b\ufeff]+")


def plain(text: str) -> str:
    """The text with half-width letters, digits and brackets, one kind of dash, without blanks."""
    return NOT_TEXT.sub("", unicodedata.normalize("NFKC", text.translate(DASHES)).translate(DASHES))


def bare(text: str) -> str:
    """A word of a header as it is compared: also without brackets, commas and what means per cent."""
    return re.sub(r"[()\[\]《》<>,、:;。.]|±|\+-|\+/-|[%‰]", "", plain(text))


@cache
def heads() -> dict[str, str]:
    return {bare(word): head for head, each in words().heads.items() for word in each}


@cache
def measures() -> dict[str, Measure]:
    return {bare(word): measure for measure in words().measures for word in measure.words}


@cache
def regions() -> dict[str, str]:
    """Every way to write a region of the city -> its name."""
    city = load_city()
    names = {plain(word): WHOLE_CITY for word in words().regions.city}
    names |= {plain(word): word for word in words().regions.others}
    names |= {plain(word): city.province.name for word in words().regions.province}
    for each in (city, city.province):
        names |= {each.name: each.name, each.short_name: each.name}
    for county in city.counties:
        names |= {county.name: county.name}
        names.setdefault(county.name[:-1], county.now or county.name)
    for area, others in city.functional_areas.items():
        names |= dict.fromkeys([area, *others], area)
    return names | {name: name for name in _divisions() if name not in names}


def _divisions() -> list[str]:
    """Counties of the reference tables in any year, functional areas, towns."""
    folder, tables = REFERENCE / "divisions", load_city().tables
    found: list[str] = []
    for table, column in (
        (tables.counties_by_year, "county_name"),
        *((each.table, each.name) for each in tables.towns),
    ):
        with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
            found += [row[column] for row in csv.DictReader(file) if row.get(column)]
    return list(dict.fromkeys(found))


def region(text: str) -> str | None:
    """The region that a cell names, if it names one."""
    return regions().get(re.sub(r"^其中:|[:*]$", "", plain(text)))


def region_in(text: str) -> str | None:
    """The county that a title names, or the province where it does not name the city."""
    city, title = load_city(), plain(text)
    counties = [county.name for county in city.counties]
    county = next((name for name in sorted(counties, key=len, reverse=True) if name in title), None)
    is_province = city.province.name in title and city.short_name not in title
    return county or (city.province.name if is_province else None)
