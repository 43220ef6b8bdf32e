"""Made-up economic figures whose parts sum to their totals, counties to the city, and months to the year so far.

Here: figures from a tree of items; the views write their titles. Not here: published figures (statistics.py).
These figures are not published anywhere, and every table with them says so (MADE_UP). Levels and growth follow the published
figures of Suining (2019: budget revenue +8.5 %; 2020: 79.92 亿元 after +15.4 %), so that they do not contradict them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Union
from zlib import crc32

MADE_UP = "示例数据，非公布数"
COUNTIES = {"船山区": 0.46, "安居区": 0.1, "蓬溪县": 0.11, "大英县": 0.1, "射洪市": 0.23}
CITY = "全市"
SEASON = (0.94, 0.86, 1.02, 0.97, 0.99, 1.14, 0.98, 0.95, 1.04, 0.99, 0.98, 1.14)  # of a month against the mean
BASE_YEAR = 2019

Tree = Mapping[str, Union[float, "Tree"]]  # item -> parts, or the level of an item without parts


@dataclass(frozen=True)
class Figures:
    """A tree of items. A leaf has the level of the whole city in 2019: of the year for a flow, of its end for a stock."""

    items: Tree
    growth: float  # per cent a year
    is_flow: bool = True
    digits: int = 0

    def level(self, item: str, region: str, year: int, month: int) -> float:
        """From January to the month for a flow, at its end for a stock; in the unit of the tree."""
        counties = COUNTIES if region == CITY else (region,)
        months = range(1, month + 1) if self.is_flow else (month,)
        leaves = _leaves(self.items, item)
        total = sum(
            self._leaf(leaf, amount, county, year, m) for leaf, amount in leaves for county in counties for m in months
        )
        return total / 10**self.digits

    def month(self, item: str, region: str, year: int, month: int) -> float:
        """The level of the month alone."""
        before = self.level(item, region, year, month - 1) if self.is_flow and month > 1 else 0
        return round(self.level(item, region, year, month) - before, self.digits)

    def growth_of(self, item: str, region: str, year: int, month: int) -> float:
        """Per cent against the same months of the year before, as the levels have it."""
        return round(100 * (self.level(item, region, year, month) / self.level(item, region, year - 1, month) - 1), 1)

    def _leaf(self, leaf: str, amount: float, county: str, year: int, month: int) -> int:
        """In units of the last digit, so that sums are exact."""
        own = 1 + wiggle(leaf, county) * 0.2
        yearly = 1 + (self.growth + 4 * wiggle(leaf, county, "growth")) / 100
        level = amount * COUNTIES[county] * own * yearly ** (year - BASE_YEAR)
        if self.is_flow:
            level *= SEASON[month - 1] / 12
        else:
            level *= yearly ** ((month - 12) / 12)
        return round(level * 10**self.digits)


def paths(items: Tree, above: str = "") -> Iterator[str]:
    """Every item of a tree after those above it, a total before its parts."""
    for name, below in items.items():
        yield above + name
        if isinstance(below, Mapping):
            yield from paths(below, f"{above}{name}/")


def _leaves(items: Tree, wanted: str, inside: bool = False) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for name, below in items.items():
        taken = inside or name == wanted
        if isinstance(below, Mapping):
            found += _leaves(below, wanted, taken)
        elif taken:
            found.append((name, below))
    return found


def wiggle(*key: object) -> float:
    """A fixed number between -0.5 and 0.5."""
    return crc32("|".join(map(str, key)).encode()) / 2**32 - 0.5
