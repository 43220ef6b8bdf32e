"""The open pairs in the order in which they should be decided, with both parties.

Here: which pairs and in which order. Not here: what a party tells (pair_view.py), how it looks (terminal.py, sheets.py).

First come pairs that would be accepted were another not as likely, then those nearest to acceptance; of equals, those on
which most records hang. The pairs of one record stand together. Decisions that could not be obeyed come last.
"""

from dataclasses import dataclass

import duckdb

from suining_data.catalog import Catalog
from suining_data.linkage import ACCEPT
from suining_data.review.decisions import LAST_DECISIONS, UNSURE_BY
from suining_data.review.labels import Evidence
from suining_data.review.pair_view import Party, parties_of


@dataclass(frozen=True)
class OpenPair:
    """A pair that waits for a decision; `unsure_by` tells who could not say."""

    pair_id: str
    subject: str
    state: str
    probability: float
    evidence: list[Evidence]
    left: Party
    right: Party
    unsure_by: list[str]


# A pair that was decided since the last refresh waits for nobody, unless the decision is what could not be obeyed.
_WAITING = f"""
    select review.* from linked.review left join ({LAST_DECISIONS}) as last using (pair_id)
    where coalesce(review.subject = $subject, true)
        and (verdict is null or verdict = 'unsure' or (verdict = 'same' and state = 'vetoed'))
"""
_OPEN = f"""
    with waiting as ({_WAITING}),

    unsure_by as ({UNSURE_BY}),

    identity as (
        select distinct 'person' as subject, token, person_id as id from linked.person_identity
        union all
        select distinct 'organization', token, organization_id from linked.organization_identity
    ),

    pair as (
        select waiting.*, l.id as id_l, r.id as id_r,
            case state when 'ambiguous' then -1 when 'uncertain' then floor(abs(weight - {ACCEPT})) else 1e9 end as distance
        from waiting
        left join identity as l on l.subject = waiting.subject and l.token = token_l
        left join identity as r on r.subject = waiting.subject and r.token = token_r
    ),

    size as (
        select id, count(*) as records from (
            select person_id as id from linked.person_record union all select organization_id from linked.organization_record
        ) where id in (select id_l from pair union select id_r from pair) group by id
    )

    select pair.pair_id, subject, state, probability, evidence, token_l, token_r, coalesce(who, []) as who
    from pair
    left join unsure_by using (pair_id)
    left join size as l on l.id = id_l
    left join size as r on r.id = id_r
    order by min(distance) over (partition by token_l),
        max(coalesce(l.records, 1) + coalesce(r.records, 1)) over (partition by token_l) desc, token_l, weight desc, pair_id
    limit $most
"""


def open_pairs(
    con: duckdb.DuckDBPyConnection, catalog: Catalog, subject: str | None = None, most: int | None = None
) -> list[OpenPair]:
    """The first `most` open pairs of a subject, or of both; `con` has the warehouse open."""
    rows = con.execute(_OPEN, {"subject": subject, "most": most}).fetchall()
    parties = {
        name: parties_of(con, catalog, name, [row[5:7] for row in rows if row[1] == name])
        for name in {row[1] for row in rows}
    }
    return [
        OpenPair(
            pair_id,
            name,
            state,
            probability,
            [Evidence(**part) for part in evidence],
            *parties[name][left, right],
            unsure_by=unsure_by,
        )
        for pair_id, name, state, probability, evidence, left, right, unsure_by in rows
    ]


def count_open(con: duckdb.DuckDBPyConnection, subject: str | None = None) -> int:
    """How many pairs of a subject, or of both, wait for a decision."""
    [(pairs,)] = con.execute(f"select count(*) from ({_WAITING})", {"subject": subject}).fetchall()
    return int(pairs)
