"""What differs between persons and organisations in linkage: resolved and unresolved records, blocking rules, vetoes.

Here: one `SubjectLinkage` for each. Not here: the attributes of a subject (subjects/), how a pair is compared
(comparisons.py), the SQL that is the same for all subjects (blocking.py).
"""

from dataclasses import dataclass, field

from suining_data.city import load_city
from suining_data.elements.organization_names import branch_part, name_core
from suining_data.linkage.deterministic import PERSON_KEY
from suining_data.linkage.tokens import token

MOST_PER_TOKEN = 50  # pairs of a record by one blocking rule; with more, the rule gives no evidence about this record


@dataclass(frozen=True)
class SubjectLinkage:
    """How the records of one subject are linked. `resolved` and `unresolved` are SELECTs of the comparable columns.

    Comparable columns: name, former_name, birth, sex_code, phone, addresses, shared_identifiers, representative_name,
    received. A blocking rule lists columns that two records must share; `address` and `shared_identifier` in a rule mean
    one element of `addresses` and `shared_identifiers`.
    """

    name: str
    prefix: str
    columns: tuple[str, ...]  # the comparable ones
    resolved: str  # records with an accepted number; has identity_key, number, address_forms, too
    unresolved: str  # records without one; has record_id, role, token, address_forms, too
    alphabet: str
    blocking_rules: tuple[tuple[str, ...], ...]
    vetoes: tuple[str, ...]  # SQL over two profiles l and r; true means that they are two subjects
    namesakes: float  # expected number of subjects with the same name that no record is about, if one has the name
    exists: str  # SQL aggregate over a cluster without an accepted number: whether it reports enough to be a subject
    # column -> column of `resolved` with the reported value, where the column itself is taken from the number
    reported: dict[str, str] = field(default_factory=dict)


_BIRTH_IN_NUMBER = "regexp_extract(received, '^[0-9]{6}([12][0-9]{3}[01][0-9][0-3][0-9])[0-9X]{4}$', 1)"

PERSON = SubjectLinkage(
    name="person",
    prefix="P",
    columns=("name", "former_name", "birth", "death", "sex_code", "phone", "addresses", "shared_identifiers"),
    resolved=f"""
        select {PERSON_KEY} as identity_key, resident_id as number,
            name_authority, name, former_name, sex_code, phone, addresses, address_forms, shared_identifiers,
            case when resident_id is not null then substr(resident_id, 7, 8) else strftime(birth_date, '%Y%m%d') end
                as birth,
            strftime(birth_date, '%Y%m%d') as reported_birth, strftime(death_date, '%Y%m%d') as death
        from linked.person_evidence as evidence
        anti join linked.person_unresolved as unresolved
            on evidence.record_id = unresolved.record_id and evidence.role = unresolved.role
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, contested_number, name, former_name, sex_code, birth, death,
            phone, addresses, address_forms, shared_identifiers,
            case when name is not null
                and coalesce(birth, phone, received, addresses::varchar, shared_identifiers::varchar) is not null
                then {token("person")} end as token
        from (
            select evidence.*, contested.resident_id as contested_number, strftime(death_date, '%Y%m%d') as death,
                coalesce(
                    strftime(birth_date, '%Y%m%d'),
                    case when try_strptime({_BIRTH_IN_NUMBER}, '%Y%m%d') is not null then {_BIRTH_IN_NUMBER} end
                ) as birth
            from linked.person_evidence as evidence
            left join linked.contested_number as contested
                on evidence.record_id = contested.record_id and evidence.role = contested.role
            where contested.record_id is not null or {PERSON_KEY.replace("resident_id", "evidence.resident_id")} is null
        )
    """,
    alphabet="0123456789X",
    blocking_rules=(
        ("name", "birth"),
        ("name", "phone"),
        ("birth", "phone"),
        ("name", "address"),
        ("birth", "address"),
        ("name", "shared_identifier"),
        ("birth", "shared_identifier"),
    ),
    vetoes=(
        "l.birth <> r.birth and damerau_levenshtein(l.birth, r.birth) > 1 and not (left(l.birth, 4) = left(r.birth, 4) "
        "and substr(l.birth, 5, 2) = right(r.birth, 2) and right(l.birth, 2) = substr(r.birth, 5, 2))",
        "l.sex_code <> r.sex_code and not list_has_any(l.names, r.names)",
        "l.death < r.birth or r.death < l.birth",
    ),
    reported={"birth": "reported_birth"},
    exists="count(birth) > 0",
    namesakes=0.25,
)

_CORE = name_core("name", load_city())
_BY_NUMBER = """
    from linked.organization_evidence as evidence
    left join (select identifier, min(identity_key) as identity_key from linked.organization_number group by identifier)
        as accepted on accepted.identifier = coalesce(uscc, organization_code, registration_number)
"""

# A registration number alone is an accepted number, but of a former system: the organisation may have a code as well.
_OLD = "starts_with(identity_key, 'registration_number:')"

ORGANIZATION = SubjectLinkage(
    name="organization",
    prefix="O",
    columns=("name", "core", "representative_name", "registration_number", "phone", "addresses", "shared_identifiers"),
    resolved=f"""
        select identity_key, uscc as number, name_authority, name, null as former_name, {_CORE} as core,
            representative_name, registration_number, phone, addresses, address_forms, shared_identifiers
        {_BY_NUMBER}
        where identity_key is not null and not {_OLD}
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, null as contested_number, name, null as former_name,
            {_CORE} as core, representative_name, registration_number, phone, addresses, address_forms, shared_identifiers,
            case when {_OLD} then identity_key when name is not null
                then {token("organization")} end as token
        {_BY_NUMBER}
        where identity_key is null or {_OLD}
    """,
    alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY",
    blocking_rules=(
        ("core",),
        ("shared_identifier",),
        ("representative_name", "address"),
        ("representative_name", "phone"),
        ("core", "phone"),
    ),
    vetoes=(
        f"{branch_part('l.core')} <> {branch_part('r.core')}",
        "l.registration_number <> r.registration_number",
        # one person may run two firms at one address: records with different names need nearly the same number
        "not list_has_any(l.names, r.names) and not contains(l.core, r.core) and not contains(r.core, l.core) "
        "and not coalesce(damerau_levenshtein(l.number, r.number) = 1, false)",
    ),
    exists=f"bool_or({_OLD.replace('identity_key', 'token')}) "
    "or (count(representative_name) > 0 and count(addresses) > 0)",
    namesakes=0.0005,  # by law a name is unique where the organisation is registered
)
SUBJECT_LINKAGES = (ORGANIZATION, PERSON)
