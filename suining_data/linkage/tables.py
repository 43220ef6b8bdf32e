"""The tables of schema `linked`: how each is selected and written, in the order in which they need each other.

Here: the SELECTs with ids joined on, and writing side tables. Not here: the branches (records.py), the rules of
exact linkage (identity.py).
"""

from dataclasses import dataclass

import duckdb

from suining_data.catalog import Catalog
from suining_data.linkage import identity
from suining_data.linkage.attributes import IDENTIFYING_ORGANIZATION, IDENTIFYING_PERSON, ORGANIZATION, PERSON
from suining_data.linkage.records import (
    address_id,
    address_records,
    canonical_address,
    entities,
    organization_records,
    person_records,
)
from suining_data.warehouse import NEXT


@dataclass(frozen=True)
class LinkedTable:
    """A table of schema `linked`: what it reads and the SELECT that fills it."""

    name: str
    description: str
    refs: tuple[str, ...]
    sql: str
    mint: tuple[str, str] | None = None  # subject and id prefix, where new ids are minted first

    def write(self, con: duckdb.DuckDBPyConnection, run_id: str) -> int:
        """Write the side table linked.<name>__next; its rows."""
        sql = self.sql
        if self.mint:
            subject, prefix = self.mint
            con.execute(f"create or replace temp table identity_key as {sql}")
            identity.mint(con, subject, prefix, "identity_key", run_id)
            sql = f"""
                select identifier_type, identifier, {subject}_id
                from identity_key join registry.{subject}_identity using (identity_key)
            """
        written = con.execute(f"create or replace table linked.{self.name}{NEXT} as {sql}").fetchone()
        return int(written[0]) if written else 0


def linked_tables(catalog: Catalog) -> list[LinkedTable]:
    """The tables in topological order."""
    people, organizations = person_records(catalog), organization_records(catalog)
    return [
        LinkedTable(
            "organization_identity",
            "识别号到法人单位标识的对照 (identifier of an organisation -> its id)",
            _sources(catalog, "organization"),
            identity.ORGANIZATION_IDENTITY.format(records=organizations),
            mint=("organization", "O"),
        ),
        LinkedTable(
            "organization_record",
            "各来源中关于法人单位的记录 (every record of an organisation)",
            (*_sources(catalog, "organization"), "linked.organization_identity"),
            _organization_record(organizations),
        ),
        LinkedTable(
            "contested_number",
            "一号多人：号码相同而姓名、性别或出生日期不符的记录 (records whose number belongs to somebody else)",
            _sources(catalog, "person"),
            identity.CONTESTED.format(records=people),
        ),
        LinkedTable(
            "person_identity",
            "证件号到人员标识的对照 (identifier of a person -> person id)",
            (*_sources(catalog, "person"), "linked.contested_number"),
            identity.PERSON_IDENTITY.format(records=people, key=identity.PERSON_KEY),
            mint=("person", "P"),
        ),
        LinkedTable(
            "person_record",
            "各来源中关于人员的记录 (every record of a person)",
            (
                *_sources(catalog, "person"),
                "linked.contested_number",
                "linked.person_identity",
                "linked.organization_identity",
            ),
            _person_record(people),
        ),
        LinkedTable(
            "address_record",
            "各来源中的地址 (every address, wherever it was told)",
            (*_sources(catalog, "address"), "linked.person_record", "linked.organization_record"),
            _address_record(address_records(catalog)),
        ),
    ]


def _sources(catalog: Catalog, subject: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"staged.{resource.id}" for resource, _ in entities(catalog, subject)))


def _place(attributes: dict[str, str]) -> str:
    """SQL: where a record stands by recency, then completeness, then its id: the smallest comes first.

    56 bits: days from valid_from to 2079 (16), attributes that are empty (5), low bits of record_id (33), role (2).
    Below an authority it makes one number, so that a golden value is one aggregate and nothing has to be sorted.
    """
    days = "coalesce(greatest(0, least(65535, date_diff('day', record.valid_from, date '2079-06-06'))), 65535)"
    empty = " + ".join(f"(record.{name} is null)::int" for name in attributes)
    row = f"((record.record_id & {2**33 - 1}) * 4 + record.role_number)"
    return f"(cast({days} as bigint) << 40) | (cast({empty} as bigint) << 35) | {row} as place"


def _organization_record(records: str) -> str:
    return f"""
        with record as ({records})
        select record.* exclude (role_number), organization_id,
            case when organization_id is null then null when uscc is not null then 'uscc'
                when organization_code is not null then 'organization_code' else 'registration_number' end as link_rule,
            cast(null as double) as link_weight, {address_id("address")} as address_id,
            {_place({**IDENTIFYING_ORGANIZATION, **ORGANIZATION})}
        from record
        left join linked.organization_identity as identity
            on identity.identifier = coalesce(uscc, organization_code, registration_number)
    """


def _person_record(records: str) -> str:
    return f"""
        with told as ({records}),
        record as (
            select told.*,
                case when contested.record_id is null then coalesce(told.resident_id, other_id) end as known_by,
                case when told.resident_id is not null then 'resident_id' else other_id_type_code end as known_by_type
            from told
            left join linked.contested_number as contested
                on contested.record_id = told.record_id and contested.role = told.role
        )
        select record.* exclude (role_number, known_by, known_by_type), person_id,
            case when person_id is null then null when resident_id is not null then 'resident_id' else 'other_id' end
                as link_rule,
            cast(null as double) as link_weight, organization_id as employer_organization_id,
            {address_id("registered_address")} as registered_address_id,
            {address_id("residence_address")} as residence_address_id,
            {_place({**IDENTIFYING_PERSON, **PERSON})}
        from record
        left join linked.person_identity as identity
            on identity.identifier = known_by and identity.identifier_type = known_by_type
        left join linked.organization_identity as employer on employer.identifier = employer_code
    """


def _address_record(records: str) -> str:
    def told_by(table: str, column: str, division: str) -> str:
        return (
            f"select record_id, resource_id, role || '_{column}' as role, {column}_id as address_id, "
            f"{canonical_address(column)} as address, {division} as division_code, "
            f"cast(null as double) as longitude, cast(null as double) as latitude, cast(null as varchar) as crs "
            f"from linked.{table} where {column}_id is not null"
        )

    return f"""
        select record_id, resource_id, role, {address_id("address")} as address_id,
            {canonical_address("address")} as address, division_code, longitude, latitude, nullif(crs, '') as crs
        from ({records}) where {canonical_address("address")} is not null
        union all {told_by("person_record", "registered_address", "registered_division_code")}
        union all {told_by("person_record", "residence_address", "null")}
        union all {told_by("organization_record", "address", "division_code")}
    """
