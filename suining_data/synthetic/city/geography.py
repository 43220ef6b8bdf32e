"""The real villages of Suining, each with a made-up centre inside the made-up outline of its county.

Here: villages with codes, names, towns before the mergers of 2019, and centres in CGCS2000.
Not here: streets, buildings, addresses (places.py), the delivered division table (views/natural_resources.py).

No public source gives village coordinates: towns are drawn inside the county polygon, villages near their town.
"""

import csv
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

from suining_data.settings import REFERENCE

from ..randomness import generator
from .arrays import create_from_arrays

Points = NDArray[np.float64]
OUTLINES = REFERENCE / "boundaries" / "suining_counties_made_up.geojson"
MARGIN = 0.008  # degrees, about 800 m, so that points near a centre are inside the county
# Weight of a village in the draw of households: more people live in communities (居委会) than in villages.
COMMUNITY_WEIGHT, VILLAGE_WEIGHT = 2.6, 1.0


def read_csv(path: str) -> list[dict[str, str]]:
    """Rows of a reference file, by its path under data/reference."""
    with (REFERENCE / path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def inside(points: Points, ring: Points) -> NDArray[np.bool_]:
    """Which points lie in a closed ring (even-odd rule)."""
    x, y = points[:, 0][:, None], points[:, 1][:, None]
    x1, y1, x2, y2 = ring[:-1, 0], ring[:-1, 1], ring[1:, 0], ring[1:, 1]
    straddles = (y1 > y) != (y2 > y)
    crossing = x1 + (y - y1) * (x2 - x1) / np.where(y2 == y1, 1e-12, y2 - y1)
    result: NDArray[np.bool_] = ((straddles & (x < crossing)).sum(axis=1) % 2) == 1
    return result


def county_rings(path: Path = OUTLINES) -> dict[str, Points]:
    """Outer ring of each county's largest polygon, CGCS2000, by county code."""
    rings = {}
    for feature in json.loads(path.read_text(encoding="utf-8"))["features"]:
        geometry = feature["geometry"]
        polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
        rings[str(feature["properties"]["adcode"])] = np.array(max((p[0] for p in polygons), key=len))
    return rings


def _scatter(rng: np.random.Generator, ring: Points, count: int) -> Points:
    """Points in a ring, at least about MARGIN away from its edge."""
    found = np.empty((0, 2))
    corners = np.array([(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1), (0.7, 0.7), (-0.7, 0.7), (0.7, -0.7), (-0.7, -0.7)])
    while len(found) < count:
        points = rng.uniform(ring.min(axis=0), ring.max(axis=0), size=(4 * count, 2))
        good = np.logical_and.reduce([inside(points + MARGIN * corner, ring) for corner in corners])
        found = np.concatenate([found, points[good]])
    return found[:count]


def _centres(rng: np.random.Generator, ring: Points, towns: list[str], villages: list[str]) -> dict[str, Points]:
    """Centre of each village (12-digit code): the county's scattered points, given to the nearest town that needs one."""
    town_points = _scatter(rng, ring, len(towns))
    points = _scatter(rng, ring, len(villages))
    distance = np.linalg.norm(points[:, None, :] - town_points[None, :, :], axis=2)
    centres: dict[str, Points] = {}
    free = np.ones(len(points), dtype=bool)
    for place, town in enumerate(towns):
        members = [village for village in villages if village.startswith(town)]
        nearest = np.where(free, distance[:, place], np.inf).argsort(kind="stable")[: len(members)]
        free[nearest] = False
        centres.update(zip(members, points[nearest], strict=True))
    return centres


def _short(name: str) -> str:
    """A village as people write it: 电江路社区居委会 -> 电江路社区, 三兴村民委员会 -> 三兴村."""
    for ending, short in (
        ("社区居民委员会", "社区"), ("社区居委会", "社区"), ("村村民委员会", "村"), ("村村委会", "村"), ("村民委员会", "村"), ("村委会", "村"),
    ):  # fmt: skip
        if name.endswith(ending):
            return name.removesuffix(ending) + short
    return name.removesuffix("居民委员会") + "居委会" if name.endswith("居民委员会") else name


def _old_towns() -> dict[tuple[str, str], str]:
    """(county code, town) -> its name in 2018, for towns that only changed their kind: 北固乡 became 北固镇.

    Other towns were dissolved in 2019. The reference data do not have their successors, so they do not occur.
    """
    rows = read_csv("divisions/suining_towns_2018_and_2022.csv")
    stem = re.compile("(街道办事处|街道|镇|乡)$")
    now = {(row["county_code"], stem.sub("", row["name"])): row["name"] for row in rows if row["vintage"] > "2019"}
    found = {}
    for row in rows:
        county = row["county_code"].replace("510922", "510981")
        new = now.get((county, stem.sub("", row["name"])))
        if row["vintage"] < "2019" and new not in (None, row["name"], row["name"].removesuffix("办事处")):
            found[county, str(new)] = row["name"]
    return found


def _old_villages(codes: list[str], short: list[str], towns: list[tuple[str, str]]) -> dict[str, str]:
    """Village code -> a former village of the same town; the choice of the successor is invented."""
    now = set(zip(towns, short, strict=True))
    gone: dict[tuple[str, str], list[str]] = {}
    for row in read_csv("divisions/suining_villages_pre_merger_jionlp.csv"):
        if row["village"].endswith("村") and ((row["county"], row["town"]), row["village"]) not in now:
            gone.setdefault((row["county"], row["town"]), []).append(row["village"])
    found = {}
    for code, name, town in zip(codes, short, towns, strict=True):
        if name.endswith("村") and gone.get(town):
            found[code] = gone[town].pop(0)
    return found


def make_villages(con: duckdb.DuckDBPyConnection, seed: int) -> NDArray[np.float64]:
    """Create table `village` (vid 0.. in code order); returns the weights for drawing households."""
    rows = read_csv("divisions/suining_divisions_2023_county_town_village.csv")
    villages = sorted((row for row in rows if row["level"] == "village"), key=lambda row: row["code"])
    rings = county_rings()
    centres: dict[str, Points] = {}
    for county in sorted({row["code"][:6] for row in villages}):
        members = [row["code"] for row in villages if row["code"].startswith(county)]
        towns = sorted({code[:9] for code in members})
        centres.update(_centres(generator(seed, "villages " + county), rings[county], towns, members))
    short = [_short(row["name"]) for row in villages]
    codes = [row["code"] for row in villages]
    old_towns = _old_towns()
    old_villages = _old_villages(codes, short, [(row["county"], row["town"]) for row in villages])
    columns: dict[str, Any] = {
        "vid": range(len(villages)),
        "code": codes,
        "village": short,
        "town": [row["town"] for row in villages],
        "county": [row["county"] for row in villages],
        "old_town": [old_towns.get((row["code"][:6], row["town"])) for row in villages],
        "old_village": [old_villages.get(code) for code in codes],
        "is_community": [row["code"][9] == "0" for row in villages],
        "lon": [float(centres[row["code"]][0]) for row in villages],
        "lat": [float(centres[row["code"]][1]) for row in villages],
    }
    create_from_arrays(
        con, "village", columns,
        """*, code[:6] as county_code, dense_rank() over (partition by code[:6] order by code[:9]) as zone,
        row_number() over (partition by code[:9] order by code) as subzone""",
    )  # fmt: skip
    return np.where(np.array(columns["is_community"]), COMMUNITY_WEIGHT, VILLAGE_WEIGHT)
