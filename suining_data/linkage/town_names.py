"""The names of towns, of every day and code system, and the counties in which they lie today.

Here: reading them from the reference tables that city.yaml names. Not here: what is looked up with them (address_texts.py,
address_forms.py), divisions through time (dbt_like_sql/spatial/).
"""

import csv
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from suining_data.city import City
from suining_data.settings import REFERENCE

KINDS = ("街道办事处", "街道办", "街道", "镇", "乡")


def towns(city: City) -> dict[str, set[str]]:
    """The codes of the counties of today of every town that is or was, by its name without its kind."""
    codes = {county.name: county.code for county in city.counties}
    today = {county.code: codes.get(county.now or county.name, county.code) for county in city.counties}
    found: dict[str, set[str]] = defaultdict(set)
    for table in city.tables.towns:
        for county, name in _listed(table.table, table.column, table.name):
            kind = next((kind for kind in KINDS if name.endswith(kind)), "")
            if kind and len(name) - len(kind) > 1 and county in today:
                found[name.removesuffix(kind)].add(today[county])
    return dict(found)


@cache
def _listed(table: str, code: str, name: str) -> list[tuple[str, str]]:
    """The county and the name of each row of a reference table; of one that is not there, none."""
    rows = []
    for path in REFERENCE.rglob(f"{table}.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            rows += [(row[code][:6], row[name] or "") for row in csv.DictReader(file)]
    return rows


def longest_first(names: Iterable[str]) -> str:
    """A pattern of names; one that begins another comes after it."""
    return "|".join(sorted(names, key=lambda name: (-len(name), name)))
