"""From the unit files to the catalogue: YAML read without its surprises, every mistake of form collected.

Here: `load_catalog`, and `read` that also tells the line of every entry. Not here: whether what is written makes sense
(checking.py).

YAML 1.1 reads 010203 as an octal number, 1:30 as sixty-based, 2019-08-14 as a date and `no` as false. In a catalogue
these are texts, so a plain scalar of that look is a mistake with its line, never a silent number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from suining_data.catalog.messages import Words, words
from suining_data.catalog.model import Resource, Unit
from suining_data.catalog.problems import Place, Problem, words_of

UNITS = Path(__file__).resolve().parent / "units"

SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Model = TypeVar("Model", bound=BaseModel)
NUMBER = re.compile(r"0|[1-9][0-9]{0,8}")
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
SURPRISING = {"tag:yaml.org,2002:" + kind for kind in ("int", "float", "timestamp", "bool")}


class CatalogError(Exception):
    """The catalogue cannot be read; `problems` names every mistake of form."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class Catalog:
    """Units in order (departments, then the provincial ones), each with its resources."""

    units: tuple[Unit, ...]

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(resource for unit in self.units for resource in unit.resources)

    @cached_property
    def shared(self) -> tuple[Resource, ...]:
        """The resources that come in: all but those 不予共享, which no table is built for."""
        return tuple(resource for resource in self.resources if resource.is_shared)

    @cached_property
    def _by_id(self) -> dict[str, tuple[Unit, Resource]]:
        return {resource.id: (unit, resource) for unit in self.units for resource in unit.resources}

    def resource(self, id: str) -> Resource:
        """The resource of that id; KeyError when there is none."""
        return self._by_id[id][1]

    def unit_of(self, resource_id: str) -> Unit:
        """The unit that provides the resource; KeyError when there is none."""
        return self._by_id[resource_id][0]


@dataclass
class Document:
    """One unit file as read: what of it has the right form, and the line of every entry."""

    file: str
    data: dict[str, Any] = field(default_factory=dict)
    lines: dict[Place, int] = field(default_factory=dict)
    unit: Unit | None = None
    resources: dict[int, Resource] = field(default_factory=dict)  # place in the file -> resource of right form
    problems: list[Problem] = field(default_factory=list)

    def report(self, found: Words, place: Place) -> None:
        """Notes a problem at a place such as ('resources', 0, 'fields', 3, 'element')."""
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
                mend=found.mend,
                english=found.english,
            )
        )

    def line(self, place: Place) -> int | None:
        """Line of the innermost entry that exists at the place."""
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
    """The catalogue of a folder of unit files; CatalogError with every mistake of form when one cannot be read."""
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
    """Every unit file of a folder, by name; mistakes of form stand in the documents."""
    return [_document(path) for path in sorted(directory.glob("*.yaml"))]


def _document(path: Path) -> Document:
    document = Document(path.name)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=SafeLoader)
        if not isinstance(root, yaml.MappingNode):
            document.report(words("form", name=path.name), ())
            return document
        surprises = list(_walk(root, (), document.lines))
        document.data = yaml.constructor.SafeConstructor().construct_document(root)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        document.lines = {(): mark.line + 1 if mark else 1}
        cause = getattr(error, "problem", None) or getattr(error, "reason", None) or "nested too deeply"
        document.report(words("yaml", cause=cause), ())
        return document
    for found, place in surprises:
        document.report(found, place)
    _validate(document)
    return document


def _walk(node: yaml.Node, place: Place, lines: dict[Place, int]) -> Iterator[tuple[Words, Place]]:
    """Notes the line of every entry; finds scalars and keys that YAML would read otherwise than they look."""
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.ScalarNode):
        found = _judged(node)
        if found:
            yield found, place
    seen: set[str | int] = set()
    for part, child in _children(node):
        yield from _walk(child, (*place, part), lines)
        if part in seen:
            yield words("duplicate_key", name=part), (*place, part)
        seen.add(part)


def _children(node: yaml.Node) -> Iterator[tuple[str | int, yaml.Node]]:
    if isinstance(node, yaml.MappingNode):
        yield from ((key.value if isinstance(key.value, str) else str(key.value), value) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        yield from enumerate(node.value)


def _judged(node: yaml.ScalarNode) -> Words | None:
    """What is surprising about a scalar without quotes; it is then read as the text that stands there."""
    text = node.value
    if node.style in ("'", '"', "|", ">"):
        return None
    if LEADING_ZERO.fullmatch(text):
        found = words("octal", text=text)
    elif node.tag in SURPRISING and text not in ("true", "false") and not NUMBER.fullmatch(text):
        found = words("not_text", text=text)
    else:
        return None
    node.tag = "tag:yaml.org,2002:str"
    return found


def _validate(document: Document) -> None:
    """Each resource is judged by itself: a mistake in one does not hide those of the others."""
    data = document.data
    for name in [name for name in data if name not in ("unit", "resources")]:
        document.report(words("unknown_option", name=name, mend="删去", english="remove it"), (name,))
    document.unit = _formed(Unit, data.get("unit") or {}, ("unit",), document)
    resources = data.get("resources")
    if not isinstance(resources, list):
        document.report(words("form" if resources else "missing", name="resources"), ("resources",))
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
            document.report(words_of(detail, model), (*place, *detail["loc"]))
    return None


def _text(data: Any, name: str) -> str | None:
    return data[name] if isinstance(data, dict) and isinstance(data.get(name), str) else None
