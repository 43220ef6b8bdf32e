"""Exact linkage: records that carry the same valid identifier are one person, one organisation.

Here: the SELECTs of linked.person_identity, linked.organization_identity and linked.contested_number, and minting.
Not here: gathering the records (records.py), linking records without a valid identifier.
"""

import duckdb

PERSON_KEY = "coalesce(resident_id, other_id_type_code || ':' || other_id)"

# One number, two people: a record whose name shares no character with the name that the best authority gives for the
# number, or whose name differs and whose sex or birth date contradicts it, is not merged.
CONTESTED = """
with record as ({records}),

many_names as (
    select resident_id from record where resident_id is not null
    group by resident_id having min(name) <> max(name)
),

named as (
    select record_id, role, resident_id, resource_id, name, former_name, sex_code, birth_date, name_authority
    from record join many_names using (resident_id)
    where name is not null
),

ranked as (
    select *, row_number() over (
        partition by resident_id order by name_authority, sex_code is null, record_id, role
    ) as position
    from named
),

anchor as (
    select resident_id, name as anchor_name, former_name as anchor_former_name, sex_code as anchor_sex_code,
        birth_date as anchor_birth_date
    from ranked where position = 1
),

compared as (
    select named.*, anchor_name,
        named.name in (anchor_name, coalesce(anchor_former_name, anchor_name))
            or coalesce(anchor_name = named.former_name, false) as is_same_name,
        list_has_any(string_split(named.name, ''), string_split(anchor_name, '')) as has_common_character,
        coalesce(sex_code <> anchor_sex_code, false) or coalesce(birth_date <> anchor_birth_date, false) as contradicts,
        sex_code is not null and birth_date is not null as tells_sex_and_birth
    from named join anchor using (resident_id)
)

select record_id, role, resource_id, resident_id
from compared
where not is_same_name
    and (contradicts or (not has_common_character and not tells_sex_and_birth))
"""

PERSON_IDENTITY = """
with record as (
    select {key} as identity_key, record_id * 4 + role_number as record_key from ({records}) as record
    anti join linked.contested_number as contested
        on record.record_id = contested.record_id and record.role = contested.role
),

known as (
    select identity_key, min(record_key) as first_record
    from record where identity_key is not null group by identity_key
)

select identity_key, first_record,
    case when contains(identity_key, ':') then split_part(identity_key, ':', 1) else 'resident_id' end
        as identifier_type,
    substr(identity_key, strpos(identity_key, ':') + 1) as identifier
from known
"""

# The organisation code is what the numbers of one organisation share: a USCC holds it at 9-17, its check character
# at 17. A registration number belongs to the code it was delivered with, if that is one code only.
ORGANIZATION_IDENTITY = """
with record as (
    select record_id, role_number, uscc, registration_number,
        coalesce(substr(uscc, 9, 9), organization_code) as organization_code
    from ({records}) as record
),

numbered as (
    select registration_number, min(organization_code) as numbered_code
    from record where registration_number is not null and organization_code is not null
    group by registration_number having min(organization_code) = max(organization_code)
),

keyed as (
    select *, coalesce(organization_code, numbered_code, 'registration_number:' || registration_number) as identity_key
    from record left join numbered using (registration_number)
),

identifier as (
    select identity_key, 'uscc' as identifier_type, uscc as identifier, record_id, role_number from keyed
    union all
    select identity_key, 'organization_code', organization_code, record_id, role_number from keyed
    union all
    select identity_key, 'registration_number', registration_number, record_id, role_number from keyed
    where identity_key = coalesce(numbered_code, identity_key)
)

select identity_key, identifier_type, identifier, min(record_id * 4 + role_number) as first_record
from identifier
where identifier is not null and identity_key is not null
group by identity_key, identifier_type, identifier
"""


def mint(con: duckdb.DuckDBPyConnection, subject: str, prefix: str, identities: str, run_id: str) -> None:
    """Give every new identity key of `identities` an opaque id; known keys keep theirs.

    The id is made of where the key was first seen, not of the key: it tells nothing about the person.
    """
    con.execute(f"""
        create table if not exists registry.{subject}_identity (
            identity_key varchar, {subject}_id varchar, run_id varchar, minted_at timestamp)
    """)
    con.execute(
        f"""
        insert into registry.{subject}_identity
        select identity_key,
            '{prefix}' || substr(md5(concat_ws('|', min(first_record), (select count(*) from registry.{subject}_identity))), 1, 16),
            ?, current_timestamp
        from {identities} anti join registry.{subject}_identity using (identity_key)
        group by identity_key
        """,
        [run_id],
    )
