"""The decisions that a person is confidential, and that this is lifted: rows of registry.decision, and so of its chain.

Here: recording one, the persons who are confidential now, all golden ids that a decision covers. Not here: the chain of hashes
(access/decisions.py), the values that are hidden (values.py).

A decision names the golden id of its day. It covers the id that this one was merged into, ids that were merged into it, and ids
that were split off since: more is hidden rather than less, until another decision lifts it.
"""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from suining_data.access import Head, begin_chain, link_decision, next_number, os_user
from suining_data.clock import NOW
from suining_data.sql import literal
from suining_data.warehouse import transaction

Connection = duckdb.DuckDBPyConnection
CONFIDENTIAL = "confidential"  # the subject of these rows of registry.decision; token_l is the golden id
MARKED, LIFTED = "confidential", "lifted"


class NotKnown(Exception):
    """No person has this id."""


class NotConfidential(Exception):
    """No current decision covers this id."""


@dataclass(frozen=True)
class Confidential:
    """A current decision: about whom, who decided it, when and why. `ids`: all golden ids that it covers."""

    person_id: str
    by: str
    at: datetime
    reason: str
    ids: tuple[str, ...]


CURRENT = f"""
    select * from (
        select token_l as person_id, verdict, reason, decided_by, decided_at from registry.decision
        where subject = {literal(CONFIDENTIAL)}
        qualify row_number() over (partition by token_l order by decision_number desc) = 1
    ) where verdict = {literal(MARKED)}
"""
# decided_on is the id that the decision names
COVERED = f"""
    with recursive current_decision as ({CURRENT}),

    leads as (
        select person_id as id, merged_into as other_id, null::timestamp as since
        from registry.person_golden where status = 'merged'
        union all
        select merged_into, person_id, null from registry.person_golden where status = 'merged'
        union all
        select other_id, person_id, happened_at from registry.person_event where kind = 'split'
    ),

    covered as (
        select person_id as decided_on, person_id, decided_at from current_decision
        union
        select covered.decided_on, leads.other_id, covered.decided_at
        from covered join leads on leads.id = covered.person_id
        where leads.since is null or leads.since >= covered.decided_at
    )

    select distinct decided_on, person_id from covered
"""


def confidential_persons(con: Connection) -> list[Confidential]:
    """The current decisions, the latest first."""
    rows = con.execute(f"""
        select person_id, decided_by, decided_at, reason, ids from ({CURRENT}) as decision
        join (select decided_on, list(person_id order by person_id) as ids from ({COVERED}) group by decided_on) as covered
            on decided_on = decision.person_id
        order by decided_at desc, person_id
    """).fetchall()
    return [Confidential(id, by, at, reason, tuple(ids)) for id, by, at, reason, ids in rows]


def covered_ids(con: Connection) -> set[str]:
    """All golden ids of confidential persons."""
    return {id for (id,) in con.execute(f"select person_id from ({COVERED})").fetchall()}


def mark(con: Connection, person_id: str, by: str, reason: str) -> Head:
    """Record that a person is confidential. Returns the last hash of the chain. Raises NotKnown."""
    known = con.execute(
        "select 1 from registry.person_golden where person_id = ? and status <> 'forgotten'", [person_id]
    )
    if known.fetchone() is None:
        raise NotKnown(person_id)
    return _record(con, [person_id], MARKED, by, reason)


def lift(con: Connection, person_id: str, by: str, reason: str) -> Head:
    """Record that no decision about this person is current any more, whichever of the ids it names. Raises NotConfidential."""
    decided_on = [each.person_id for each in confidential_persons(con) if person_id in each.ids]
    if not decided_on:
        raise NotConfidential(person_id)
    return _record(con, decided_on, LIFTED, by, reason)


def _record(con: Connection, ids: list[str], verdict: str, by: str, reason: str) -> Head:
    with transaction(con):
        begin_chain(con)
        for id in ids:
            number = next_number(con)
            row = [CONFIDENTIAL, id, "", verdict, reason, by, number]
            con.execute(f"insert into registry.decision values (?, ?, ?, ?, ?, ?, {NOW}, ?)", row)
            last = link_decision(con, number, os_user())
        return last
