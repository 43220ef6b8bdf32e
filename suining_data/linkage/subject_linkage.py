"""What differs between persons and organisations in linkage: resolved and unresolved records, blocking rules, vetoes.

Here: one `SubjectLinkage` for each. Not here: the attributes of a subject (subjects/), how a pair is compared
(comparisons.py), the SQL that is the same for all subjects (blocking.py).
"""

from dataclasses import dataclass, field

from suining_data.city import load_city
from suining_data.elements.organization_names import differ_in_ordinals, is_branch, is_part, name_core
from suining_data.linkage import births
from suining_data.linkage.deterministic import PERSON_KEY
from suining_data.linkage.similar_names import differing_characters
from suining_data.linkage.threshold import ACCEPT
from suining_data.linkage.tokens import token

MOST_PER_TOKEN = 50  # pairs of a record by one blocking rule; with more, the rule gives no evidence about this record


@dataclass(frozen=True)
class SubjectLinkage:
    """How the records of one subject are linked. `resolved` and `unresolved` are SELECTs of the comparable columns.

    Comparable columns: name, former_name, birth, sex_code, phone, addresses, shared_identifiers, representative_name,
    received; for persons also plain_name, vague_birth, contested_number, near_number. A blocking rule lists columns that
    two records must share; `address` and `shared_identifier` in a rule mean
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
    frequent: str  # the column whose frequent values are weak evidence: a name, or the core of a name
    exists: str  # SQL aggregate over a cluster without an accepted number: whether it reports enough to be a subject
    # SELECT of further candidate pairs over the temporary tables `resolved` and `unresolved`: two tokens, also two resolved
    further_pairs: str = "select null, null where false"
    # column -> column of `resolved` with the reported value, where the column itself is taken from the number
    reported: dict[str, str] = field(default_factory=dict)
    accept: float = ACCEPT  # weight from which a pair is a match


# Resolved persons whose name and birth another one has, too, with all that they report to get in touch.
_NAMESAKE = """
    select identity_key, plain_name, birth, list(distinct phone) as phones, flatten(list(addresses)) as addresses,
        flatten(list(shared_identifiers)) as shared_identifiers
    from resolved
    semi join (
        select plain_name, birth from resolved group by plain_name, birth
        having min(hash(identity_key)) <> max(hash(identity_key))
    ) using (plain_name, birth)
    group by identity_key, plain_name, birth
"""
# Pairs by a contested number. With its owner: if birth or name agree, because the row is of somebody else otherwise. With
# another row of the same name that contests it. With the number for which it is a mistake. And two numbers that may be of one person: the
# same name and birth, and the same phone, address or shared identifier.
_PAIRS_OF_PERSONS = f"""
    select l.token, r.identity_key from unresolved as l join resolved as r on l.contested_number = r.number
    where l.birth = r.birth or l.plain_name = r.plain_name or l.name = r.former_name or l.former_name = r.name
    union all
    select l.token, r.token from unresolved as l join unresolved as r
    on l.contested_number = r.contested_number and l.plain_name = r.plain_name and l.token < r.token
    union all
    select l.token, r.identity_key from unresolved as l join resolved as r on l.near_number = r.number
    union all
    from (
        with namesake as materialized ({_NAMESAKE})
        select l.identity_key, r.identity_key
        from namesake as l join namesake as r using (plain_name, birth)
        where l.identity_key < r.identity_key and (
            list_has_any(l.phones, r.phones) or list_has_any(l.addresses, r.addresses)
            or list_has_any(l.shared_identifiers, r.shared_identifiers))
    )
