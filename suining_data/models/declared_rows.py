"""What is declared outside SQL, as rows that a model selects from: `{{ declared('codes') }}` in dbt_like_sql/code/.

Here: code sets and codes, publishers and resources with their terms, units of measure, each as a VALUES list.
Not here: the tables that are made of them and their columns (dbt_like_sql/code/), the declarations themselves.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from suining_data.catalog import load_catalog
from suining_data.elements import ELEMENTS
from suining_data.models.codes import code_sets
from suining_data.sql import literals

if TYPE_CHECKING:
    from suining_data.sql import Value

    Row = tuple[Value, ...]


def declared(name: str) -> str:
    """The rows as SQL text. KeyError when there are none of this name."""
    return f"(values {', '.join(f'({literals(row)})' for row in ROWS[name]())})"


def _code_sets() -> "Iterable[Row]":
    return ((name, each.zh, each.en, each.standard) for name, each in code_sets().items())


def _codes() -> "Iterable[Row]":
    return (
        (name, position, code, zh, en)
        for name, each in code_sets().items()
        for position, (code, (zh, en)) in enumerate(each.codes.items(), start=1)
    )


def _units() -> "Iterable[Row]":
    return ((unit.id, unit.name, unit.uscc, unit.origin, unit.is_key) for unit in load_catalog().units)


def _resources() -> "Iterable[Row]":
    return (
        (
            *(resource.id, unit.id, resource.name, resource.abstract, resource.code, resource.proposal),
            *(resource.share.type.value, resource.share.condition, resource.share.basis, resource.share_method),
            *(resource.open.value, resource.cycle.value, resource.delivery.mode.value, resource.delivery.format.value),
            *(",".join(resource.bases), ",".join(resource.themes)),
        )
        for unit in load_catalog().units
        for resource in unit.resources
    )


def _measures() -> "Iterable[Row]":
    return ((each.id, each.label, unit, factor) for each in ELEMENTS.values() for unit, factor in each.units.items())


ROWS: "dict[str, Callable[[], Iterable[Row]]]" = {
    "code_sets": _code_sets,
    "codes": _codes,
    "units": _units,
    "resources": _resources,
    "measures": _measures,
}
