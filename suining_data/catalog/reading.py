"""From the unit files to the catalogue: reads the YAML strictly and collects every mistake of form.

Here: `load_catalog`, and `read`, which also gives the line of every entry. Not here: whether the content makes sense
(checking.py).

YAML 1.1 reads 010203 as an octal number, 1:30 as a base-60 number, 2019-08-14 as a date and `no` as false. In a catalogue
these are texts. So an unquoted scalar of this form is reported as a mistake with its line; it never becomes a number
silently.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from suining_data.catalog.messages import Message, message
from suining_data.catalog.model import Resource, Unit
from suining_data.catalog.problems import Place, Problem, message_of

UNITS = Path(__file__).resolve().parent / "units"

SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
SURPRISING = {"tag:yaml.org,2002:" + kind for kind in ("int", "float", "timestamp", "bool")}


class CatalogError(Exception):
    """The catalogue cannot be read; `problems` has every mistake of form."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Catalog:
    """All units (first the departments, then the provincial units), each with its resources."""

    units: tuple[Unit, ...]

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(resource for unit in self.units for resource in unit.resources)

    @cached_property
    def shared(self) -> tuple[Resource, ...]:
        """The resources that are read: all except those that are 不予共享. No table is built for the others."""
        return tuple(resource for resource in self.resources if resource.is_shared)

    @cached_property
    def _by_id(self) -> dict[str, tuple[Unit, Resource]]:
        return {resource.id: (unit, resource) for unit in self.units for resource in unit.resources}

    def resource(self, id: str) -> Resource:
        """The resource with this id; KeyError when there is none."""
        return self._by_id[id][1]

    def unit_of(self, resource_id: str) -> Unit:
        """The unit that provides the resource; KeyError when there is none."""
        return self._by_id[resource_id][0]


@dataclass
class Document:
    """One unit file: its entries of the right form, the line of every entry, and its problems."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    unit: Unit | None = None
    resources: dict[int, Resource] = field(default_factory=dict)  # position in the file -> resource of the right form
    problems: list[Problem] = field(default_factory=list)

    def report(self, found: Message, place: Place) -> None:
        """Adds a problem at a place such as ('resources', 0, 'fields', 3, 'element')."""
        resource = self._at(place[:2]) if place[:1] == ("resources",) else None
        column = self._at(place[:4]) if place[2:3] in (("fields",), ("derived",)) else None
        self.problems.append(
            Problem(
                rule=found.rule,
                file=self.file,
                line=self.line(place),
                resource=_text(resource, "id"),
                field=_text(column, "name") or _text(column, "source"),
                what=found.what,
                fix=found.fix,
                english=found.english,
            )
        )

    def line(self, place: Place) -> int | None:
        """Line of the innermost existing entry at the place."""
        return next((self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines), None)

    def _at(self, place: Place) -> Any:
        here: Any = self.data
        for part in place:
            try:
                here = here[part]
            except (KeyError, IndexError, TypeError):
                return None
        return here


@cache
def load_catalog(directory: Path = UNITS) -> Catalog:
    """The catalogue of a folder of unit files. Raises CatalogError with every mistake of form."""
    documents = read(directory)
    problems = [problem for document in documents for problem in document.problems]
    if problems:
        raise CatalogError(problems)
    units = [
        document.unit.model_copy(update={"resources": list(document.resources.values())})
        for document in documents
        if document.unit
    ]
    return Catalog(tuple(sorted(units, key=lambda unit: unit.origin != "department")))


def read(directory: Path) -> list[Document]:
    """Every unit file of a folder, ordered by name. Mistakes of form are in the documents."""
    return [_document(path) for path in sorted(directory.glob("*.yaml"))]


def _document(path: Path) -> Document:
    document = Document(path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            document.report(message("form", name=path.name), ())
            return document
        surprises = list(_walk(root, (), document.lines))
        document.data = yaml.constructor.SafeConstructor().construct_document(root)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        document.lines = {(): mark.line + 1 if mark else 1}
        cause = getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deeply"
        document.report(message("yaml", cause=cause), ())
        return document
    for found, place in surprises:
        document.report(found, place)
    _validate(document)
    return document


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[tuple[Message, Place]]:
    """Records the line of every entry; finds repeated keys and scalars that YAML would not read as text."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        found = _misread(node)
        if found:
            yield found, place
    seen: set[str | int] = set()
    for part, child in _children(node):
        yield from _walk(child, (*place, part), lines)
        if part in seen:
            yield message("duplicate_key", name=part), (*place, part)
        seen.add(part)


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value if isinstance(key.value, str) else str(key.value), value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _misread(node: yaml.ScalarNode) -> Message | None:
    """The problem of an unquoted scalar that YAML would not read as text; the scalar is then read as text."""
    text = node.value
    if node.style in ("'", '"', "|", ">"):
        return None
    if LEADING_ZERO.fullmatch(text):
        found = message("octal", text=text)
    elif node.tag in SURPRISING and text not in ("true", "false") and not NUMBER.fullmatch(text):
        found = message("not_text", text=text)
    else:
        return None
    node.tag = "tag:yaml.org,2002:str"
    return found


def _validate(document: Document) -> None:
    """Validates each resource separately, so that a mistake in one does not hide mistakes in others."""
    data = document.data
    for name in [name for name in data if name not in ("unit", "resources")]:
        document.report(message("unknown_option", name=name, fix="删去", english="remove it"), (name,))
    document.unit = _formed(Unit, data.get("unit") or {}, ("unit",), document)
    resources = data.get("resources")
    if not isinstance(resources, list):
        document.report(message("form" if resources else "missing", name="resources"), ("resources",))
        return
    for n, resource in enumerate(resources):
        formed = _formed(Resource, resource, ("resources", n), document)
        if formed:
            document.resources[n] = formed


def _formed(model: type[Model], data: Any, place: Place, document: Document) -> Model | None:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            document.report(message_of(detail, model), (*place, *detail["loc"]))
    return None


def _text(data: Any, name: str) -> str | None:
    return data[name] if isinstance(data, dict) and isinstance(data.get(name), str) else None
