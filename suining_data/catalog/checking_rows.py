"""Whether the columns of a resource make sense: fields, derived columns, key, entities, coordinates.

Here: rules about columns. Only this module of the catalogue uses the data elements.
Not here: rules about files, sharing and delivery (checking.py).
"""

import re
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from suining_data.catalog.messages import Message, message
from suining_data.catalog.model import Derived, Entity, Field, Resource
from suining_data.catalog.problems import Place
from suining_data.city import load_city
from suining_data.elements import ELEMENTS
from suining_data.elements.geometry import GEOMETRY_OF_PLANE
from suining_data.subjects import load_subjects

Finding = tuple[Message, Place]

OWN_COLUMNS = {"record_id", "batch_id", "line_number", "failed_rules"}
NEVER_INGESTED = re.compile("死因|死亡原因|照片|相片|指纹|人脸|虹膜|基因|生物特征")
DEGREES = {"EPSG:4490", "GCJ-02", "BD-09"}
METRES = {plane.crs for plane in load_city().planes}
COORDINATES = {
    "longitude": DEGREES,
    "latitude": DEGREES,
    "coordinate_x": METRES,
    "coordinate_y": METRES,
    "geometry": {"EPSG:4490"},
    **{element: {crs} for crs, element in GEOMETRY_OF_PLANE.items()},
}

Column = Field | Derived


def row_findings(resource: Resource) -> Iterator[Finding]:
    """The problems of the columns of a resource; places are relative to the resource."""
    for place, column in _columns(resource):
        for found, inner in _column_findings(column):
            yield found, (*place, *inner)
    yield from _repeated_findings(resource)
    yield from _derived_findings(resource)
    yield from _key_findings(resource)
    columns = {column.name: column for column in resource.columns}
    for n, entity in enumerate(resource.entities):
        for found, inner in _entity_findings(entity, resource.entities[:n], columns):
            yield found, ("entities", n, *inner)
    yield from _coordinate_findings(resource)


def _columns(resource: Resource) -> Iterator[tuple[Place, Column]]:
    for n, field in enumerate(resource.fields):
        yield ("fields", n), field
    for n, derived in enumerate(resource.derived):
        yield ("derived", n), derived


def _column_findings(column: Column) -> Iterator[Finding]:
    if column.name in OWN_COLUMNS:
        yield message("reserved_name", name=column.name), ("name",)
    texts = (column.label, column.source) if isinstance(column, Field) else (column.label,)
    if any(NEVER_INGESTED.search(text) for text in texts):
        yield message("never_ingested"), ()
    element = ELEMENTS.get(column.element)
    if element is None:
        yield message("unknown_element", element=column.element), ("element",)
        return
    if not (column.sensitivity or element.sensitivity):
        yield message("sensitivity", element=column.element), ()
    rules = [rule.id for rule in element.rules]
    for name in sorted(column.rules.keys() - set(rules)):
        yield message("unknown_rule", element=element.id, name=name, allowed=", ".join(rules)), ("rules", name)
    if isinstance(column, Field):
        yield from _unit_findings(column, ", ".join(element.units))


def _unit_findings(field: Field, units: str) -> Iterator[Finding]:
    if units and not field.unit:
        yield message("unit_missing", allowed=units), ()
    elif field.unit and field.unit not in units.split(", "):
        fix, english = (f"改为 {units}", f"use {units}") if units else ("删去 unit", "remove it")
        yield message("unit", element=field.element, unit=field.unit, fix=fix, english=english), ("unit",)


def _repeated_findings(resource: Resource) -> Iterator[Finding]:
    names: set[str] = set()
    sources: set[str] = set()
    for place, column in _columns(resource):
        if column.name in names:
            yield message("duplicate_name", name=column.name), (*place, "name")
        names.add(column.name)
        if isinstance(column, Field):
            if column.source in sources:
                yield message("duplicate_source", name=column.source), (*place, "source")
            sources.add(column.source)


def _derived_findings(resource: Resource) -> Iterator[Finding]:
    fields = {field.name: field for field in resource.fields}
    for n, derived in enumerate(resource.derived):
        place: Place = ("derived", n, "sql")
        try:
            tree = sqlglot.parse_one(derived.sql, dialect="duckdb")
        except SqlglotError as error:
            yield message("sql", cause=re.sub(r"\x1b\[\d*m", "", str(error).splitlines()[0])), place
            continue
        if tree.find(exp.Query, exp.AggFunc, exp.Window, exp.Command):
            yield message("sql_not_scalar"), place
            continue
        for name in sorted({column.name for column in tree.find_all(exp.Column)} - fields.keys()):
            yield message("unknown_column", name=name), place
        element = ELEMENTS.get(derived.element)
        yield from ((found, place) for found in _code_findings(tree, fields, element.code_set if element else None))


