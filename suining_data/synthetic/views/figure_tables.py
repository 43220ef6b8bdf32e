"""Views of tables of figures: one row for each figure, with the columns that every such resource has.

Here: the row of a figure, the view of many. Not here: which figures there are (the views of each unit), how a table is
arranged (writers/statistical_tables.py).
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields

from suining_data.sql import literals

from .view import View


@dataclass(frozen=True)
class Figure:
    """A figure of a table. `path`: the indicator after those above it, divided by "/"; `sheet`: the name of its sheet."""

    file_no: int
    sheet_name: str
    period_name: str
    indicator_path: str
    region_name: str
    measure_code: str
    value: str
    unit_name: str
    note: str | None = None
    vintage_code: str | None = None


NAMES = ", ".join(field.name for field in fields(Figure))


def figure_view(figures: Iterable[Figure], title: str, stamps: tuple[str, ...], layouts: tuple[str, ...]) -> View:
    """One file for each stamp, each in its layout."""
    rows = ", ".join(f"({seq}, {literals(astuple(figure))})" for seq, figure in enumerate(figures))
    sql = f"""select * replace (note::varchar as note, vintage_code::varchar as vintage_code),
            split_part(indicator_path, '/', -1) as indicator_name,
            nullif(split_part(indicator_path, '/', -2), '') as parent_name, null::varchar as status_code,
            null::date as released_on, null::varchar as table_title, null::varchar as cell
        from (values {rows}) as t(seq, {NAMES})"""
    return View(sql, is_whole=True, title=title, stamps=stamps, layouts=layouts)
