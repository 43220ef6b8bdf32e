"""Valid numbers of persons that a row carries although they are not the person's own: linked.contested_number.

Here: who owns a number, which rows contest it, which numbers are a mistake for another one.
Not here: how names and births are compared (person_names.py, births.py), whom a contesting row is about (blocking.py,
scoring.py): the number stays evidence there.

1. One number, two people. The owner of a number is told by one row, the anchor. A row with another name contests the
   number: if the name has nothing in common with the anchor's, unless the row reports sex and birth and neither
   contradicts the number; if the name is merely alike, and sex or birth contradicts. No name that only is written
   differently, or that the anchor's rows report as the former one, contests. A row without a name contests by its birth.
2. One person, two numbers. A number that one source alone reports, one mistake away from a number that several sources
   report with the same name, is a mistake if nothing contradicts, and address, phone or another identifier agrees, too,
   or hardly anybody else has the name.
   Check digits do not prevent that: a 15-digit number has none, and a form computes one for whatever was typed.
"""

from suining_data.linkage import births, person_names
from suining_data.linkage.tokens import token

# Numbers with one name: so few that two near ones among them are hardly ever two persons. A number has about one other
# within a mistake. So of all pairs of namesakes one in the number of persons is near; of the pairs of such rare names
# that is less than one pair in a city.
FEW_NAMESAKES = 3

_IN_NUMBER = "substr(resident_id, 7, 8)"
_SEX_IN_NUMBER = "case when ascii(substr(resident_id, 17, 1)) % 2 = 1 then '1' else '2' end"
_VAGUE = births.is_vague("birth")
_FAR_FROM_NUMBER = f"coalesce({births.conflict('birth', _IN_NUMBER, _VAGUE)}, false)"
_FAR_FROM_ANCHOR = f"coalesce({births.conflict('birth', 'anchor_birth', _VAGUE)}, false)"

# The anchor: no birth or sex that contradicts the number, then the best authority, agreement with the number, the name
# that most sources report, no contest before. Rows that are equal in all that are equal in the last keys, too: so
# neither the order of rows nor their ids decide.
# `number` has one row per number. Its texts are compared by their hash, which takes a third of the time.
_ANCHORED = f"""
number as materialized (
    select resident_id, any_value(name) as name, count(name) < count(*) as has_nameless_rows,
        min(hash(name)) filter (where name is not null) <> max(hash(name)) filter (where name is not null)
            as has_other_names,
        min(hash(resource_id)) = max(hash(resource_id)) as has_one_source
    from (select resident_id, resource_id, name from linked.person_evidence where resident_id is not null)
    group by resident_id
),

many_names as (select resident_id from number where has_other_names or (name is not null and has_nameless_rows)),

named as (
    select * exclude (plain_name), coalesce(plain_name, name) as plain_name,
        known_sex = number_sex_code as is_same_sex, birth = {_IN_NUMBER} as is_same_birth, {token("person")} as token
    from (
        select record_id, role, resource_id, resident_id, resident_id as contested_number, received, name, former_name,
            sex_code, case when sex_code in ('1', '2') then sex_code end as known_sex, strftime(birth_date, '%Y%m%d') as birth, phone, addresses,
            shared_identifiers, name_authority, {_SEX_IN_NUMBER} as number_sex_code
        from linked.person_evidence semi join many_names using (resident_id)
    )
    left join linked.person_plain_name as plain using (name)
),

ranked as (
    select *, row_number() over (
        partition by resident_id
        order by name is null, is_far or (is_same_sex is false and is_same_birth is not true), name_authority,
            coalesce(is_same_sex, false)::int + coalesce(is_same_birth, false)::int desc,
            sources desc, was_contested, name, former_name, known_sex, birth
    ) as position
    from (
        select named.*, {_FAR_FROM_NUMBER} as is_far, before.identity_key is not null as was_contested,
            count(distinct resource_id) over (partition by resident_id, plain_name) as sources
        from named
        left join registry.person_identity as before on before.identity_key = named.token
    )
),

anchor as (
    select resident_id, name as anchor_name, plain_name as anchor_plain_name, known_sex as anchor_sex, birth as anchor_birth
    from ranked where position = 1
),

former as (
    select resident_id, list(distinct former_name) filter (where former_name is not null) as former_names
    from named join anchor using (resident_id)
    where named.plain_name = anchor_plain_name
    group by resident_id
),

form as ({person_names.spelled("select distinct name, plain_name from named where name is not null")})
"""

