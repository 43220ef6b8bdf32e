"""The open pairs in the order in which people should decide them, with both parties.

Here: which pairs are open, and their order. Not here: the values of a party (pair_view.py), the layout (terminal.py,
sheets.py).

1. Pairs whose weight is above the threshold, but another subject is as likely (ambiguous).
2. Pairs below the threshold (uncertain), the nearest to it first.
3. Decisions that contradict a veto or another decision (vetoed).
Among equal pairs, those whose clusters have more records come first. The pairs of one record stay together.
"""

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from suining_data.catalog import Catalog
from suining_data.confidential import covered_ids, recognised_by
from suining_data.linkage import ACCEPT
from suining_data.review.decisions import LAST_DECISIONS, UNSURE_BY
from suining_data.review.labels import ORGANIZATION, PERSON, Evidence
from suining_data.review.pair_view import Party, hidden, parties_of


@dataclass(frozen=True)
class OpenPair:
    """A pair without a decision; `unsure_by` lists the people who reviewed it and were unsure."""

    pair_id: str
    subject: str
    state: str
    probability: float
    evidence: list[Evidence]
    left: Party
    right: Party
    unsure_by: list[str]


# A pair that was decided since the last refresh is no longer open, unless the decision is vetoed.
_OPEN = f"""
    select review.* from linked.review left join ({LAST_DECISIONS}) as last using (pair_id)
    where coalesce(review.subject = $subject, true)
        and (verdict is null or verdict = 'unsure' or (verdict = 'same' and state = 'vetoed'))
"""
_OPEN_IN_ORDER = f"""
    with open_pair as ({_OPEN}),

    unsure_by as ({UNSURE_BY}),

    identity as (
        select distinct 'person' as subject, token, person_id as id from linked.person_identity
        union all
        select distinct 'organization', token, organization_id from linked.organization_identity
    ),

    pair as (
        select open_pair.*, l.id as id_l, r.id as id_r,
            case state when 'ambiguous' then -1 when 'uncertain' then floor(abs(weight - {ACCEPT})) else 1e9 end as distance
        from open_pair
        left join identity as l on l.subject = open_pair.subject and l.token = token_l
        left join identity as r on r.subject = open_pair.subject and r.token = token_r
    ),

    size as (
        select id, count(*) as records from (
            select person_id as id from linked.person_record union all select organization_id from linked.organization_record
        ) where id in (select id_l from pair union select id_r from pair) group by id
    )

    select pair.pair_id, subject, state, probability, evidence, token_l, token_r, coalesce(who, []) as who, [id_l, id_r] as ids
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
    """The first `most` open pairs of a subject, or of both subjects; `con` is a connection to the warehouse.

    A pair about a confidential person shows no value of either party, as the other one may be the same person.
    """
    rows = con.execute(_OPEN_IN_ORDER, {"subject": subject, "most": most}).fetchall()
    parties = {
        name: parties_of(con, catalog, name, [row[5:7] for row in rows if row[1] == name])
        for name in {row[1] for row in rows}
    }
    covered = covered_ids(con)
    known = {PERSON: recognised_by(con, "number"), ORGANIZATION: recognised_by(con, "number", "name")}
    return [
        OpenPair(
            pair_id,
            name,
            state,
            probability,
            [Evidence(**part) for part in evidence],
            *_without_confidential(parties[name][left, right], known[name], is_about=bool(covered & set(ids))),
            unsure_by,
        )
        for pair_id, name, state, probability, evidence, left, right, unsure_by, ids in rows
    ]


def _without_confidential(
    parties: tuple[Party, Party], known: Collection[str], *, is_about: bool
) -> tuple[Party, Party]:
    left, right = parties
    return hidden(left, known, is_about=is_about), hidden(right, known, is_about=is_about)


def ids_of(con: duckdb.DuckDBPyConnection, pairs: list[str]) -> list[str]:
    """The golden ids of both parties of pairs with these ids."""
    rows = con.execute(
        """
        with token as (
            select unnest([token_l, token_r]) as token from linked.review where list_contains($pairs, pair_id)
        )
        select person_id from linked.person_identity semi join token using (token)
        union select organization_id from linked.organization_identity semi join token using (token)
        """,
        {"pairs": pairs},
    ).fetchall()
    return [id for (id,) in rows]


def count_open(con: duckdb.DuckDBPyConnection, subject: str | None = None) -> int:
    """The number of open pairs of a subject, or of both subjects."""
    [(pairs,)] = con.execute(f"select count(*) from ({_OPEN})", {"subject": subject}).fetchall()
    return int(pairs)
