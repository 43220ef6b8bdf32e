"""What differs between persons and organisations in linkage: resolved and unresolved records, blocking rules, vetoes.

Here: one `SubjectLinkage` for each. Not here: the attributes of a subject (subjects/), how a pair is compared
(comparisons.py), the SQL that is the same for all subjects (blocking.py).
"""

from dataclasses import dataclass, field

from suining_data.city import load_city
from suining_data.elements.organization_names import differ_in_ordinals, is_branch, is_part, name_core
from suining_data.linkage.deterministic import PERSON_KEY
from suining_data.linkage.similar_names import differing_characters
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
    resolved: str  # records with an accepted number; has identity_key and number, too
    unresolved: str  # records without one; has record_id, role and token, too
    alphabet: str
    blocking_rules: tuple[tuple[str, ...], ...]
    vetoes: tuple[str, ...]  # SQL over two profiles l and r; true means that they are two subjects
    namesakes: float  # expected number of subjects with the same name that no record is about, if one has the name
    frequent: str  # the column whose frequent values are weak evidence: a name, or the core of a name
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
            name_authority, name, former_name, sex_code, phone, addresses, shared_identifiers,
            case when resident_id is not null then substr(resident_id, 7, 8) else strftime(birth_date, '%Y%m%d') end
                as birth,
            strftime(birth_date, '%Y%m%d') as reported_birth, strftime(death_date, '%Y%m%d') as death
        from linked.person_evidence as evidence
        anti join linked.person_unresolved as unresolved
            on evidence.record_id = unresolved.record_id and evidence.role = unresolved.role
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, contested_number, name, former_name, sex_code, birth, death,
            phone, addresses, shared_identifiers,
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
    frequent="name",
    exists="count(birth) > 0",
    namesakes=0.25,
)

_CITY = load_city()
ORGANIZATION_CORE = name_core("name", _CITY)
_BY_NUMBER = """
    from (
        select evidence.* replace (
                coalesce(received, case when is_mistyped then contested.number end) as received,
                nullif(registration_number, contested.number) as registration_number),
            contested.number as contested_number,
            case when contested.record_id is null then coalesce(uscc, organization_code, evidence.registration_number) end
                as accepted_number
        from linked.organization_evidence as evidence
        left join linked.contested_organization as contested
            on evidence.record_id = contested.record_id and evidence.role = contested.role
    )
    left join (select identifier, min(identity_key) as identity_key from linked.organization_number group by identifier)
        as accepted on accepted.identifier = accepted_number
"""

_NAMES = "array_to_string({}.names, ' ')"
# Two USCCs are one mistake apart if they are so without their two check characters, which follow from the others.
NEAR_USCC = (
    "(damerau_levenshtein({0}, {1}) = 1 or (length({0}) = 18 and length({1}) = 18 "
    "and damerau_levenshtein(left({0}, 16), left({1}, 16)) = 1))"
)

# A registration number alone is an accepted number, but of a former system: the organisation may have a code as well.
_OLD = "starts_with(identity_key, 'registration_number:')"

ORGANIZATION = SubjectLinkage(
    name="organization",
    prefix="O",
    columns=("name", "core", "representative_name", "registration_number", "phone", "addresses", "shared_identifiers"),
    resolved=f"""
        select identity_key, uscc as number, name_authority, name, null as former_name, {ORGANIZATION_CORE} as core,
            representative_name, registration_number, phone, addresses, shared_identifiers
        {_BY_NUMBER}
        where identity_key is not null and not {_OLD}
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, contested_number, name, null as former_name,
            {ORGANIZATION_CORE} as core, representative_name, registration_number, phone, addresses, shared_identifiers,
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
        ("address",),
        ("phone",),
    ),
    vetoes=(
        # a branch, a shop, an office of the other, or another one of it; one subject may have had both names
        "not list_has_any(l.names, r.names) and ("
        f"{is_part(_NAMES.format('l'), 'l.core', 'r.core', _CITY)} or {is_part(_NAMES.format('r'), 'r.core', 'l.core', _CITY)} "
        f"or {differ_in_ordinals('l.core', 'r.core')} "
        f"or ({is_branch('l.core')} and {is_branch('r.core')} and l.core <> r.core and l.sound <> r.sound "
        "and not contains(l.core, r.core) and not contains(r.core, l.core)))",
        "l.registration_number <> r.registration_number",
        # one person may run two firms at one address: records with different names need nearly the same number
        "not list_has_any(l.names, r.names) and not contains(l.core, r.core) and not contains(r.core, l.core) "
        f"and l.sound <> r.sound and l.shape <> r.shape and {differing_characters('l.core', 'r.core')} > 1 "
        f"and not coalesce({NEAR_USCC.format('l.number', 'r.number')}, false)",
        # one person may run several shops: without a name it needs more than the person
        "(l.core is null or r.core is null) and not coalesce(list_has_any(l.addresses, r.addresses), false) "
        "and not coalesce(list_has_any(l.phones, r.phones), false) "
        f"and not coalesce({NEAR_USCC.format('l.number', 'r.number')}, l.registration_number = r.registration_number, false)",
    ),
    frequent="core",
    exists=f"bool_or({_OLD.replace('identity_key', 'token')}) "
    "or (count(representative_name) > 0 and count(addresses) > 0)",
    namesakes=0.0005,  # by law a name is unique where the organisation is registered
)
SUBJECT_LINKAGES = (ORGANIZATION, PERSON)
