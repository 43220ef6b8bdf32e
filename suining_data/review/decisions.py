"""Decisions of people about pairs: registry.decision, an append-only table.

Here: the pairs that can be decided, adding a decision. Not here: the effect of a decision (linkage/clustering.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from suining_data.access import Head, begin_chain, last_link, link_decision, next_number, os_user
from suining_data.clock import NOW
from suining_data.linkage import pair_id
from suining_data.warehouse import transaction


@dataclass(frozen=True)
class Decision:
    """A person, `by`, decided that a pair is `verdict` (same, different, unsure), for the reason `why`."""

    pair_id: str
    verdict: str
    by: str
    why: str | None = None


@dataclass(frozen=True)
class DecidablePair:
    """A pair that can be decided: it is open, or it has a decision."""

    subject: str
    left: str
    right: str
    state: str | None  # None: the pair is no longer open


_DECIDED = f"select {pair_id('subject', 'token_l', 'token_r')} as pair_id, * from registry.decision where subject in ('person', 'organization')"
LAST_DECISIONS = f"""
    select pair_id, verdict from ({_DECIDED})
    qualify row_number() over (partition by pair_id order by decided_at desc, decision_number desc) = 1
"""
UNSURE_BY = f"""
    select pair_id, list(
        decided_by || strftime(decided_at, ' %Y-%m-%d') || coalesce('：' || reason, '') order by decided_at) as who
    from ({_DECIDED}) where verdict = 'unsure' group by pair_id
"""
_DECIDABLE = f"""
    select pair_id, subject, token_l, token_r, state from linked.review where list_contains($ids, pair_id)
    union all
    select distinct on (pair_id) pair_id, subject, token_l, token_r, null from ({_DECIDED})
    where list_contains($ids, pair_id) and pair_id not in (select pair_id from linked.review)
"""


def decidable_pairs(con: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, DecidablePair]:
    """The pairs with these ids, by id; an id without a pair is left out. `con` is a connection to the warehouse."""
    rows = con.execute(_DECIDABLE, {"ids": list(dict.fromkeys(ids))}).fetchall()
    return {id: DecidablePair(subject, left, right, state) for id, subject, left, right, state in rows}


def append(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], pairs: dict[str, DecidablePair]) -> Head:
    """Add the decisions under the name of the OS user, all or none, to the chain. Returns its last hash.

    Raises KeyError when a pair is not in `pairs`.
    """
    rows = [
        (pair.subject, pair.left, pair.right, each.verdict, each.why, each.by)
        for each in decisions
        for pair in [pairs[each.pair_id]]
    ]
    with transaction(con):
        begin_chain(con)
        last = last_link(con)
        for row in rows:
            number = next_number(con)
            con.execute(f"insert into registry.decision values (?, ?, ?, ?, ?, ?, {NOW}, ?)", [*row, number])
            last = link_decision(con, number, os_user())
        return last


def not_yet_recorded(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that are not in registry.decision yet, with the same verdict, person and reason."""
    recorded = set(con.execute(f"select pair_id, verdict, decided_by, reason from ({_DECIDED})").fetchall())
    return [each for each in decisions if (each.pair_id, each.verdict, each.by, each.why) not in recorded]