def _code_findings(tree: exp.Expr, fields: dict[str, Field], own: dict[str, str] | None) -> Iterator[Message]:
    """Codes in an expression, compared or returned, that are not in the code set."""
    for comparison in tree.find_all(exp.EQ, exp.NEQ, exp.In):
        field = fields.get(comparison.this.name) if isinstance(comparison.this, exp.Column) else None
        element = ELEMENTS.get(field.element) if field else None
        against = comparison.expressions if isinstance(comparison, exp.In) else [comparison.expression]
        if field and element and element.code_set:
            yield from _unknown_codes(field.name, against, element.code_set)
    if own:
        given = [branch.args["true"] for branch in tree.find_all(exp.If)]
        yield from _unknown_codes("sql", given, own)


def _unknown_codes(column: str, texts: Sequence[exp.Expr], codes: dict[str, str]) -> Iterator[Message]:
    for text in texts:
        if isinstance(text, exp.Literal) and text.this not in codes:
            yield message("unknown_code", code=text.this, column=column, allowed=", ".join(codes))


def _key_findings(resource: Resource) -> Iterator[Finding]:
    if not resource.key:
        yield message("key"), ("key",)
    names = {column.name for column in resource.columns}
    for n, name in enumerate(resource.key):
        if name not in names:
            yield message("unknown_column", name=name), ("key", n)
        elif name in resource.key[:n]:
            yield message("duplicate_key", name=name), ("key", n)


def _entity_findings(entity: Entity, before: Sequence[Entity], columns: dict[str, Column]) -> Iterator[Finding]:
    attributes = load_subjects()[entity.subject].assignable
    for attribute, name in entity.values.items():
        place: Place = ("values", attribute)
        allowed, column = attributes.get(attribute), columns.get(name)
        if allowed is None:
            assignable = ", ".join(attributes)
            yield message("unknown_attribute", subject=entity.subject, attribute=attribute, allowed=assignable), place
        if column is None:
            yield message("unknown_column", name=name), place
        elif allowed and column.element not in allowed:
            given = {"attribute": attribute, "element": column.element, "column": name}
            yield message("attribute_element", **given, allowed=", ".join(allowed)), place
    if any((other.subject, other.role) == (entity.subject, entity.role) for other in before):
        yield message("duplicate_role", subject=entity.subject, role=entity.role), ("role",)
    yield from _validity_findings(entity, columns)
    yield from _authority_findings(entity)


def _validity_findings(entity: Entity, columns: dict[str, Column]) -> Iterator[Finding]:
    if entity.valid_from is None:
        return
    column = columns.get(entity.valid_from)
    element = ELEMENTS.get(column.element) if column else None
    if column is None:
        yield message("unknown_column", name=entity.valid_from), ("valid_from",)
    elif element and element.sql_type != "date":
        yield message("valid_from", column=column.name), ("valid_from",)


def _authority_findings(entity: Entity) -> Iterator[Finding]:
    for attribute, rank in entity.authority.items():
        if attribute != "default" and attribute not in entity.values:
            yield message("authority", attribute=attribute), ("authority", attribute)
        if isinstance(rank, dict) and "default" not in rank:
            yield message("authority_default", attribute=attribute), ("authority", attribute)
    if "default" not in entity.authority:
        for attribute in entity.values:
            if attribute not in entity.authority:
                yield message("authority_default", attribute=attribute), ("authority",)


def _coordinate_findings(resource: Resource) -> Iterator[Finding]:
    crs = resource.delivery.crs
    delivered = sorted({field.element for field in resource.fields} & COORDINATES.keys())
    if delivered and not crs:
        yield message("crs_missing"), ("delivery",)
    if crs and not delivered:
        yield message("crs_idle"), ("delivery", "crs")
    shapes = ", ".join(name for name in COORDINATES if name.startswith("geometry"))
    for element in delivered:
        if crs and crs not in COORDINATES[element]:
            yield message("crs_element", element=element, crs=crs, shapes=shapes), ("delivery", "crs")
