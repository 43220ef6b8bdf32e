"""The page of an answer that a window prints: one HTML file for paper, in Chinese.

Here: writing it from service.html. Not here: what is on it (service_answer.py), who may ask (service.py).

The page has no scripts, and a browser that shows it asks no network for anything. Values are escaped by the template.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, StrictUndefined

from suining_data.city import load_city
from suining_data.commands.service_answer import IN_QUESTION, Answer, Part, Row
from suining_data.display import visible

TEMPLATE = Path(__file__).with_name("service.html")
SAID = {True: "是", False: "否", None: ""}
Cell = tuple[str, str, bool]  # title of the column, text, whether it is in question
WIDEST = 7  # columns of a table; a row of more is printed as a list


def page_of(answer: Answer, about: Mapping[str, str], now: datetime) -> str:
    """The page as HTML. `about`: what is said of the answer itself, by its Chinese name."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(
        title=visible(answer.title),
        city=load_city().name,
        about={name: visible(value) for name, value in about.items()},
        now=now,
        widest=WIDEST,
        parts=[(part.zh, *_table(part)) for part in answer.parts],
    )


def _table(part: Part) -> tuple[list[str], list[list[Cell]]]:
    """The titles of the columns that have a value, and the rows."""
    names = [name for name in part.columns if any(row[name] is not None for row in part.rows)]
    return [part.columns[name] for name in names], [[_cell(part, row, name) for name in names] for row in part.rows]


def _cell(part: Part, row: Row, name: str) -> Cell:
    label = row.get(part.labels.get(name, ""))
    return part.columns[name], _text(row[name] if label is None else label), name in row.get(IN_QUESTION, ())


def _text(value: object) -> str:
    if isinstance(value, bool) or value is None:
        return SAID[value]
    if isinstance(value, list):
        return "、".join(map(_text, value))
    if isinstance(value, float):
        return f"{value:,.2f}".rstrip("0").rstrip(".")
    return visible(str(value))
