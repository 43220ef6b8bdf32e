"""Decisions of people about pairs: registry.decision, which is only ever added to.

Here: which pairs there are to decide about, adding a decision. Not here: what follows from one (linkage/clustering.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from suining_data.linkage import pair_id
from suining_data.warehouse import transaction


@dataclass(frozen=True)
class Decision:
    """The pair is `verdict` (same, different, unsure), says `by`, because of `why`."""

    pair_id: str
    verdict: str
    by: str
    why: str | None = None


@dataclass(frozen=True)
class DecidablePair:
    """A pair that can be decided: it is open, or it was decided before."""

    subject: str
    left: str
    right: str
    state: str | None  # None: not open any more


_DECIDED = f"select {pair_id('subject', 'token_l', 'token_r')} as pair_id, * from registry.decision"
LAST_DECISIONS = f"""
    select pair_id, verdict from ({_DECIDED})
    qualify row_number() over (partition by pair_id order by decided_at desc, decision_number desc) = 1
"""
UNSURE_BY = f"""
    select pair_id, list(
        decided_by || strftime(decided_at, ' %Y-%m-%d') || coalesce('：' || reason, '') order by decided_at) as who
    from ({_DECIDED}) where verdict = 'unsure' group by pair_id
"""
_KNOWN = f"""
    select pair_id, subject, token_l, token_r, state from linked.review where list_contains($ids, pair_id)
    union all
    select distinct on (pair_id) pair_id, subject, token_l, token_r, null from ({_DECIDED})
    where list_contains($ids, pair_id) and pair_id not in (select pair_id from linked.review)
"""


def decidable_pairs(con: duckdb.DuckDBPyConnection, ids: Iterable[str]) -> dict[str, DecidablePair]:
    """Of the ids of pairs those that are known, in `con`, the warehouse."""
    rows = con.execute(_KNOWN, {"ids": list(dict.fromkeys(ids))}).fetchall()
    return {id: DecidablePair(subject, left, right, state) for id, subject, left, right, state in rows}


def append(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision], pairs: dict[str, DecidablePair]) -> None:
    """Add the decisions, all or none. KeyError when a pair is not one of `pairs`, the known."""
    rows = [
        (pair.subject, pair.left, pair.right, each.verdict, each.why, each.by)
        for each in decisions
        for pair in [pairs[each.pair_id]]
    ]
    with transaction(con):
        for row in rows:
            con.execute(
                "insert into registry.decision select ?, ?, ?, ?, ?, ?, current_timestamp::timestamp, "
                "coalesce(max(decision_number), 0) + 1 from registry.decision",
                list(row),
            )


def not_yet_recorded(con: duckdb.DuckDBPyConnection, decisions: Sequence[Decision]) -> list[Decision]:
    """The decisions that nobody has added before, word for word."""
    there = set(con.execute(f"select pair_id, verdict, decided_by, reason from ({_DECIDED})").fetchall())
    return [each for each in decisions if (each.pair_id, each.verdict, each.by, each.why) not in there]