_CONTESTING = f"""
compared as (
    select named.record_id, named.role, named.resource_id, resident_id, named.name,
        {person_names.is_same("l", "r")} or named.former_name = anchor_name
            or list_contains(former_names, named.name) as is_same_name,
        {person_names.is_alike("l", "r")} as is_alike,
        {_FAR_FROM_NUMBER} and (anchor_birth is null or {_FAR_FROM_ANCHOR}) as is_far,
        is_far or coalesce(known_sex <> anchor_sex, false) as contradicts,
        known_sex is not null and birth is not null as reports_sex_and_birth
    from named
    join anchor using (resident_id)
    left join former using (resident_id)
    left join form as l on l.name = named.name
    join form as r on r.name = anchor_name
    where named.plain_name is distinct from anchor_plain_name
),

contesting as (
    select record_id, role, resource_id, resident_id, cast(null as varchar) as near_number
    from compared
    where case when name is null then is_far
        else is_same_name is not true and (contradicts or not (is_alike or reports_sex_and_birth)) end
)
"""


# Numbers that differ in one of the first 17 digits, or in two swapped ones, have one half of them in common, or the two
# digits in the middle are swapped. The 18th is the check character.
_HALVES = {
    "left(l.resident_id, 8)": "left(r.resident_id, 8)",
    "substr(l.resident_id, 9, 9)": "substr(r.resident_id, 9, 9)",
    "left(l.resident_id, 7) || substr(l.resident_id, 9, 1) || substr(l.resident_id, 8, 1) || substr(l.resident_id, 10, 8)":
        "left(r.resident_id, 17)",
}  # fmt: skip
_NEAR = " union ".join(
    f"""
    select l.resident_id, r.resident_id as near_number, name
    from one_source as l join other_number as r using (name)
    where {left} = {right} and damerau_levenshtein(left(l.resident_id, 17), left(r.resident_id, 17)) = 1
    """
    for left, right in _HALVES.items()
)
_MISTAKEN = f"""
one_source as (select resident_id, name from number where has_one_source and not has_other_names),

other_number as (
    select distinct resident_id, name
    from (select resident_id, name from linked.person_evidence where resident_id is not null)
    semi join one_source using (name)
    anti join one_source using (resident_id)
),

near as ({_NEAR}),

rare_name as (
    select name from linked.person_evidence semi join (select distinct name from near) using (name)
    group by name having count(distinct resident_id) <= {FEW_NAMESAKES}
),

supported as (
    select resident_id, near_number, bool_or(
            l.phone = r.phone or list_has_any(l.addresses, r.addresses)
            or list_has_any(l.shared_identifiers, r.shared_identifiers) or name in (from rare_name)
        ) as agrees,
        bool_or(l.sex_code <> r.sex_code or {births.conflict("l.birth", "r.birth", births.is_vague("l.birth"))}) as contradicts
    from near
    join (select *, strftime(birth_date, '%Y%m%d') as birth from linked.person_evidence) as l using (resident_id, name)
    join (
        select resident_id as near_number, name, resource_id, phone, addresses, shared_identifiers, sex_code,
            substr(resident_id, 7, 8) as birth
        from linked.person_evidence
    ) as r using (near_number, name)
    group by resident_id, near_number having count(distinct r.resource_id) > 1
),

mistaken as (
    select record_id, role, resource_id, resident_id, near_number
    from linked.person_evidence
    join (
        select resident_id, min(near_number) as near_number from supported
        group by resident_id having count(*) = 1 and bool_and(agrees is true and contradicts is not true)
    ) using (resident_id)
)
"""

CONTESTED = f"""
with {_ANCHORED.strip()},

{_CONTESTING.strip()},

{_MISTAKEN.strip()}

from contesting
union all
from mistaken
"""