"""
_VAGUE = "(coalesce(l.vague_birth, false) or coalesce(r.vague_birth, false))"

_BIRTH_IN_NUMBER = "regexp_extract(received, '^[0-9]{6}([12][0-9]{3}[01][0-9][0-3][0-9])[0-9X]{4}$', 1)"

PERSON = SubjectLinkage(
    name="person",
    prefix="P",
    columns=(
        "name",
        "plain_name",
        "former_name",
        "birth",
        "vague_birth",
        "death",
        "sex_code",
        "phone",
        "addresses",
        "shared_identifiers",
        "contested_number",
        "near_number",
    ),
    resolved=f"""
        select {PERSON_KEY} as identity_key, resident_id as number, name_authority,
            evidence.name, coalesce(plain_name, evidence.name) as plain_name, former_name, sex_code, phone, addresses, address_forms,
            shared_identifiers,
            case when resident_id is not null then substr(resident_id, 7, 8) else strftime(birth_date, '%Y%m%d') end
                as birth,
            resident_id is null and {births.is_vague("strftime(birth_date, '%Y%m%d')")} as vague_birth,
            strftime(birth_date, '%Y%m%d') as reported_birth,
            {births.is_vague("strftime(birth_date, '%Y%m%d')")} as reported_vague_birth,
            strftime(death_date, '%Y%m%d') as death,
            cast(null as varchar) as contested_number, cast(null as varchar) as near_number
        from linked.person_evidence as evidence
        left join linked.person_plain_name as plain on plain.name = evidence.name
        anti join linked.person_unresolved as unresolved
            on evidence.record_id = unresolved.record_id and evidence.role = unresolved.role
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, contested_number, near_number, unplaced.name,
            coalesce(plain_name, unplaced.name) as plain_name, former_name, sex_code, birth, vague_birth, death,
            phone, addresses, address_forms, shared_identifiers,
            case when unplaced.name is not null
                and coalesce(birth, phone, received, addresses::varchar, shared_identifiers::varchar) is not null
                then token end as token
        from (select *, {token("person")} as token from (
            select evidence.* replace (
                    coalesce(received, case when near_number is not null then contested.resident_id end) as received),
                contested.resident_id as contested_number, near_number,
                strftime(death_date, '%Y%m%d') as death,
                {births.is_vague("strftime(birth_date, '%Y%m%d')")} as vague_birth,
                coalesce(
                    strftime(birth_date, '%Y%m%d'),
                    case when try_strptime({_BIRTH_IN_NUMBER}, '%Y%m%d') is not null then {_BIRTH_IN_NUMBER} end
                ) as birth
            from linked.person_evidence as evidence
            left join linked.contested_number as contested
                on evidence.record_id = contested.record_id and evidence.role = contested.role
            where contested.record_id is not null or {PERSON_KEY.replace("resident_id", "evidence.resident_id")} is null
        )) as unplaced
        left join linked.person_plain_name as plain on plain.name = unplaced.name
    """,
    alphabet="0123456789X",
    blocking_rules=(
        ("plain_name", "birth"),
        ("plain_name", "phone"),
        ("birth", "phone"),
        ("plain_name", "address"),
        ("birth", "address"),
        ("plain_name", "shared_identifier"),
        ("birth", "shared_identifier"),
    ),
    vetoes=(
        births.conflict("l.birth", "r.birth", _VAGUE),
        "l.sex_code <> r.sex_code and not list_has_any(l.plain_names, r.plain_names)",
        "l.death < r.birth or r.death < l.birth",
    ),
    further_pairs=_PAIRS_OF_PERSONS,
    reported={"birth": "reported_birth", "vague_birth": "reported_vague_birth"},
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

# Resolved organisations whose name another one has, too, with what they report, and two of them that may be one with an
# old and a new number: they also share two of head, address and phone, or one and the number but for a mistake.
_SAME_CORE = """
    select identity_key, core, list(distinct representative_name) as heads, list(distinct phone) as phones,
        flatten(list(addresses)) as addresses
    from resolved
    semi join (
        select core from resolved group by core having min(hash(identity_key)) <> max(hash(identity_key))
    ) using (core)
    group by identity_key, core
"""
_PAIRS_OF_ORGANIZATIONS = f"""
    with namesake as materialized ({_SAME_CORE})
    select l.identity_key, r.identity_key
    from namesake as l join namesake as r using (core)
    where l.identity_key < r.identity_key
        and coalesce(list_has_any(l.heads, r.heads), false)::int + coalesce(list_has_any(l.addresses, r.addresses), false)::int
            + coalesce(list_has_any(l.phones, r.phones), false)::int
            + (damerau_levenshtein(left(l.identity_key, 8), left(r.identity_key, 8)) = 1)::int >= 2
"""

ORGANIZATION = SubjectLinkage(
    name="organization",
    prefix="O",
    columns=(
        "name",
        "core",
        "representative_name",
        "registration_number",
        "phone",
        "addresses",
        "shared_identifiers",
        "contested_number",
    ),
    resolved=f"""
        select identity_key, uscc as number, name_authority, name, null as former_name, {ORGANIZATION_CORE} as core,
            representative_name, registration_number, phone, addresses, address_forms, shared_identifiers,
            cast(null as varchar) as contested_number
        {_BY_NUMBER}
        where identity_key is not null and not {_OLD}
    """,
    unresolved=f"""
        select record_id, role, role_number, resource_id, received, contested_number, name, null as former_name,
            {ORGANIZATION_CORE} as core, representative_name, registration_number, phone, addresses, address_forms, shared_identifiers,
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
    further_pairs=_PAIRS_OF_ORGANIZATIONS,
    frequent="core",
    exists=f"bool_or({_OLD.replace('identity_key', 'token')}) "
    "or (count(representative_name) > 0 and count(addresses) > 0)",
    namesakes=0.0005,  # by law a name is unique where the organisation is registered
)
SUBJECT_LINKAGES = (ORGANIZATION, PERSON)
