"""The page of the snapshot that an official can open: how the units deliver, how good it is, what is to be corrected.

Here: writing quality/index.html from page.html. Not here: its figures (page_figures.py), the score and the tickets (quality/).

The page is one file without scripts, and a browser that shows it asks no network for anything. Delivered text (file names, messages)
is escaped by the template. It has counts, names of units and resources, file names and reasons: no key of a row, no value of a
person, no note of a reply.
"""

from datetime import datetime
from pathlib import Path

import duckdb
from jinja2 import Environment, StrictUndefined

from suining_data.catalog import load_catalog
from suining_data.city import load_city
from suining_data.display import visible
from suining_data.publication.page_figures import DIMENSIONS, MOST_SHOWN, Figures, Score, figures_of
from suining_data.warehouse import table_exists

FOLDER = "quality"
PAGE = f"{FOLDER}/index.html"
TEMPLATE = Path(__file__).with_name("page.html")
WIDTH, HEIGHT, MARGIN = 90, 26, 3  # of a trend, in pixels


def write_page(con: duckdb.DuckDBPyConnection, snapshot: Path) -> None:
    """Write the page into the folder of a snapshot; a warehouse without a score has none."""
    if table_exists(con, "governance.quality_score"):
        file = snapshot / PAGE
        file.parent.mkdir(exist_ok=True)
        now = datetime.now()
        file.write_text(page_of(figures_of(con, load_catalog(), now.date()), now), encoding="utf-8")


def page_of(figures: Figures, now: datetime) -> str:
    """The page as HTML."""
    environment = Environment(
        autoescape=True, finalize=_as_people_see, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["number"] = lambda value: f"{value:,}"
    lowest = min((score.points for unit in figures.units for score in unit.trend), default=100.0)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        figures=figures,
        city=load_city().name,
        now=now,
        dimensions=DIMENSIONS,
        most=MOST_SHOWN,
        line=lambda trend: points_of(trend, min(lowest, 99.0)),
        width=WIDTH,
        height=HEIGHT,
    )


def _as_people_see(value: object) -> object:
    """A text with its invisible characters written out; what the template itself has made is no `str` but markup."""
    return visible(value) if type(value) is str else value


def points_of(trend: tuple[Score, ...], lowest: float) -> list[tuple[float, float]]:
    """The points of a trend as an SVG has them: days from left to right, from `lowest` at the bottom to 100 at the top."""
    days = max((trend[-1].day - trend[0].day).days, 1) if trend else 1
    return [
        (
            round(WIDTH - MARGIN - (WIDTH - 2 * MARGIN) * (trend[-1].day - score.day).days / days, 1),
            round(HEIGHT - MARGIN - (HEIGHT - 2 * MARGIN) * (score.points - lowest) / (100 - lowest), 1),
        )
        for score in trend
    ]
