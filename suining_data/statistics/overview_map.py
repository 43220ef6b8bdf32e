"""The overview map: how densely the counties are settled, and their towns as circles, as SVG and in one HTML file with a table.

Here: which counts are shown, and where. Not here: the counts (dbt_like_sql/spatial/division_count.sql, for the public
open_data/), the words of the page (overview_map.html). Towns have no outline: no source delivers one. A count of 1 to 4 is not
shown. The page has no scripts, and a browser that shows it asks no network for anything.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
from lxml import etree
from markupsafe import Markup

from suining_data.city import load_city
from suining_data.display import visible
from suining_data.statistics.chart_book import template
from suining_data.statistics.charts import AXIS, FONT, INK, SOFT, SVG, Shape, number, short, words
from suining_data.warehouse import load_spatial

FOLDER = "map"
MAP = f"{FOLDER}/index.html"
PICTURE = f"{FOLDER}/overview.svg"
TEMPLATE = Path(__file__).with_name("overview_map.html")

BOUNDARY, COUNTS, OPEN_COUNTS = "spatial.division_boundary", "spatial.division_count", "open_data.organization_by_type"
FEWEST = 5  # the smallest count that is shown
UNKNOWN = "#e4e7ea"
STEPS = ("#eef4fa", "#cfdff0", "#a5c3e0", "#6f9dcb", "#3d74ad")  # of density, from low to high
WIDTH, LEFT, TOP, BELOW = 620, 20, 66, 62  # of a panel, and of what is around its map
TOLERANCE = 60  # metres that an outline may be off, less than half a pixel
LARGEST = 15  # radius of the largest circle

At = tuple[float, float]
Place = Callable[[At], At]  # from metres to the picture
Ring = Sequence[At]


@dataclass(frozen=True)
class Measure:
    """What is counted: its column, its name and what one of it is called."""

    column: str
    name: str
    unit: str


MEASURES = (Measure("resident_persons", "居住人口", "人"), Measure("organizations", "存续单位", "个"))


@dataclass(frozen=True)
class County:
    """A county with its outline in metres, a point in its middle, its area and its counts by column."""

    name: str
    rings: Sequence[Ring]
    middle: At
    km2: float
    counts: Mapping[str, int | None]


@dataclass(frozen=True)
class Town:
    """A town with the middle of its addresses in metres, and its counts by column."""

    name: str
    middle: At
    counts: Mapping[str, int | None]


def write_map(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the map of the current database into a folder; without boundaries or counts, nothing."""
    tables = _tables(con)
    if BOUNDARY not in tables or not tables & {COUNTS, OPEN_COUNTS}:
        return
    load_spatial(con)
    measures = MEASURES if COUNTS in tables else MEASURES[1:]
    counties = _counties(con, measures, is_open=COUNTS not in tables)
    towns = _towns(con, measures) if COUNTS in tables else []
    if counties:
        svg = etree.tostring(picture(counties, towns, measures), encoding="unicode")
        (folder / FOLDER).mkdir(exist_ok=True)
        (folder / PICTURE).write_text(svg, encoding="utf-8")
        (folder / MAP).write_text(page_of(counties, towns, measures, svg), encoding="utf-8")


def page_of(counties: Sequence[County], towns: Sequence[Town], measures: Sequence[Measure], svg: str) -> str:
    """The page as HTML."""
    return template(TEMPLATE).render(
        city=load_city().name, counties=counties, towns=towns, measures=measures, shown=shown, svg=Markup(svg)
    )


def shown(count: int | None, unit: str = "") -> str:
    """A count as it is written; that of few is not."""
    return "不公开" if count is None else f"{f'少于{FEWEST}' if 0 < count < FEWEST else number(count)}{unit}"


def _tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    found = con.execute(
        "select table_schema || '.' || table_name from information_schema.tables where table_catalog = current_database()"
    )
    return {name for (name,) in found.fetchall()}


