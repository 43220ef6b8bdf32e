"""Evidence: what linkage compares of a record: numbers, name, birth, phone, addresses, shared identifiers.

Here: the SELECTs of linked.person_evidence and linked.organization_evidence, one row per record with few columns.
Not here: the attributes that become golden values (records.py), which records are one subject (deterministic.py,
blocking.py).

A shared identifier is the number of a matter that a row is about: a certificate, an account, a household, the other
people and organisations of the row. It is written `<what>:<number>`. Two rows with the same shared identifier and the
same name are about one subject.
"""

import sqlglot
from sqlglot import exp

from suining_data.catalog import Catalog, Derived, Entity, Resource
from suining_data.elements import ELEMENTS
from suining_data.linkage.address_forms import address_form
from suining_data.linkage.address_texts import canonical_address
from suining_data.linkage.records import (
    authority,
    entities,
    identifier,
    reports_something,
    role_number,
    typed_values,
)
from suining_data.subjects import Subject, load_subjects

SHARED_IDENTIFIER_ELEMENTS = ("identifier", "license_number", "account_number", "real_estate_unit_code")
NUMBERS = ("resident_id", "identity_number", "uscc", "organization_identifier")  # elements that number a subject
SUFFICIENT = ("resident_id", "uscc", "organization_code", "registration_number")  # need no document type
REPAIRABLE = {"person": "resident_id", "organization": "uscc"}  # the number whose damaged form is compared


def evidence(catalog: Catalog, subject: Subject) -> str:
    """SELECT of one row per record of a subject.

    Columns: record_id, role, role_number, resource_id, the identifiers, received (a number that was not accepted, as
    delivered), the compared attributes, addresses (as delivered, for the token), address_forms (for comparison),
    shared_identifiers, name_authority. A quarantined number is in
    `received`, cleaned like a valid one.
    """
    about = list(entities(catalog, subject.name))
    records = "\nunion all\n".join(_branch(resource, entity, subject) for resource, entity in about)
    fields = sorted({field for resource, entity in about for field in _number_fields(resource, entity)})
    listed = ", ".join(f"('{resource}', '{role}', '{source}')" for resource, role, source in fields)
    clean = ELEMENTS["resident_id"].cleaned("coalesce(quarantined.received, record.received_number)")
    return f"""
        with record as ({records}),

        quarantined as (
            select record_id, role, min(received) as received
            from governance.quarantine
            join (values {listed}) as field(resource_id, role, field) using (resource_id, field)
            where scope = 'value' and received is not null
            group by record_id, role
        )

        select record.* exclude (received_number),
            case when coalesce({", ".join(subject.identifiers)}) is null then {clean} end as received
        from record
        left join quarantined on record.record_id = quarantined.record_id and record.role = quarantined.role
    """


def _branch(resource: Resource, entity: Entity, subject: Subject) -> str:
    addresses = [entity.values[name] for name in subject.compared("address") if name in entity.values]
    scalars = {name: each for name, each in subject.compared().items() if each.compared_as != "address"}
    columns = [
        "record_id",
        f"'{entity.role}' as role",
        f"{role_number(resource, entity)} as role_number",
        f"'{resource.id}' as resource_id",
        *(f"cast({identifier(entity, subject, name)} as varchar) as {name}" for name in subject.identifiers),
        f"cast({_received_number(resource, entity, subject)} as varchar) as received_number",
        *typed_values(entity, scalars),
        f"{_list([canonical_address(column) for column in addresses])} as addresses",
        f"{_list([address_form(column) for column in addresses])} as address_forms",
        f"{_shared_identifiers(resource, entity)} as shared_identifiers",
        authority(entity, "name"),
    ]
    return f"select {', '.join(columns)}\nfrom staged.{resource.id}\nwhere {reports_something(entity)}"


def _shared_identifiers(resource: Resource, entity: Entity) -> str:
    """SQL: the shared identifiers of one entity of a row."""
    values = [
        f"'{column.name}:' || {column.name}"
        for column in resource.columns
        if column.element in SHARED_IDENTIFIER_ELEMENTS
    ]
    for other in resource.entities:
        if other is not entity and other.subject != "address":
            values += [f"'{other.subject}:' || {column}" for column in _number_columns(other)]
    return _list(values)


def _list(values: list[str]) -> str:
    if not values:
        return "cast(null as varchar[])"
    return f"nullif(list_filter([{', '.join(values)}], lambda value: value is not null), [])"


def _number_columns(entity: Entity) -> list[str]:
    """The columns with the numbers of an entity."""
    any_identifier = load_subjects()[entity.subject].any_identifier
    names = (*SUFFICIENT, any_identifier.name) if any_identifier else SUFFICIENT
    return list(dict.fromkeys(entity.values[name] for name in names if name in entity.values))


def _received_number(resource: Resource, entity: Entity, subject: Subject) -> str:
    """SQL: the column with the delivered number from which the accepted one is derived; null where there is none."""
    name = entity.values.get(REPAIRABLE[subject.name])
    if name is None and subject.any_identifier:
        name = entity.values.get(subject.any_identifier.name)
    column = next((column for column in resource.columns if column.name == name), None)
    if not isinstance(column, Derived):
        return "null"
    names = {part.name for part in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(exp.Column)}
    numbers = [field.name for field in resource.fields if field.name in names and field.element in NUMBERS]
    return numbers[0] if numbers else "null"


def _number_fields(resource: Resource, entity: Entity) -> list[tuple[str, str, str]]:
    """The delivered columns from which the numbers of an entity come: (resource, role, source)."""
    wanted = set(_number_columns(entity))
    for column in resource.derived:
        if column.name in wanted:
            wanted |= {part.name for part in sqlglot.parse_one(column.sql, dialect="duckdb").find_all(exp.Column)}
    return [
        (resource.id, entity.role, field.source)
        for field in resource.fields
        if field.name in wanted and field.element in NUMBERS
    ]
