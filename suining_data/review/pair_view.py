"""The two parties of a pair: each is a delivered record, or a resolved subject with its golden values.

Here: the two kinds of party, and which of their values are shown. Not here: the pairs (queue.py), the form of a value
(values.py), the layout (terminal.py, sheets.py).

A resolved subject shows its golden value first, then the values that the other party reports as well, then the other
values of its records. So a clerk sees the values that the evidence is based on. Shared identifiers have no golden value.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from suining_data.catalog import Catalog, Resource
from suining_data.ingestion import files_of
from suining_data.linkage import SUBJECT_LINKAGES
from suining_data.review.labels import ITEMS, ORGANIZATION, PERSON
from suining_data.review.values import contested, day, readable, shared_identifier
from suining_data.subjects import Attribute, load_subjects
from suining_data.warehouse import table_exists

MOST_VALUES = 4  # values of one item that are shown
WITHHELD = "****"
Reported = dict[str, list[str]]
LINKAGE = {each.name: each for each in SUBJECT_LINKAGES}


@dataclass(frozen=True)
class Party:
    """One party: its source, and the reported values of each item in ITEMS. A resolved subject has no file."""

    source: str
    reported: Reported
    file: str | None = None
    line: int | None = None
    is_resolved: bool = False


GONE = Party("已不在来件中 (no longer delivered)", {})


@dataclass
class _Rows:
    """The rows of one or more queries by token, as dictionaries."""

    con: duckdb.DuckDBPyConnection
    tokens: list[str]
    by_token: dict[str, dict[str, Any]] = field(default_factory=dict)

    def read(self, sql: str) -> None:
        """Add the rows of `sql`, which reads `$tokens` and gives `token` and more columns."""
        result = self.con.execute(sql, {"tokens": self.tokens})
        names = [column[0] for column in result.description]
        for row in result.fetchall():
            values = dict(zip(names, row, strict=True))
            self.by_token.setdefault(values["token"], {}).update(values)


def parties_of(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, pairs: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[Party, Party]]:
    """Both parties of every pair of tokens of a subject."""
    tokens = list(dict.fromkeys(token for pair in pairs for token in pair))
    records = _records(con, catalog, subject, tokens)
    resolved = _resolved(con, catalog, subject, [token for token in tokens if token not in records])
    every = records | resolved
    return {pair: (_compared_with(every, *pair), _compared_with(every, *reversed(pair))) for pair in pairs}


def hidden(party: Party, known: Collection[str], *, is_about: bool) -> Party:
    """The party without the values of confidential persons: all, if it is about one, else those that they are `known` by."""
    reported = {
        item: [WITHHELD if is_about or any(each in value for each in known) else value for value in values]
        for item, values in party.reported.items()
    }
    return replace(party, reported={item: list(dict.fromkeys(values)) for item, values in reported.items()})


def _compared_with(parties: dict[str, Party], token: str, other: str) -> Party:
    """The party of `token`, with the values that it shares with `other` first, and MOST_VALUES of each item."""
    party, shared = parties.get(token, GONE), parties.get(other, GONE).reported
    reported = {
        item: _shown(values, shared.get(item, []), golden=1 if party.is_resolved and item != "shared_identifier" else 0)
        for item, values in party.reported.items()
    }
    return Party(party.source, reported, party.file, party.line, party.is_resolved)


def _shown(values: list[str], shared: list[str], golden: int) -> list[str]:
    ordered = values[:golden] + sorted(values[golden:], key=lambda value: value not in shared)
    more = len(ordered) > MOST_VALUES
    return [*ordered[:MOST_VALUES], f"……共 {len(ordered)} 个"] if more else ordered


def _records(con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, tokens: list[str]) -> dict[str, Party]:
    """The parties of unresolved tokens. Of several records with the same token, the first is shown."""
    rows = _Rows(con, tokens)
    rows.read(f"""
        select *, count(*) over (partition by token) as records from linked.{subject}_unresolved
        where list_contains($tokens, token)
        qualify row_number() over (partition by token order by record_id, role) = 1
    """)
    if others := [
        name for name, each in load_subjects()[subject].attributes.items() if each.review and not each.compared_as
    ]:
        rows.read(f"""
            select token, {", ".join(f"record.{name}" for name in others)}
            from linked.{subject}_record as record join linked.{subject}_unresolved using (record_id, role)
            where list_contains($tokens, token)
            qualify row_number() over (partition by token order by record_id, role) = 1
        """)
    locations = _locations(con, [(row["resource_id"], row["record_id"]) for row in rows.by_token.values()])
    labels = _labels(catalog)
    parties = {}
    for token, row in rows.by_token.items():
        resource = catalog.resource(row["resource_id"])
        file, line = locations.get(row["record_id"], (None, None))
        source = f"{catalog.unit_of(resource.id).name}《{resource.name}》{_part(resource, subject, row['role'])}"
        if row["records"] > 1:
            source += f"（共 {row['records']} 条，内容相同）"
        parties[token] = Party(source, _reported_by_record(subject, row, labels), file, line)
    return parties


def _locations(
    con: duckdb.DuckDBPyConnection, records: Sequence[tuple[str, int]]
) -> dict[int, tuple[str | None, int | None]]:
    """record_id -> the file of the record, and its line in the file."""
    locations = {}
    for resource in {resource for resource, _ in records}:
        rows = con.execute(
            f"""
            select record_id, file_name, line_number - first_line + 1 from staged.{resource}
            join ({files_of(resource)}) as file using (batch_id)
            where list_contains(?, record_id) and line_number between first_line and last_line
            """,
            [[record for name, record in records if name == resource]],
        ).fetchall()
        locations.update({record: (file, line) for record, file, line in rows})
    return locations


def _part(resource: Resource, subject: str, role: str) -> str:
    """The label of the column with the subject's name, if a row is about several subjects; otherwise empty."""
    entities = [entity for entity in resource.entities if entity.subject == subject]
    if len(entities) < 2:
        return ""
    named = next(entity.values.get("name") for entity in entities if entity.role == role)
    label = next((column.label for column in resource.columns if column.name == named), role)
    return f"“{label}”"


