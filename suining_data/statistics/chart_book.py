"""The chart book: a page of charts and a table for each theme of indicators, in one HTML file; the charts of a theme as SVG, too.

Here: which figures make which chart, and what is said below. Not here: shapes (charts.py), the words of the page (chart_book.html),
which figure stands (dbt_like_sql/macro/latest.sql).

The page has no scripts, and a browser that shows it asks no network for anything. Delivered text is escaped by the template.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

import duckdb
from jinja2 import Environment, StrictUndefined, Template
from lxml import etree
from markupsafe import Markup

from suining_data.city import load_city
from suining_data.display import visible
from suining_data.statistics.charts import YEARS, Point, Shape, bars, months, number, picture, places
from suining_data.statistics.figures import GROWTH, INDEX, LEVELS, Figure, comparable, in_one_unit, read_figures

FOLDER = "chart_book"
BOOK = f"{FOLDER}/index.html"
TEMPLATE = Path(__file__).with_name("chart_book.html")
MOST_YEARS = 12  # of a chart, the last ones
MARKS = {"*": "非公布数", "P": "初步数", "r": "修订过的数"}


@dataclass(frozen=True)
class Section:
    """A theme: its charts, the last figure of each line of the city and of other places, its sources."""

    theme: str
    name: str
    picture: str
    city: list[Figure]
    others: list[Figure]
    sources: list[str]
    figures: int


def write_chart_book(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Write the page, and an SVG file for each theme that has charts, into a folder."""
    sections = sections_of(read_figures(con))
    (folder / FOLDER).mkdir(exist_ok=True)
    for section in sections:
        if section.picture:
            (folder / FOLDER / f"{section.theme}.svg").write_text(section.picture, encoding="utf-8")
    (folder / BOOK).write_text(page_of(sections), encoding="utf-8")


def page_of(sections: Sequence[Section]) -> str:
    """The page as HTML."""
    days = [each.released_at for section in sections for each in section.city + section.others if each.released_at]
    return template(TEMPLATE).render(
        city=load_city().name, sections=sections, marks=MARKS, mark=mark, last=max(days, default=None), svg=Markup
    )


