"""What differs between persons and organisations in scored linkage: the known, the keys by which pairs are found.

Here: a `Subject` each. Not here: how a pair is compared (comparisons.py), the SQL that all subjects share (candidates.py).
"""

from dataclasses import dataclass, field

from suining_data.city import load_city
from suining_data.elements.organization_names import branch_part, name_core

MOST_PER_TOKEN = 50  # pairs by one rule: beyond that the rule says nothing about this record


@dataclass(frozen=True)
class Subject:
    """`known` and `unidentified` are SELECTs of comparable columns; `rules` the columns two records must share.

    Comparable columns: name, former_name, birth, sex_code, phone, addresses, ties, representative_name, received.
    A rule may name `address` and `tie`, one element of `addresses` and `ties`.
    """

    name: str
    prefix: str
    columns: tuple[str, ...]  # the comparable ones
    known: str  # with identity_key and number: records that carry an accepted number
    unidentified: str  # with record_id, role, token: those that do not
    alphabet: str
    rules: tuple[tuple[str, ...], ...]
    vetoes: tuple[str, ...]  # SQL over two profiles l and r, true where they are never one
    strangers: float  # with the same name as the only one known by it: how many there are of whom nothing is known
    exists: str  # SQL over aggregated profiles: what a subject without any accepted number must tell to be one
    # column -> column of `known` with what the record itself tells, where `known` takes it from the number
    told: dict[str, str] = field(default_factory=dict)


def _digest(*columns: str) -> str:
    """SQL: a token made of all that a record tells, null where that is nothing but a name."""
    told = ", ".join(f"coalesce(cast({column} as varchar), '')" for column in columns)
    return f"'record:' || md5(concat_ws('|', resource_id, role, {told}))"


_BIRTH_TOLD = "regexp_extract(received, '^[0-9]{6}([12][0-9]{3}[01][0-9][0-3][0-9])[0-9X]{4}$', 1)"

PERSON = Subject(
    name="person",
    prefix="P",
    columns=("name", "former_name", "birth", "death", "sex_code", "phone", "addresses", "ties"),
    known="""
        select coalesce(resident_id, other_id_type_code || ':' || other_id) as identity_key, resident_id as number,
            name_authority, name, former_name, sex_code, phone, addresses, ties,
            case when resident_id is not null then substr(resident_id, 7, 8) else strftime(birth_date, '%Y%m%d') end
                as birth,
            strftime(birth_date, '%Y%m%d') as birth_told, strftime(death_date, '%Y%m%d') as death
        from linked.person_evidence as evidence
        anti join linked.contested_number as contested
            on evidence.record_id = contested.record_id and evidence.role = contested.role
        where coalesce(resident_id, other_id) is not null
    """,
    unidentified=f"""
        select record_id, role, role_number, resource_id, received, contested_number, name, former_name, sex_code, birth, death,
            phone, addresses, ties,
            case when name is not null and coalesce(birth, phone, received, addresses::varchar, ties::varchar) is not null
                then {_digest("received", "contested_number", "name", "sex_code", "birth", "phone", "addresses", "ties")}
            end as token
        from (
            select evidence.*, contested.resident_id as contested_number, strftime(death_date, '%Y%m%d') as death,
                coalesce(
                    strftime(birth_date, '%Y%m%d'),
                    case when try_strptime({_BIRTH_TOLD}, '%Y%m%d') is not null then {_BIRTH_TOLD} end
                ) as birth
            from linked.person_evidence as evidence
            left join linked.contested_number as contested
                on evidence.record_id = contested.record_id and evidence.role = contested.role
            where contested.record_id is not null or coalesce(evidence.resident_id, other_id) is null
        )
    """,
    alphabet="0123456789X",
    rules=(
        ("name", "birth"),
        ("name", "phone"),
        ("birth", "phone"),
        ("name", "address"),
        ("birth", "address"),
        ("name", "tie"),
        ("birth", "tie"),
    ),
    vetoes=(
        "l.birth <> r.birth and damerau_levenshtein(l.birth, r.birth) > 1 and not (left(l.birth, 4) = left(r.birth, 4) "
        "and substr(l.birth, 5, 2) = right(r.birth, 2) and right(l.birth, 2) = substr(r.birth, 5, 2))",
        "l.sex_code <> r.sex_code and not list_has_any(l.names, r.names)",
        "l.death < r.birth or r.death < l.birth",
    ),
    told={"birth": "birth_told"},
    exists="count(birth) > 0",
    strangers=0.25,
)

_CORE = name_core("name", load_city())
_BY_NUMBER = """
    from linked.organization_evidence as evidence
    left join (select identifier, min(identity_key) as identity_key from linked.organization_number group by identifier)
        as accepted on accepted.identifier = coalesce(uscc, organization_code, registration_number)
"""

# A registration number alone is an accepted number, but an old one: its bearer may be known by a code as well.
_OLD = "starts_with(identity_key, 'registration_number:')"

ORGANIZATION = Subject(
    name="organization",
    prefix="O",
    columns=("name", "core", "representative_name", "registration_number", "phone", "addresses", "ties"),
    known=f"""
        select identity_key, uscc as number, name_authority, name, null as former_name, {_CORE} as core,
            representative_name, registration_number, phone, addresses, ties
        {_BY_NUMBER}
        where identity_key is not null and not {_OLD}
    """,
    unidentified=f"""
        select record_id, role, role_number, resource_id, received, null as contested_number, name, null as former_name,
            {_CORE} as core, representative_name, registration_number, phone, addresses, ties,
            case when {_OLD} then identity_key when name is not null
                then {_digest("received", "name", "representative_name", "phone", "addresses", "ties")} end as token
        {_BY_NUMBER}
        where identity_key is null or {_OLD}
    """,
    alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY",
    rules=(
        ("core",),
        ("tie",),
        ("representative_name", "address"),
        ("representative_name", "phone"),
        ("core", "phone"),
    ),
    vetoes=(
        f"{branch_part('l.core')} <> {branch_part('r.core')}",
        "l.registration_number <> r.registration_number",
        # one person may run two firms at one address: another name needs a number that is nearly the same
        "not list_has_any(l.names, r.names) and not contains(l.core, r.core) and not contains(r.core, l.core) "
        "and not coalesce(damerau_levenshtein(l.number, r.number) = 1, false)",
    ),
    exists=f"bool_or({_OLD.replace('identity_key', 'token')}) "
    "or (count(representative_name) > 0 and count(addresses) > 0)",
    strangers=0.0005,  # by law a name is one organisation's where it is registered
)
SUBJECTS = (ORGANIZATION, PERSON)
