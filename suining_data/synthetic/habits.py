"""How departments write values: dates, codes or labels, units of money and area, coordinate systems.

Here: from the typed value of a view to the text of a delivery, according to the catalogue's field and delivery.
Not here: errors (corruption.py), files (writers/).
"""

from suining_data.catalog import Field, Resource
from suining_data.elements import ELEMENTS
from suining_data.sql import literal

from . import coordinates
from .views.view import View

DATE_STYLES = {
    "compact": "%Y%m%d",
    "iso": "%Y-%m-%d",
    "slash": "%Y/%m/%d",
    "chinese": "%Y年%m月%d日",
    "dotted": "%Y.%m.%d",
    "iso_time": "%Y-%m-%d 00:00:00",
}
TIME_STYLES = {
    "compact": "%Y%m%d%H%M%S",
    "iso": "%Y-%m-%d %H:%M:%S",
    "slash": "%Y/%m/%d %H:%M",
    "chinese": "%Y年%m月%d日%H时%M分",
    "dotted": "%Y.%m.%d %H:%M",
    "iso_time": "%Y-%m-%d %H:%M:%S",
}


def written(view: View, resource: Resource, field: Field, sql_type: str) -> str:
    """SQL: the text in which the department delivers column `field.name` of type `sql_type`."""
    column = f'"{field.name}"'
    element = ELEMENTS[field.element]
    if sql_type == "DATE":
        style = "%Y%m" if field.element == "month" else DATE_STYLES[view.dates]
        return f"strftime({column}, '{style}')"
    if sql_type.startswith("TIMESTAMP"):
        return f"strftime({column}, '{TIME_STYLES[view.dates]}')"
    if field.name in ("longitude", "latitude") or field.element.startswith("geometry"):
        return _location(field, resource.delivery.crs)
    if field.unit is not None:
        return f"({column} / {element.units[field.unit]})::decimal(18, 2)::varchar"
    if element.code_set is not None:
        return _code(view, field, element.code_set)
    return column if sql_type == "VARCHAR" else f"{column}::varchar"


def _location(field: Field, crs: str | None) -> str:
    if field.name in ("longitude", "latitude"):
        return f"({coordinates.delivered(crs, field.name)})::decimal(12, 7)::varchar"
    return coordinates.delivered_shape(crs, f'"{field.name}"')


def _code(view: View, field: Field, code_set: dict[str, str]) -> str:
    """SQL: a code or its label. GB codes consist of digits and are delivered as codes unless the view declares labels."""
    column = f'"{field.name}"'
    spellings = view.spellings.get(field.name, {})
    branches = []
    for code, label in code_set.items():
        if code in spellings:
            ways = "[" + ", ".join(literal(way) for way in spellings[code]) + "]"
            branches.append(
                f"when {literal(code)} then {ways}[1 + pick(n, {literal(field.name)}, {len(spellings[code])})]"
            )
        elif field.name in view.labels or not code.isdigit():
            branches.append(f"when {literal(code)} then {literal(label)}")
    return f"case {column} {' '.join(branches)} else {column} end" if branches else column