def _counties(con: duckdb.DuckDBPyConnection, measures: Sequence[Measure], *, is_open: bool) -> list[County]:
    counts = f"(from {OPEN_COUNTS} where organization_type_code = 'total')" if is_open else COUNTS
    rows = con.execute(f"""
        with county as (
            select division_code, name, ST_Transform(geometry::GEOMETRY, 'EPSG:4490', $plane, always_xy := true) as shape
            from {BOUNDARY}
            where level_code = 'county' and geometry is not null
        )
        select county.name, ST_AsGeoJSON(ST_SimplifyPreserveTopology(shape, {TOLERANCE})), ST_X(ST_PointOnSurface(shape)),
            ST_Y(ST_PointOnSurface(shape)), ST_Area(shape) / 1e6, {", ".join(each.column for each in measures)}
        from county left join {counts} as counted using (division_code)
        order by division_code
    """, {"plane": load_city().planes[0].crs}).fetchall()  # fmt: skip
    return [
        County(name, _rings(json.loads(shape)), (x, y), km2, _by_column(measures, counts))
        for name, shape, x, y, km2, *counts in rows
    ]


def _towns(con: duckdb.DuckDBPyConnection, measures: Sequence[Measure]) -> list[Town]:
    rows = con.execute(f"""
        with town as (
            select *, ST_Transform(ST_Point(longitude, latitude), 'EPSG:4490', $plane, always_xy := true) as middle
            from {COUNTS}
            where level_code = 'town' and longitude is not null
        )
        select name, ST_X(middle), ST_Y(middle), {", ".join(each.column for each in measures)} from town order by division_code
    """, {"plane": load_city().planes[0].crs}).fetchall()  # fmt: skip
    return [Town(name, (x, y), _by_column(measures, counts)) for name, x, y, *counts in rows]


def _by_column(measures: Sequence[Measure], counts: Sequence[int | None]) -> dict[str, int | None]:
    return {each.column: count for each, count in zip(measures, counts, strict=True)}


def _rings(shape: Mapping[str, list[list[Ring]]]) -> list[Ring]:
    """The rings of a polygon or of several."""
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [ring for polygon in polygons for ring in polygon]  # type: ignore[misc]  # a polygon is a list of rings


def picture(counties: Sequence[County], towns: Sequence[Town], measures: Sequence[Measure]) -> Shape:
    """A map for each measure, side by side."""
    points = [point for county in counties for ring in county.rings for point in ring]
    west, north = min(x for x, _ in points), max(y for _, y in points)
    east, south = max(x for x, _ in points), min(y for _, y in points)
    scale = (WIDTH - 2 * LEFT) / (east - west)
    bottom = TOP + (north - south) * scale

    def place(point: At) -> At:
        return LEFT + (point[0] - west) * scale, TOP + (north - point[1]) * scale

    width, height = WIDTH * len(measures), bottom + BELOW
    size = {"width": short(width), "height": short(height), "viewBox": f"0 0 {short(width)} {short(height)}"}
    svg = SVG.svg(SVG.title(f"{load_city().name}概览图"), role="img", **size, **{"font-family": FONT})
    svg.append(SVG.rect(width=short(width), height=short(height), fill="#fff"))
    for position, measure in enumerate(measures):
        shapes = _panel(counties, towns, measure, place, bottom + 30)
        svg.append(SVG.g(*shapes, transform=f"translate({position * WIDTH} 0)"))
    return svg


