"""Every record of a subject with the id of its golden record: linked.person_record, organization_record, address_record.

Here: the SELECTs that join ids to the records, and their survivorship rank.
Not here: the records themselves (records.py), clusters and ids (linking.py, registry.py), which value survives
(dbt_like_sql/).
"""

from suining_data.catalog import Catalog
from suining_data.linkage.address_forms import address_id
from suining_data.linkage.address_texts import canonical_address
from suining_data.linkage.deterministic import PERSON_KEY
from suining_data.linkage.records import entities, subject_records
from suining_data.packed_keys import record_rank
from suining_data.subjects import Subject, load_subjects


def organization_record(catalog: Catalog) -> str:
    """SELECT of every record of an organisation: attributes, authorities, organization_id, how it was linked.

    A contested number is not among the identifiers but in contested_number.
    """
    subject = load_subjects()["organization"]
    return f"""
        with record as ({subject_records(catalog, subject)})
        select record.* exclude (role_number)
            replace ({_uncontested(*subject.identifiers)}),
            unresolved.contested_number, identity.organization_id, {address_id("address")} as address_id,
            case when identity.organization_id is null then null when unresolved.record_id is not null then
                coalesce(rule, case when starts_with(unresolved.token, 'record:') then 'own' else 'registration_number' end)
                when record.uscc is not null then 'uscc'
                when record.organization_code is not null then 'organization_code' else 'registration_number' end as link_rule,
            weight as link_weight,
            {_survivorship_rank(subject)}
        from record
        left join linked.organization_unresolved as unresolved
            on unresolved.record_id = record.record_id and unresolved.role = record.role
        left join linked.organization_link as link using (token)
        left join ({_ids_by_key("organization")}) as identity on identity.key = case
            when unresolved.record_id is not null then unresolved.token
            else coalesce(record.uscc, record.organization_code, record.registration_number) end
    """


def _uncontested(*identifiers: str) -> str:
    """Select items: the identifiers, null in a record whose number is contested."""
    return ", ".join(
        f"case when unresolved.contested_number is null then record.{name} end as {name}" for name in identifiers
    )


def person_record(catalog: Catalog) -> str:
    """SELECT of every record of a person: attributes, authorities, person_id, how it was linked.

    A contested number is not in resident_id but in contested_number. The employer is the organisation that the same row
    is about, which linkage may have resolved by its name where the code is damaged; otherwise it is the organisation
    that has the code.
    """
    subject = load_subjects()["person"]
    return f"""
        with record as ({subject_records(catalog, subject)})
        select record.* exclude (role_number)
            replace (case when unresolved.contested_number is null then record.resident_id end as resident_id),
            unresolved.contested_number, identity.person_id,
            coalesce(insuring.organization_id, employer.organization_id) as employer_organization_id,
            {address_id("registered_address")} as registered_address_id,
            {address_id("residence_address")} as residence_address_id,
            case when identity.person_id is null then null when unresolved.record_id is not null then coalesce(rule, 'own')
                when record.resident_id is not null then 'resident_id' else 'other_id' end as link_rule,
            weight as link_weight,
            {_survivorship_rank(subject)}
        from record
        left join linked.person_unresolved as unresolved
            on unresolved.record_id = record.record_id and unresolved.role = record.role
        left join linked.person_link as link using (token)
        left join linked.person_identity as identity on identity.token = case
            when unresolved.record_id is not null then unresolved.token else {PERSON_KEY} end
        left join ({_ids_by_key("organization")}) as employer on employer.key = employer_code
        left join ({_insuring(catalog)}) as insuring on insuring.record_id = case
            when coalesce(employer_code, employer_name) is not null then record.record_id end
    """


def _insuring(catalog: Catalog) -> str:
    """SELECT of record_id, organization_id: organisations whose number is the employer_code of a person in the same row."""
    any_identifier = load_subjects()["organization"].any_identifier
    kinds = ("uscc", any_identifier.name) if any_identifier else ("uscc",)
    codes = {
        (resource.id, entity.values["employer_code"])
        for resource, entity in entities(catalog, "person")
        if "employer_code" in entity.values
    }
    insuring = ", ".join(
        f"('{resource.id}', '{entity.role}')"
        for resource, entity in entities(catalog, "organization")
        if {(resource.id, entity.values.get(kind)) for kind in kinds} & codes
    )
    return f"""
        select record_id, organization_id from linked.organization_record
        where organization_id is not null and (resource_id, role) in ({insuring or "(null, null)"})
    """


def _ids_by_key(subject: str) -> str:
    """SELECT of key (an accepted number or a token) and the golden id, one row per key."""
    return f"""
        select key, min({subject}_id) as {subject}_id
        from (
            select identifier as key, {subject}_id from linked.{subject}_identity where identifier is not null
            union all
            select token, {subject}_id from linked.{subject}_identity where contains(token, ':')
        ) group by key
    """


def address_record(catalog: Catalog) -> str:
    """SELECT of every address, whichever record reported it."""

    def reported_by(table: str, column: str, division: str) -> str:
        return (
            f"select record_id, resource_id, role || '_{column}' as role, {column}_id as address_id, "
            f"{canonical_address(column)} as address, {division} as division_code, "
            f"cast(null as double) as longitude, cast(null as double) as latitude, cast(null as varchar) as crs "
            f"from linked.{table} where {column}_id is not null"
        )

    addresses = subject_records(catalog, load_subjects()["address"])
    return f"""
        select record_id, resource_id, role, {address_id("address")} as address_id,
            {canonical_address("address")} as address, division_code, longitude, latitude, nullif(crs, '') as crs
        from ({addresses}) where {canonical_address("address")} is not null
        union all {reported_by("person_record", "registered_address", "registered_division_code")}
        union all {reported_by("person_record", "residence_address", "null")}
        union all {reported_by("organization_record", "address", "division_code")}
    """


def _survivorship_rank(subject: Subject) -> str:
    """Select item: the survivorship rank of a record among those of one authority."""
    attributes = [f"record.{name}" for name in subject.recorded]
    rank = record_rank("record.valid_from", attributes, "record.record_id", "record.role_number")
    return f"{rank} as survivorship_rank"
