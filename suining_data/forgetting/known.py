"""What is known of a person who is to be forgotten: their ids, marks, and the values that must not be found afterwards.

Here: reading them from the warehouse, and the file that keeps them until nothing is left. Not here: what is done with them
(removal.py, search.py).

The file registry/.forgetting_<id>.json makes it possible to go on after a crash, when half of it is gone. It is the last
thing to be removed.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb

from suining_data.catalog import load_catalog
from suining_data.settings import Settings
from suining_data.sql import literal, literals
from suining_data.standardization import PAIRS, write_marks
from suining_data.tombstones import load_key, make_key, mark

FEWEST_IN_NUMBER, FEWEST_IN_PHONE = 8, 11  # characters: shorter ones are found in other digits, too

Connection = duckdb.DuckDBPyConnection


class NotKnown(Exception):
    """No person has this id."""


@dataclass(frozen=True)
class Known:
    """A person who is to be forgotten.

    `numbers` and `phones` are only this person's, and so long that no other digits look like them. `births` are pairs of
    name and birth (YYYY-MM-DD) that nobody else has.
    """

    person_id: str
    by: str
    reason: str
    ids: tuple[str, ...]  # with those that were merged into it
    marks: tuple[str, ...]
    numbers: tuple[str, ...]
    phones: tuple[str, ...]
    births: tuple[tuple[str, str], ...]


def unfinished_file(settings: Settings, person_id: str) -> Path:
    """The file that keeps what is known until nothing is left."""
    return settings.registry_backup.parent / f".forgetting_{person_id}.json"


def read_unfinished(settings: Settings, person_id: str) -> Known | None:
    """What is known of a person whose forgetting has begun and is not finished; also by an id that was merged."""
    for file in sorted(unfinished_file(settings, "").parent.glob(unfinished_file(settings, "*").name)):
        kept = json.loads(file.read_text(encoding="utf-8"))
        if person_id in kept["ids"]:
            lists = {name: tuple(kept[name]) for name in ("ids", "marks", "numbers", "phones")}
            return Known(**{**kept, **lists, "births": tuple((name, birth) for name, birth in kept["births"])})
    return None


def has_unfinished(settings: Settings) -> bool:
    """Whether the forgetting of any person has begun and is not finished: kept snapshots may still have the person."""
    return any(unfinished_file(settings, "").parent.glob(unfinished_file(settings, "*").name))


def write_unfinished(settings: Settings, known: Known) -> None:
    """Keep what is known; only the owner may read it."""
    file = unfinished_file(settings, known.person_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(asdict(known), ensure_ascii=False), encoding="utf-8")
    fresh.replace(file)


def is_forgotten(con: Connection, person_id: str) -> bool:
    """Whether the person with this id, or that it was merged into, was forgotten."""
    sql = "select 1 from registry.person_golden where person_id = ? and status = 'forgotten'"
    return con.execute(sql, [person_id]).fetchone() is not None


def read_known(con: Connection, settings: Settings, person_id: str, by: str, reason: str) -> Known:
    """All that the warehouse knows of a person. Raises NotKnown."""
    make_key(settings)
    load_key(con, settings)
    id = _present_id(con, person_id)
    merged = con.execute(
        "select person_id from registry.person_golden where merged_into = ? order by 1", [id]
    ).fetchall()
    ids = (id, *(former for (former,) in merged))
    _find_records(con, id)
    con.execute("create or replace temp table own_mark (mark varchar)")
    _find_values(con, id, ids)
    for (resource_id,) in con.execute("select distinct resource_id from temp.record_of_person order by 1").fetchall():
        write_marks(con, load_catalog().resource(resource_id), "temp.record_of_person", "temp.own_mark")
    numbers, phones, births = _numbers(con), _unshared(con, "phone"), _unshared(con, "birth_date")
    for number in numbers:
        con.execute(f"insert into own_mark select {mark('number', literal(number))}")
    for kind, column in PAIRS.items():
        for name, value in births if column == "birth_date" else _unshared(con, column):
            con.execute(f"insert into own_mark select {mark(kind, literal(name), literal(value))}")
    marks = con.execute("select distinct mark from own_mark where mark is not null order by 1").fetchall()
    return Known(
        person_id=id,
        by=by,
        reason=reason,
        ids=ids,
        marks=tuple(each for (each,) in marks),
        numbers=tuple(numbers),
        phones=tuple(_phones(con, phones)),
        births=tuple(births),
    )


def _present_id(con: Connection, person_id: str) -> str:
    """The id itself, or the one that it was merged into."""
    found = con.execute(
        "select coalesce(merged_into, person_id) from registry.person_golden where person_id = ?", [person_id]
    ).fetchone()
    if not found:
        raise NotKnown(person_id)
    return str(found[0])


def _find_records(con: Connection, id: str) -> None:
    """Fill temp.record_of_person: the person's records, and those of others that have one of the person's numbers."""
    con.execute(
        """
        create or replace temp table record_of_person as
        with own as (from linked.person_record where person_id = $id),

        number as (select distinct resident_id from own where link_rule = 'resident_id' and resident_id is not null)

        select record_id, role, resource_id, link_rule in ('resident_id', 'other_id') as is_numbered from own
        union all
        select record_id, role, resource_id, null from linked.person_record
        where contested_number in (from number) and person_id is distinct from $id
        """,
        {"id": id},
    )


def _find_values(con: Connection, id: str, ids: tuple[str, ...]) -> None:
    """Fill temp.value_of_person, also with what only registry and history know of a withdrawn person; temp.value_of_others."""
    con.execute(
        f"""
        create or replace temp table value_of_person as
        select name, birth_date, phone, resident_id, other_id, link_rule from linked.person_record where person_id = $id
        union all
        select name, birth_date, phone, resident_id, null, 'golden' from population.person where person_id = $id
        union all
        select name, birth_date, phone, null, null, null from history.person where person_id in ({literals(ids)})
        union all
        select null, null, null, case when not contains(identity_key, ':') then identity_key end,
            case when contains(identity_key, ':') then split_part(identity_key, ':', 2) end,
            case when contains(identity_key, ':') then 'other_id' else 'resident_id' end
        from registry.person_identity where person_id in ({literals(ids)}) and not starts_with(identity_key, 'record:')
        """,
        {"id": id},
    )
    con.execute(
        """
        create or replace temp table value_of_others as
        select name, birth_date, phone from linked.person_record where person_id is distinct from $id
        union all
        select name, birth_date, phone from population.person where person_id <> $id
        union all
        select name, null, phone from linked.organization_record
        """,
        {"id": id},
    )
    con.execute(f"""
        insert into own_mark select {mark("number", "identity_key")} from registry.person_identity
        where person_id in ({literals(ids)}) and not starts_with(identity_key, 'record:')
    """)


def _numbers(con: Connection) -> list[str]:
    """The accepted numbers; a resident id also in its former form of 15 digits."""
    rows = con.execute("""
        select resident_id from value_of_person where link_rule in ('resident_id', 'golden')
        union
        select substr(resident_id, 1, 6) || substr(resident_id, 9, 9) from value_of_person
        where link_rule in ('resident_id', 'golden')
        union
        select other_id from value_of_person where link_rule = 'other_id'
        order by 1
    """).fetchall()
    return [number for (number,) in rows if number and len(number) >= FEWEST_IN_NUMBER]


def _unshared(con: Connection, column: str) -> list[tuple[str, str]]:
    """The pairs of the person's name and another value that no other person has."""
    return con.execute(f"""
        select distinct name, cast({column} as varchar) as value from value_of_person
        where name is not null and {column} is not null
            and (name, cast({column} as varchar)) not in (
                select (name, cast({column} as varchar)) from value_of_others where name is not null and {column} is not null)
        order by all
    """).fetchall()


def _phones(con: Connection, pairs: list[tuple[str, str]]) -> list[str]:
    """The phones that only this person has."""
    rows = con.execute(
        """
        select phone from (select distinct unnest($phones::varchar[]) as phone)
        where phone not in (select phone from value_of_others where phone is not null) order by 1
        """,
        {"phones": [phone for _, phone in pairs]},
    ).fetchall()
    return [phone for (phone,) in rows if len(phone) >= FEWEST_IN_PHONE]