def _panel(
    counties: Sequence[County], towns: Sequence[Town], measure: Measure, place: Place, legend: float
) -> list[Shape]:
    counts = [county.counts[measure.column] for county in counties]
    densities = [None if count is None else count / county.km2 for county, count in zip(counties, counts, strict=True)]
    step = _nice(max((each for each in densities if each is not None), default=0.0) / len(STEPS))
    circles = "；圆为乡镇（街道），面积与数成正比" if towns else ""
    shapes = [
        words(LEFT, 28, measure.name, anchor="start", size=17, weight="600"),
        words(
            LEFT,
            47,
            f"底色为每平方公里{measure.unit}数{circles}",
            SOFT,
            anchor="start",
            size=11,
        ),
    ]
    for county, density in zip(counties, densities, strict=True):
        rings = ([place(point) for point in ring] for ring in county.rings)
        path = " ".join("M" + " L".join(f"{short(x)} {short(y)}" for x, y in ring) + " Z" for ring in rings)
        fill = UNKNOWN if density is None else STEPS[min(int(density / step), len(STEPS) - 1)]
        outline = {"stroke-width": "1.2", "stroke-linejoin": "round", "fill-rule": "evenodd"}
        shapes.append(SVG.path(SVG.title(_said(county, measure)), d=path, fill=fill, stroke="#fff", **outline))
    shapes += _circles(towns, measure, place)
    for county in counties:
        x, y = place(county.middle)
        shapes += _haloed(x, y - 4, county.name, 14, "600")
        shapes += _haloed(x, y + 13, shown(county.counts[measure.column], measure.unit), 12, "400")
    return shapes + _legend(step, _most(towns, measure), measure, legend)


def _said(area: County | Town, measure: Measure) -> str:
    return visible(f"{area.name}：{measure.name}{shown(area.counts[measure.column], measure.unit)}")


def _circles(towns: Sequence[Town], measure: Measure, place: Place) -> list[Shape]:
    most = _most(towns, measure)
    found = [(town.counts[measure.column] or 0, town) for town in towns]
    found.sort(key=lambda pair: -pair[0])  # the small ones on top
    return [
        _circle(place(town.middle), count, most, SVG.title(_said(town, measure)))
        for count, town in found
        if count >= FEWEST
    ]


def _circle(at: At, count: float, most: int, *title: Shape) -> Shape:
    look = {"fill": "#e08a3c", "fill-opacity": "0.55", "stroke": "#8a4a12", "stroke-width": "0.6"}
    return SVG.circle(*title, cx=short(at[0]), cy=short(at[1]), r=short(LARGEST * (count / most) ** 0.5), **look)


def _most(towns: Sequence[Town], measure: Measure) -> int:
    return max((town.counts[measure.column] or 0 for town in towns), default=0)


def _haloed(x: float, y: float, text: str, size: float, weight: str) -> list[Shape]:
    """A text that can be read on any ground."""
    halo = words(x, y, text, "#fff", size=size, weight=weight)
    halo.set("stroke", "#fff")
    halo.set("stroke-width", "3")
    halo.set("stroke-linejoin", "round")
    return [halo, words(x, y, text, INK, size=size, weight=weight)]


def _legend(step: float, most: int, measure: Measure, y: float) -> list[Shape]:
    """What the shades mean, and the circle of a round number."""
    shapes = [words(LEFT, y - 6, f"{measure.unit}/平方公里", SOFT, anchor="start", size=11)]
    for position, color in enumerate(STEPS):
        x = LEFT + position * 92
        shapes.append(SVG.rect(x=short(x), y=short(y), width="18", height="12", fill=color, stroke=AXIS))
        first, last = number(round(position * step, 6)), number(round((position + 1) * step, 6))
        said = f"{first} 以上" if position == len(STEPS) - 1 else f"{first}–{last}"
        shapes.append(words(x + 23, y + 10, said, SOFT, anchor="start", size=11))
    if most >= FEWEST:
        count, x = _nice(most / 4), LEFT + len(STEPS) * 92
        shapes.append(_circle((x + 10, y + 6), count, most))
        shapes.append(words(x + 26, y + 10, f"{number(count)}{measure.unit}", SOFT, anchor="start", size=11))
    return shapes


def _nice(step: float) -> float:
    """The next of 1, 2, 2.5, 5 and their tens above a step."""
    power = 1e-6
    while power * 10 < step:
        power *= 10
    return next((factor * power for factor in (1, 2, 2.5, 5) if factor * power >= step), 10 * power)
