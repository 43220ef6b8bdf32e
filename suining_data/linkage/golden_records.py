"""Every record of a subject with the id of its golden record: linked.person_record, organization_record, address_record.

Here: the SELECTs that join ids to the records, and where a record stands among those of one subject.
Not here: the records themselves (records.py), who is who (linking.py, registry.py), which value wins (dbt_like_sql/).
"""

from suining_data.catalog import Catalog
from suining_data.linkage.attributes import (
    ANY_CODE,
    IDENTIFYING_ORGANIZATION,
    IDENTIFYING_PERSON,
    ORGANIZATION,
    PERSON,
)
from suining_data.linkage.records import (
    address_id,
    address_records,
    canonical_address,
    entities,
    organization_records,
    person_records,
)


def organization_record(catalog: Catalog) -> str:
    """SELECT of every record of an organisation: attributes, authorities, organization_id, how it was linked."""
    return f"""
        with record as ({organization_records(catalog)})
        select record.* exclude (role_number), identity.organization_id, {address_id("address")} as address_id,
            case when identity.organization_id is null then null when told.record_id is not null then
                coalesce(rule, case when starts_with(told.token, 'record:') then 'own' else 'registration_number' end)
                when uscc is not null then 'uscc'
                when organization_code is not null then 'organization_code' else 'registration_number' end as link_rule,
            weight as link_weight,
            {_place({**IDENTIFYING_ORGANIZATION, **ORGANIZATION})}
        from record
        left join linked.organization_unidentified as told
            on told.record_id = record.record_id and told.role = record.role
        left join linked.organization_link as link using (token)
        left join ({_ids_by("organization")}) as identity on identity.known_by = coalesce(
            told.token, uscc, record.organization_code, record.registration_number)
    """


def person_record(catalog: Catalog) -> str:
    """SELECT of every record of a person: attributes, authorities, person_id, how it was linked.

    A contested number is nobody's here: linked.contested_number has it. The employer is the organisation that the same
    row speaks of, which may be known by its name where the code is damaged; else the one that has the code.
    """
    return f"""
        with record as ({person_records(catalog)})
        select record.* exclude (role_number)
            replace (case when told.contested_number is null then record.resident_id end as resident_id),
            identity.person_id,
            coalesce(insuring.organization_id, employer.organization_id) as employer_organization_id,
            {address_id("registered_address")} as registered_address_id,
            {address_id("residence_address")} as residence_address_id,
            case when identity.person_id is null then null when told.record_id is not null then coalesce(rule, 'own')
                when record.resident_id is not null then 'resident_id' else 'other_id' end as link_rule,
            weight as link_weight,
            {_place({**IDENTIFYING_PERSON, **PERSON})}
        from record
        left join linked.person_unidentified as told on told.record_id = record.record_id and told.role = record.role
        left join linked.person_link as link using (token)
        left join linked.person_identity as identity on identity.token = case
            when told.record_id is not null then told.token
            else coalesce(record.resident_id, other_id_type_code || ':' || record.other_id) end
        left join ({_ids_by("organization")}) as employer on employer.known_by = employer_code
        left join ({_insuring(catalog)}) as insuring on insuring.record_id = case
            when coalesce(employer_code, employer_name) is not null then record.record_id end
    """


def _insuring(catalog: Catalog) -> str:
    """SELECT of record_id and organization_id of those in whose rows a person's employer_code is their number."""
    codes = {
        (resource.id, entity.values["employer_code"])
        for resource, entity in entities(catalog, "person")
        if "employer_code" in entity.values
    }
    insuring = ", ".join(
        f"('{resource.id}', '{entity.role}')"
        for resource, entity in entities(catalog, "organization")
        if {(resource.id, entity.values.get(kind)) for kind in (ANY_CODE, "uscc")} & codes
    )
    return f"""
        select record_id, organization_id from linked.organization_record
        where organization_id is not null and (resource_id, role) in ({insuring or "(null, null)"})
    """


def _ids_by(subject: str) -> str:
    """SELECT of known_by (a number or a token) and id, one row each."""
    return f"""
        select known_by, min({subject}_id) as {subject}_id
        from (
            select identifier as known_by, {subject}_id from linked.{subject}_identity where identifier is not null
            union all
            select token, {subject}_id from linked.{subject}_identity where contains(token, ':')
        ) group by known_by
    """


def address_record(catalog: Catalog) -> str:
    """SELECT of every address, wherever it was told."""

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
        from ({address_records(catalog)}) where {canonical_address("address")} is not null
        union all {told_by("person_record", "registered_address", "registered_division_code")}
        union all {told_by("person_record", "residence_address", "null")}
        union all {told_by("organization_record", "address", "division_code")}
    """


def _place(attributes: dict[str, str]) -> str:
    """SQL: where a record stands by recency, then completeness, then its id: the smallest comes first.

    56 bits: days from valid_from to 2079 (16), attributes that are empty (5), low bits of record_id (33), role (2).
    Below an authority it makes one number, so that a golden value is one aggregate and nothing has to be sorted.
    """
    days = "coalesce(greatest(0, least(65535, date_diff('day', record.valid_from, date '2079-06-06'))), 65535)"
    empty = " + ".join(f"(record.{name} is null)::int" for name in attributes)
    row = f"((record.record_id & {2**33 - 1}) * 4 + record.role_number)"
    return f"(cast({days} as bigint) << 40) | (cast({empty} as bigint) << 35) | {row} as place"
