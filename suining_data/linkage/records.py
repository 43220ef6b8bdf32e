"""The SELECTs of all records of one subject, from every staged table that is about it.

Here: one branch per entity of the catalogue, all with the same columns. Not here: the attributes of a subject
(subjects/), clusters and ids (linking.py, registry.py).
"""

from collections.abc import Iterator, Mapping

from suining_data.catalog import Catalog, Entity, Resource
from suining_data.elements import ELEMENTS, Then
from suining_data.subjects import Attribute, Subject

DEFAULT_AUTHORITY = 50


def entities(catalog: Catalog, subject: str) -> Iterator[tuple[Resource, Entity]]:
    """Resources and entities that are about a subject, in catalogue order."""
    for resource in catalog.shared:
        for entity in resource.entities:
            if entity.subject == subject:
                yield resource, entity


def subject_records(catalog: Catalog, subject: Subject) -> str:
    """SELECT of every record of a subject: keys, identifiers, attributes, and an authority per ranked attribute.

    Records of a person also have is_resident_id_derived, those of an address crs.
    """
    return "\nunion all\n".join(
        _branch(resource, entity, subject) for resource, entity in entities(catalog, subject.name)
    )


def holds(element_id: str, column: str) -> str:
    """SQL: whether a text is a valid value of an element."""
    rules = [rule.holds for rule in ELEMENTS[element_id].rules if rule.then is not Then.WARN]
    return "(" + " and ".join(rule.replace("{v}", column).replace("{x}", column) for rule in rules) + ")"


def _branch(resource: Resource, entity: Entity, subject: Subject) -> str:
    columns = [
        *_keys(resource, entity),
        *(f"cast({identifier(entity, subject, name)} as {each.element.sql_type}) as {name}"
          for name, each in subject.identifiers.items()),
        *typed_values(entity, subject.attributes),
        *(authority(entity, name) for name in subject.ranked),
        *_extra(resource, entity),
    ]  # fmt: skip
    return f"select {', '.join(columns)}\nfrom staged.{resource.id}\nwhere {reports_something(entity)}"


def _keys(resource: Resource, entity: Entity) -> list[str]:
    valid_from = f"cast({entity.valid_from} as date)" if entity.valid_from else "cast(null as date)"
    return [
        "record_id",
        f"'{resource.id}' as resource_id",
        "batch_id",
        f"'{entity.role}' as role",
        f"{role_number(resource, entity)} as role_number",
        f"{valid_from} as valid_from",
    ]


def _extra(resource: Resource, entity: Entity) -> list[str]:
    """Columns that only one subject has and that are no attributes of it."""
    if entity.subject == "person":
        column = entity.values.get("resident_id")
        derived = f"coalesce(list_contains(failed_rules, '{column}:upgraded'), false)" if column else "false"
        return [f"{derived} as is_resident_id_derived"]
    return [f"'{resource.delivery.crs or ''}' as crs"] if entity.subject == "address" else []


def role_number(resource: Resource, entity: Entity) -> int:
    """The number of an entity among those of the same subject in a row: 0 to 3, two bits of a record's key."""
    number = [each for each in resource.entities if each.subject == entity.subject].index(entity)
    if number > 3:
        raise ValueError(f"{resource.id}: more than four entities of subject {entity.subject}")
    return number


def typed_values(entity: Entity, attributes: Mapping[str, Attribute]) -> list[str]:
    """Select items: the entity's attributes, typed; null where it has none."""
    return [
        f"cast({entity.values.get(name, 'null')} as {each.element.sql_type}) as {name}"
        for name, each in attributes.items()
    ]


def reports_something(entity: Entity) -> str:
    """SQL: whether a row has any value of the entity."""
    return f"coalesce({', '.join(f'cast({column} as varchar)' for column in entity.values.values())}) is not null"


def authority(entity: Entity, attribute: str) -> str:
    """Select item: the authority of the entity for an attribute, 1 is best; it may depend on the reported value."""
    rank = entity.authority.get(attribute, entity.authority.get("default", DEFAULT_AUTHORITY))
    if isinstance(rank, dict):
        ranks = " ".join(f"when '{value}' then {own}" for value, own in rank.items() if value != "default")
        return f"cast(case {entity.values[attribute]} {ranks} else {rank['default']} end as tinyint) as {attribute}_authority"
    return f"cast({rank} as tinyint) as {attribute}_authority"


def identifier(entity: Entity, subject: Subject, name: str) -> str:
    """SQL: the identifier of an entity, also from a column with identifiers of several kinds."""
    own = entity.values.get(name, "null")
    mixed = entity.values.get(subject.any_identifier.name) if subject.any_identifier else None
    return f"coalesce(case when {_is_kind(name, mixed)} then {mixed} end, {own})" if mixed else own


def _is_kind(kind: str, column: str) -> str:
    length = {"uscc": 18, "organization_code": 9, "registration_number": 15}[kind]
    return f"length({column}) = {length} and {holds(kind, column)}"
