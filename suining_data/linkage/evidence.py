"""What a record tells about who it speaks of: number, name, birth, phone, addresses, and what ties it to other records.

Here: the SELECTs of linked.person_evidence and linked.organization_evidence, one narrow row per record.
Not here: the attributes that become golden values (records.py), which records are one subject (exact.py, candidates.py).

A tie is a number of a matter that a row speaks of - a certificate, an account, a household, the other people and
organisations of the row - as `<what>:<number>`. Two rows with the same tie and the same name speak of one subject.
"""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from suining_data.catalog import Catalog, Derived, Entity, Resource
from suining_data.elements import ELEMENTS
from suining_data.linkage.attributes import ANY_CODE, IDENTIFYING_ORGANIZATION, IDENTIFYING_PERSON
from suining_data.linkage.records import (
    authority,
    canonical_address,
    entities,
    number_of_kind,
    role_number,
    typed_values,
)

TYING = ("identifier", "license_number", "account_number", "real_estate_unit_code")  # elements that number a matter
NUMBERS = ("resident_id", "identity_number", "uscc", "organization_identifier")  # elements that number a subject

PERSON_VALUES = {
    "name": "varchar",
    "former_name": "varchar",
    "sex_code": "varchar",
    "birth_date": "date",
    "death_date": "date",
    "phone": "varchar",
}
ORGANIZATION_VALUES = {"name": "varchar", "representative_name": "varchar", "phone": "varchar"}


@dataclass(frozen=True)
class Told:
    """What records of a subject can tell about who it is."""

    subject: str
    numbers: dict[str, str]  # attributes that may hold an accepted number, and their types
    number: str  # the one whose damaged form is worth a look
    values: dict[str, str]
    addresses: tuple[str, ...]


_PERSON = Told("person", IDENTIFYING_PERSON, "resident_id", PERSON_VALUES, ("registered_address", "residence_address"))
_ORGANIZATION = Told("organization", IDENTIFYING_ORGANIZATION, "uscc", ORGANIZATION_VALUES, ("address",))


def person_evidence(catalog: Catalog) -> str:
    """SELECT of one row per record of a person.

    record_id, role, role_number, resource_id, resident_id, other_id_type_code, other_id, received (a number that could
    not be accepted, as it was delivered), name, former_name, sex_code, birth_date, death_date, phone, addresses, ties,
    name_authority.
    """
    return _evidence(catalog, _PERSON)


def organization_evidence(catalog: Catalog) -> str:
    """SELECT of one row per record of an organisation.

    record_id, role, role_number, resource_id, uscc, organization_code, registration_number, received, name,
    representative_name, phone, addresses, ties, name_authority.
    """
    return _evidence(catalog, _ORGANIZATION)


def _branch(resource: Resource, entity: Entity, told: Told) -> str:
    columns = [
        *_keys(resource, entity),
        *(f"cast({number_of_kind(entity, kind)} as varchar) as {kind}" for kind in told.numbers),
        f"cast({_number_told(resource, entity, told.number)} as varchar) as told",
        *typed_values(entity, told.values),
        f"{_addresses(entity, told.addresses)} as addresses",
        f"{_ties(resource, entity)} as ties",
        authority(entity, "name"),
    ]
    some = ", ".join(f"cast({column} as varchar)" for column in entity.values.values())
    return f"select {', '.join(columns)}\nfrom staged.{resource.id}\nwhere coalesce({some}) is not null"


def _keys(resource: Resource, entity: Entity) -> list[str]:
    number = role_number(resource, entity)
    return [
        "record_id",
        f"'{entity.role}' as role",
        f"{number} as role_number",
        f"'{resource.id}' as resource_id",
    ]


def _addresses(entity: Entity, names: tuple[str, ...]) -> str:
    told = [canonical_address(entity.values[name]) for name in names if name in entity.values]
    return _list(told)


def _ties(resource: Resource, entity: Entity) -> str:
    """SQL: the ties of a row, as seen by one of its entities."""
    told = [f"'{column.name}:' || {column.name}" for column in resource.columns if column.element in TYING]
    for other in resource.entities:
        if other is not entity and other.subject != "address":
            told += [f"'{other.subject}:' || {column}" for column in _numbers_of(other)]
    return _list(told)


def _list(values: list[str]) -> str:
    if not values:
        return "cast(null as varchar[])"
    return f"nullif(list_filter([{', '.join(values)}], lambda value: value is not null), [])"


def _numbers_of(entity: Entity) -> list[str]:
    names = ("resident_id", "uscc", "organization_code", "registration_number", ANY_CODE)
    return list(dict.fromkeys(entity.values[name] for name in names if name in entity.values))


def _number_told(resource: Resource, entity: Entity, kind: str) -> str:
    """SQL: the column that still holds a number of which the accepted one was derived; null where there is none."""
    column = _column(resource, entity.values.get(kind) or entity.values.get(ANY_CODE))
    if not isinstance(column, Derived):
        return "null"
    names = {part.name for part in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(exp.Column)}
    told = [field.name for field in resource.fields if field.name in names and field.element in NUMBERS]
    return told[0] if told else "null"


def _column(resource: Resource, name: str | None) -> object:
    return next((column for column in resource.columns if column.name == name), None)


def _evidence(catalog: Catalog, told: Told) -> str:
    """The records, and of a number that was put aside what had been delivered, cleaned as if it were good."""
    speaking = list(entities(catalog, told.subject))
    records = "\nunion all\n".join(_branch(resource, entity, told) for resource, entity in speaking)
    fields = sorted({field for resource, entity in speaking for field in _fields(resource, entity)})
    listed = ", ".join(f"('{resource}', '{role}', '{source}')" for resource, role, source in fields)
    clean = ELEMENTS["resident_id"].cleaned("coalesce(put_aside.received, record.told)")
    return f"""
        with record as ({records}),

        put_aside as (
            select record_id, role, min(received) as received
            from governance.quarantine
            join (values {listed}) as field(resource_id, role, field) using (resource_id, field)
            where scope = 'value' and received is not null
            group by record_id, role
        )

        select record.* exclude (told), case when coalesce({", ".join(told.numbers)}) is null then {clean} end as received
        from record
        left join put_aside on record.record_id = put_aside.record_id and record.role = put_aside.role
    """


def _fields(resource: Resource, entity: Entity) -> list[tuple[str, str, str]]:
    """The delivered columns from which the numbers of an entity come: (resource, role, source)."""
    wanted = set(_numbers_of(entity))
    for column in resource.derived:
        if column.name in wanted:
            wanted |= {part.name for part in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(exp.Column)}
    return [
        (resource.id, entity.role, field.source)
        for field in resource.fields
        if field.name in wanted and field.element in NUMBERS
    ]