def template(file: Path) -> Template:
    """The words of a page; whatever is written into them is escaped."""
    environment = Environment(
        autoescape=True,
        finalize=lambda value: visible(value) if type(value) is str else value,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    return environment.from_string(file.read_text(encoding="utf-8"))


def sections_of(figures: Iterable[Figure]) -> list[Section]:
    """A section for each theme, in the order of the figures."""
    return [_section(list(of_theme)) for _, of_theme in groupby(figures, key=lambda each: each.theme)]


def mark(figure: Figure) -> str:
    """The signs of MARKS that a figure has."""
    signs = {"*": not figure.is_published, "P": figure.is_preliminary, "r": figure.is_revised}
    return "".join(sign for sign, is_so in signs.items() if is_so)


def _section(figures: list[Figure]) -> Section:
    first = figures[0]
    panels = [panel for _, of_one in _grouped(figures, _line) for panel in _panels(of_one)]
    svg = etree.tostring(picture(panels, first.theme_name), encoding="unicode") if panels else ""
    last = [of_one[-1] for _, of_one in _grouped(figures, lambda each: (*_line(each), each.region, each.measure))]
    return Section(
        theme=first.theme or "other",
        name=first.theme_name,
        picture=svg,
        city=[each for each in last if each.place == 0],
        others=[each for each in last if each.place != 0],
        sources=sorted({each.source for each in figures if each.source}),
        figures=len(figures),
    )


def _line(figure: Figure) -> tuple[str, str]:
    """What one chart is about."""
    return figure.indicator, figure.caliber or ""


def _grouped(figures: Iterable[Figure], by: Callable[[Figure], Hashable]) -> list[tuple[Hashable, list[Figure]]]:
    found: dict[Hashable, list[Figure]] = {}
    for each in figures:
        found.setdefault(by(each), []).append(each)
    return list(found.items())


def title(figure: Figure) -> str:
    """The indicator, its caliber where it has one, and the measure unless it is a level."""
    parts = [figure.name, *([figure.caliber] if figure.caliber else [])]
    return " · ".join([*parts, *([figure.measure_name] if figure.measure not in LEVELS else [])])


def _panels(figures: list[Figure]) -> list[list[Shape]]:
    """The charts of an indicator: years, months, counties."""
    city = [each for each in figures if each.place == 0]
    growth = {
        str(each.year): each.value
        for each in city
        if each.is_yearly and each.measure in GROWTH
        if each.value is not None
    }
    levels = [each for each in city if each.measure in LEVELS]
    panels = [_years(levels, growth)] if len({each.year for each in levels if each.is_yearly}) > 1 else []
    others = [each for each in city if each.measure not in LEVELS]
    for measure, of_measure in _grouped(others, lambda each: each.measure):
        if not (panels and measure in GROWTH) and len({each.year for each in of_measure if each.is_yearly}) > 1:
            panels.append(_years(of_measure, {}))
    panels += _months(city, levels)
    panels += _counties([each for each in figures if each.place == 1 and each.measure in LEVELS and each.is_yearly])
    return panels


def _years(figures: list[Figure], growth: dict[str, float]) -> list[Shape]:
    yearly = comparable({each.year: each for each in figures if each.is_yearly}.values())
    shown = sorted(yearly, key=lambda each: each.year)[-MOST_YEARS:]
    unit, values = in_one_unit(shown)
    points = [
        Point(str(each.year), value, mark(each), each.is_published) for each, value in zip(shown, values, strict=True)
    ]
    return bars(title(shown[-1]), unit, points, growth, base=100.0 if shown[-1].measure == INDEX else 0.0)


def _months(city: list[Figure], levels: list[Figure]) -> list[list[Shape]]:
    """Within a year: what was published up to a month, or of a month or quarter; growth, where no level is published."""
    found = [each for each in levels or city if each.frequency in ("M", "Q", "H") and each.end]
    lines = _grouped(found, lambda each: (each.measure, each.frequency if each.measure == "level_current" else ""))
    whole = [each for each in levels if each.is_yearly and each.start != each.end]
    return [
        _months_of(comparable(_with_whole_years(line, whole) if line[0].measure == "level_cumulative" else line), city)
        for _, line in lines
        if len(line) > 1
    ]


def _with_whole_years(line: list[Figure], whole: list[Figure]) -> list[Figure]:
    """Cumulative figures, and as those up to December what was published of whole years between them."""
    first, last = line[0].year, line[-1].year
    between = [each for each in whole if first <= each.year <= last]
    return sorted([*line, *between], key=lambda each: each.end or date.min)


def _months_of(line: list[Figure], city: list[Figure]) -> list[Shape]:
    first, last, (unit, values) = line[0], line[-1], in_one_unit(line)
    years: dict[str, list[tuple[int, float]]] = {}
    for each, value in zip(line, values, strict=True):
        if each.end and each.year > last.year - len(YEARS):
            years.setdefault(str(each.year), []).append((each.end.month, value))
    growth = [each for each in city if each.measure in GROWTH and (each.start, each.end) == (last.start, last.end)]
    said = f"{last.period} {number(values[-1])}{mark(last)}"
    if growth and last.measure in LEVELS:
        said += f"，{growth[0].measure_name} {number(growth[0].value or 0)}%"
    name = f"{title(first)} · {first.measure_name}" if first.measure in LEVELS else title(first)
    return months(name, unit, years, said, is_from_zero=last.measure in LEVELS)


def _counties(figures: list[Figure]) -> list[list[Shape]]:
    """The counties in the last year of which two or more are known."""
    for year in sorted({each.year for each in figures}, reverse=True):
        shown = comparable({each.region: each for each in figures if each.year == year}.values())
        if len(shown) > 1:
            unit, values = in_one_unit(shown)
            points = [
                Point(each.region_name, value, mark(each), each.is_published)
                for each, value in zip(shown, values, strict=True)
            ]
            return [places(f"{title(shown[-1])} · {year}年分县（市、区）", unit, points)]
    return []