def _labels(catalog: Catalog) -> dict[str, str]:
    """Column -> Chinese label without remarks; also labels for shared identifiers that are another subject of the row."""
    labels = {c.name: c.label.partition("（")[0] for resource in catalog.resources for c in resource.columns}
    return labels | {"person": "同一行中的人员", "organization": "同一行中的单位"}


def _reported_by_record(subject: str, row: dict[str, Any], labels: dict[str, str]) -> Reported:
    """The reported values in a row of linked.<subject>_unresolved and in its row of linked.<subject>_record."""
    reported: dict[str, list[str | None]] = {
        "number": [row["received"], contested(row["contested_number"]), row.get("registration_number")],
        "birth": [day(row.get("birth"))],
        "death": [day(row.get("death"))],
        "address": row["addresses"] or [],
        "shared_identifier": [shared_identifier(each, labels) for each in row["shared_identifiers"] or []],
    }
    for name, each in load_subjects()[subject].attributes.items():
        if each.review and each.review.item not in reported:
            reported[each.review.item] = [readable(each, row.get(name))]
    return _without_empty(subject, reported)


def _resolved(con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str, tokens: list[str]) -> dict[str, Party]:
    """The parties of identity keys: golden values, and the reported values of the records with that number."""
    rows = _Rows(con, tokens)
    rows.read(f"""
        select identity_key as token, {_SINGLE[subject]}, list(distinct name) filter (where name is not null) as names,
            list(distinct phone) filter (where phone is not null) as phones,
            list_distinct(flatten(list(addresses) filter (where addresses is not null))) as addresses,
            list_distinct(flatten(list(shared_identifiers) filter (where shared_identifiers is not null))) as shared_identifiers
        from ({LINKAGE[subject].resolved}) where list_contains($tokens, identity_key) group by identity_key
    """)
    if table_exists(con, f"{load_subjects()[subject].base}.{subject}"):
        rows.read(_GOLDEN[subject])
    labels = _labels(catalog)
    return {token: _resolved_party(subject, token, row, labels) for token, row in rows.by_token.items()}


def _resolved_party(subject: str, token: str, row: dict[str, Any], labels: dict[str, str]) -> Party:
    """A resolved subject: its golden values, and the reported values of the items that linkage compares."""
    reported: dict[str, list[str | None]] = {
        "number": [*(row.get("numbers") or []), token],
        "name": [row.get("name"), *sorted(row["names"] or [])],
        "sex": [readable(_attribute("person", "sex_code"), row.get("sex_code") or row.get("reported_sex"))],
        "birth": [
            readable(_attribute("person", "birth_date"), row.get("birth_date")) or day(row.get("reported_birth"))
        ],
        "representative": [row.get("representative_name") or row.get("reported_representative")],
        "phone": [row.get("phone"), *sorted(row["phones"] or [])],
        "address": [*(row.get("golden_addresses") or []), *sorted(row["addresses"] or [])],
        "shared_identifier": [shared_identifier(each, labels) for each in sorted(row["shared_identifiers"] or [])],
    }
    for name, each in load_subjects()[subject].attributes.items():
        if each.review and each.review.item not in reported:
            reported[each.review.item] = [readable(each, row.get(name))]
    called = "已知人员" if subject == PERSON else "已知单位"
    records = f"（{row['record_count']} 条记录）" if row.get("record_count") else ""
    return Party(f"{called} {row.get('id') or ''}{records}", _without_empty(subject, reported), is_resolved=True)


def _attribute(subject: str, name: str) -> Attribute:
    return load_subjects()[subject].attributes[name]


# reported values of a resolved subject, for items without a golden value
_SINGLE = {
    PERSON: "min(birth) as reported_birth, min(sex_code) as reported_sex",
    ORGANIZATION: "min(representative_name) as reported_representative",
}
# The key of a resolved person is the number itself; the key of a resolved organisation is the code that its numbers share.
_GOLDEN = {
    PERSON: """
        select token, [resident_id] as numbers, [registered.address, residence.address] as golden_addresses, person_id as id,
            person.* exclude (resident_id)
        from (select distinct token, person_id from linked.person_identity where list_contains($tokens, token))
        join population.person using (person_id)
        left join spatial.address as registered on registered.address_id = registered_address_id
        left join spatial.address as residence on residence.address_id = residence_address_id
    """,
    ORGANIZATION: """
        select token, [uscc, organization_code, registration_number] as numbers, [registered.address] as golden_addresses,
            organization_id as id, organization.* exclude (uscc, organization_code, registration_number)
        from (select distinct token, organization_id from linked.organization_identity where list_contains($tokens, token))
        join legal_entity.organization using (organization_id)
        left join spatial.address as registered using (address_id)
    """,
}


def _without_empty(subject: str, reported: dict[str, list[str | None]]) -> Reported:
    """The items of a subject that have a value, in the order of ITEMS, each value once."""
    return {
        item: values
        for item in ITEMS[subject]
        if (values := list(dict.fromkeys(value for value in reported.get(item, []) if value)))
    }
