"""Writes the SELECTs that gather the records of one subject from every staged table that speaks of it.

Here: one branch per entity of the catalogue, all with the same columns. Not here: who is who (identity.py).
"""

from collections.abc import Iterator

from suining_data.catalog import Catalog, Entity, Resource
from suining_data.city import load_city
from suining_data.elements import ELEMENTS, Then
from suining_data.linkage.attributes import (
    ADDRESS,
    ANY_CODE,
    IDENTIFYING_ORGANIZATION,
    IDENTIFYING_PERSON,
    ORGANIZATION,
    PERSON,
)

DEFAULT_AUTHORITY = 50


def entities(catalog: Catalog, subject: str) -> Iterator[tuple[Resource, Entity]]:
    """Resources and entities that speak of a subject, in catalogue order."""
    for resource in catalog.shared:
        for entity in resource.entities:
            if entity.subject == subject:
                yield resource, entity


def person_records(catalog: Catalog) -> str:
    """SELECT of every person record: keys, identifiers, attributes, authorities."""
    return _union(_person_branch(resource, entity) for resource, entity in entities(catalog, "person"))


def organization_records(catalog: Catalog) -> str:
    """SELECT of every organisation record: keys, identifiers, attributes, authorities."""
    return _union(_organization_branch(resource, entity) for resource, entity in entities(catalog, "organization"))


def address_records(catalog: Catalog) -> str:
    """SELECT of every place with an address that a delivery locates itself (not via a person or organisation)."""
    return _union(_address_branch(resource, entity) for resource, entity in entities(catalog, "address"))


def canonical_address(column: str) -> str:
    """SQL: an address without the province and the city that every address here shares."""
    shared = load_city().beginnings
    cases = " ".join(f"when starts_with({column}, '{text}') then substr({column}, {len(text) + 1})" for text in shared)
    return f"nullif(case {cases} else {column} end, '')"


def address_id(column: str) -> str:
    """SQL: the id of an address: the same text (see canonical_address) has the same id."""
    return f"'A' || substr(md5({canonical_address(column)}), 1, 16)"


def holds(element_id: str, column: str) -> str:
    """SQL: whether a text is a valid value of an element."""
    rules = [rule.holds for rule in ELEMENTS[element_id].rules if rule.then is not Then.WARN]
    return "(" + " and ".join(rule.replace("{v}", column).replace("{x}", column) for rule in rules) + ")"


def _union(branches: Iterator[str]) -> str:
    return "\nunion all\n".join(branches)


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


def role_number(resource: Resource, entity: Entity) -> int:
    """Which of the entities of one subject in a row it is: 0 to 3, two bits of what a new id is made of."""
    number = [each for each in resource.entities if each.subject == entity.subject].index(entity)
    if number > 3:
        raise ValueError(f"{resource.id}: more than four entities of subject {entity.subject}")
    return number


def typed_values(entity: Entity, attributes: dict[str, str]) -> list[str]:
    """Select items: the entity's attributes, typed; null where it has none."""
    return [f"cast({entity.values.get(name, 'null')} as {sql_type}) as {name}" for name, sql_type in attributes.items()]


def authority(entity: Entity, attribute: str) -> str:
    """Select item: how far the entity is believed in an attribute, which may depend on the value it tells."""
    rank = entity.authority.get(attribute, entity.authority.get("default", DEFAULT_AUTHORITY))
    if isinstance(rank, dict):
        ranks = " ".join(f"when '{value}' then {own}" for value, own in rank.items() if value != "default")
        return f"cast(case {entity.values[attribute]} {ranks} else {rank['default']} end as tinyint) as {attribute}_authority"
    return f"cast({rank} as tinyint) as {attribute}_authority"


def _branch(resource: Resource, entity: Entity, columns: list[str]) -> str:
    told = ", ".join(entity.values.values())
    return f"select {', '.join(columns)}\nfrom staged.{resource.id}\nwhere coalesce({_as_text(told)}) is not null"


def _as_text(columns: str) -> str:
    return ", ".join(f"cast({column} as varchar)" for column in columns.split(", "))


def _person_branch(resource: Resource, entity: Entity) -> str:
    id_column = entity.values.get("resident_id")
    derived = f"coalesce(list_contains(failed_rules, '{id_column}:upgraded'), false)" if id_column else "false"
    return _branch(
        resource,
        entity,
        [
            *_keys(resource, entity),
            *typed_values(entity, IDENTIFYING_PERSON),
            f"{derived} as is_resident_id_derived",
            *typed_values(entity, PERSON),
            *(authority(entity, name) for name in PERSON),
        ],
    )


def _organization_branch(resource: Resource, entity: Entity) -> str:
    identifiers = [f"cast({number_of_kind(entity, kind)} as varchar) as {kind}" for kind in IDENTIFYING_ORGANIZATION]
    return _branch(
        resource,
        entity,
        [
            *_keys(resource, entity),
            *identifiers,
            *typed_values(entity, ORGANIZATION),
            *(authority(entity, name) for name in ORGANIZATION),
        ],
    )


def number_of_kind(entity: Entity, kind: str) -> str:
    """SQL: the number of a kind that an entity carries, also where it stands in a column of numbers of any kind."""
    own = entity.values.get(kind, "null")
    mixed = entity.values.get(ANY_CODE)
    return f"coalesce(case when {_is_kind(kind, mixed)} then {mixed} end, {own})" if mixed else own


def _is_kind(kind: str, column: str) -> str:
    length = {"uscc": 18, "organization_code": 9, "registration_number": 15}[kind]
    return f"length({column}) = {length} and {holds(kind, column)}"


def _address_branch(resource: Resource, entity: Entity) -> str:
    return _branch(
        resource,
        entity,
        [*_keys(resource, entity), *typed_values(entity, ADDRESS), f"'{resource.delivery.crs or ''}' as crs"],
    )
