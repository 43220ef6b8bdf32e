"""A proposal: the declarations as somebody would change them, and the edits that adopt it.

Here: the proposal, replacing a resource in it, its edits. Not here: which declarations an option changes (authority.py, rule.py).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from suining_data.catalog import Catalog, Field, Resource, load_catalog
from suining_data.linkage import ACCEPT
from suining_data.linkage.threshold import FILE, KEY, declared_probability, weight_of
from suining_data.settings import PROJECT

Value = dict[str, Any] | str | float | bool


@dataclass(frozen=True)
class Proposal:
    """The declarations that a prediction may change."""

    catalog: Catalog
    probability: float  # from which a pair of records is a match

    @property
    def accept(self) -> float:
        """The weight of the probability. Raises ValueError if it is not between 0 and 1."""
        return weight_of(self.probability)

    def with_resource(self, resource: Resource) -> "Proposal":
        """The proposal with another declaration of the resource with this id."""
        units = tuple(
            unit.model_copy(
                update={"resources": [resource if each.id == resource.id else each for each in unit.resources]}
            )
            for unit in self.catalog.units
        )
        return replace(self, catalog=Catalog(units))


@dataclass(frozen=True)
class Edit:
    """A key in a file of the project, as it is and as it would be; empty where the key is absent."""

    file: str
    place: str
    before: str
    after: str


def present() -> Proposal:
    """The declarations as they are."""
    return Proposal(load_catalog(), declared_probability())


def edits_of(proposal: Proposal) -> list[Edit]:
    """What to edit to adopt the proposal; empty if it is what is declared already."""
    edits = []
    if proposal.accept != ACCEPT:
        file = str(FILE.relative_to(PROJECT))
        edits.append(Edit(file, "", _line(KEY, declared_probability()), _line(KEY, proposal.probability)))
    for before, after in zip(load_catalog().resources, proposal.catalog.resources, strict=True):
        if before != after:
            file = f"suining_data/catalog/units/{proposal.catalog.unit_of(after.id).id}.yaml"
            edits += [Edit(file, f"{after.id}: {place}", old, new) for place, old, new in _differences(before, after)]
    return edits


def _differences(before: Resource, after: Resource) -> Iterator[tuple[str, str, str]]:
    """Place, present and proposed text of the keys that options change."""
    for entity, proposed in zip(before.entities, after.entities, strict=True):
        if entity != proposed:
            yield (
                f"{entity.subject} {entity.role}",
                _line("authority", entity.authority),
                _line("authority", proposed.authority),
            )
    for column, changed in zip(before.columns, after.columns, strict=True):
        if column.rules != changed.rules:
            yield column.name, _line("rules", column.rules), _line("rules", changed.rules)
        if isinstance(column, Field) and isinstance(changed, Field) and column.required != changed.required:
            yield column.name, _line("required", column.required), _line("required", changed.required)


def _line(key: str, value: Value) -> str:
    """`key: value` as one line of YAML; empty for a value that needs no line."""
    return "" if value in (False, {}) else f"{key}: {_flow(value)}"


def _flow(value: Value) -> str:
    """A value as the unit files write it: mappings in braces, in double quotes what YAML would not read as text."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_flow(key)}: {_flow(each)}' for key, each in value.items())}}}"
    if isinstance(value, str) and value.isidentifier():
        return str(value)
    return json.dumps(value, ensure_ascii=False)
