"""Deterministic linkage: records with the same accepted number are one subject.

Here: the SELECTs of linked.organization_number, and of clusters and ids of both subjects.
Not here: contested numbers (person_contests.py, contested_organizations.py), records without an accepted number
(blocking.py), ids (registry.py).

The identity registry stores a `token` for each record: the key of its accepted number, or a digest of what it reports
(tokens.py). So a row that is delivered again, elsewhere or in another order keeps its token. A record that reports
nothing but a name has no token.
"""

# The key of a person's accepted number, as SQL over the evidence; null where a record has none.
PERSON_KEY = "coalesce(resident_id, other_id_type_code || ':' || other_id)"


def keyed_organizations(evidence: str) -> str:
    """SELECT of the records in `evidence`, a table or a subquery, with identity_key, which all numbers of one share.

    The numbers of one organisation share the organisation code: a USCC has it at positions 9 to 17, with its check
    character at 17. A registration number belongs to the code that it was delivered with, if there is only one such code.
    """
    return f"""
        with record as (
            select *, coalesce(substr(uscc, 9, 9), organization_code) as own_code from {evidence}
        ),

        numbered as (
            select registration_number, min(own_code) as numbered_code
            from record where registration_number is not null and own_code is not null
            group by registration_number having min(own_code) = max(own_code)
        )

        select record.*, numbered_code,
            coalesce(own_code, numbered_code, 'registration_number:' || registration_number) as identity_key
        from record left join numbered using (registration_number)
    """


_UNCONTESTED = """(
    from linked.organization_evidence as evidence
    anti join linked.contested_organization as contested
        on evidence.record_id = contested.record_id and evidence.role = contested.role
)"""
ORGANIZATION_NUMBER = f"""
with keyed as ({keyed_organizations(_UNCONTESTED)}),

identifier as (
    select identity_key, 'uscc' as identifier_type, uscc as identifier from keyed
    union all
    select identity_key, 'organization_code', coalesce(own_code, numbered_code) from keyed
    union all
    select identity_key, 'registration_number', registration_number from keyed
    where identity_key = coalesce(numbered_code, identity_key)
)

select identity_key, identifier_type, identifier
from identifier
where identifier is not null and identity_key is not null
group by identity_key, identifier_type, identifier
"""

# How many records every token has, and the key of the first one. Tokens that report too little have no cluster.
PERSON_CLUSTER = f"""
with record as (
    select case when record.record_id is null then {PERSON_KEY}
            else record.token end as token,
        evidence.record_id * 4 + evidence.role_number as record_key
    from linked.person_evidence as evidence
    left join linked.person_unresolved as record
        on evidence.record_id = record.record_id and evidence.role = record.role
)

select token, coalesce(root, token) as root, count(*) as records, min(record_key) as first_record
from record left join linked.person_link using (token)
where token is not null and coalesce(is_subject, true)
group by token, root
"""
PERSON_IDENTITY = """
select token, id as person_id,
    case when starts_with(token, 'record:') then null when contains(token, ':') then split_part(token, ':', 1)
        else 'resident_id' end as identifier_type,
    case when not starts_with(token, 'record:') then substr(token, strpos(token, ':') + 1) end as identifier
from temp.assigned_id
"""
ORGANIZATION_CLUSTER = """
with record as (
    select case when record.record_id is null then identity_key else record.token end as token,
        evidence.record_id * 4 + evidence.role_number as record_key
    from linked.organization_evidence as evidence
    left join (select identifier, min(identity_key) as identity_key from linked.organization_number group by identifier)
        as accepted on accepted.identifier = coalesce(uscc, organization_code, registration_number)
    left join linked.organization_unresolved as record
        on evidence.record_id = record.record_id and evidence.role = record.role
)

select token, coalesce(root, token) as root, count(*) as records, min(record_key) as first_record
from record left join linked.organization_link using (token)
where token is not null and coalesce(is_subject, true)
group by token, root
"""
# An organisation has several numbers, a token one key for all of them.
ORGANIZATION_IDENTITY = """
select token, id as organization_id, identifier_type, identifier
from temp.assigned_id left join linked.organization_number on identity_key = token
"""
