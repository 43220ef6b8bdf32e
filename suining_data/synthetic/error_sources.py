"""What errors deliver that belongs to another subject, or to an earlier time: a father's number, a parent's code.

Here: tables <subject>_error_source, a row per subject of the city, and variables with numbers of others.
Not here: which value gets it (corruption.py, delivery.py), how often (errors.py).
"""

from dataclasses import dataclass

import duckdb

from .errors import ErrorRates


@dataclass(frozen=True)
class ErrorSource:
    """A column of an error source: the subject whose row it is, the attribute it is delivered for, the error's kind."""

    column: str
    subject: str
    attribute: str
    kind: str


ERROR_SOURCES = (
    ErrorSource("father_number", "person", "resident_id", "id_of_father"),
    ErrorSource("former_number", "person", "resident_id", "id_former"),
    ErrorSource("clerk_phone", "person", "phone", "phone_of_clerk"),
    ErrorSource("parent_uscc", "organization", "uscc", "uscc_of_parent"),
)


def create_error_sources(con: duckdb.DuckDBPyConnection, rates: ErrorRates) -> None:
    """Create the tables from `person`, `place` and `organization`, and the variables other_ids and other_usccs."""
    con.execute(_PERSON.replace("{number_reissued}", str(rates.number_reissued)))
    con.execute(_ORGANIZATION)
    _load_others(con, "other_ids", "resident_id", "from person where is_registered order by u(pid, 'other'), pid")
    _load_others(con, "other_usccs", "uscc", "from organization order by u(oid, 'other'), oid")


def _load_others(con: duckdb.DuckDBPyConnection, variable: str, column: str, chosen: str) -> None:
    """Sets a variable to 500 numbers of other subjects, repeated where the city has fewer."""
    con.execute(f"set variable {variable} = (select list({column}) from (select {column} {chosen} limit 500))")
    con.execute(
        f"""set variable {variable} = list_transform(range(500),
        i -> getvariable('{variable}')[1 + i % len(getvariable('{variable}'))])"""
    )


# A number was reissued because its sequence was somebody else's, or its birth date wrong. Nobody has the one before.
_PERSON = """
create table person_error_source as
with clerk as (
    select code, arg_min(phone, (u(pid, 'clerk'), pid)) as phone
    from person join place on aid = registered_aid
    where is_registered and age between 30 and 60 group by code
),

reissued as (
    select pid, case when pick(pid, 'reason', 2) = 0
            then resident_id[1:14] || lpad(((resident_id[15:17]::integer + 2 + 2 * pick(pid, 'sequence', 400)) % 1000)::varchar, 3, '0')
            else resident_id[1:6] || strftime(birth + 1 + pick(pid, 'birth', 300), '%Y%m%d') || resident_id[15:17] end as body
    from person where kind = 0 and u(pid, 'reissued') < {number_reissued}
),

former as (
    select pid, body || iso7064(body) as number from reissued
    where not exists (from person where person.resident_id = body || iso7064(body))
)

select child.pid as id, case when child.age < 18 then father.resident_id end as father_number,
    former.number as former_number, clerk.phone as clerk_phone
from person as child
left join person as father on father.pid = child.father
left join former on former.pid = child.pid
left join place on place.aid = child.registered_aid
left join clerk on clerk.code = place.code
"""
_ORGANIZATION = """
create table organization_error_source as
select branch.oid as id, parent.uscc as parent_uscc
from organization as branch
left join organization as parent on parent.oid = case when branch.kind = 'branch' then branch.parent end
"""
