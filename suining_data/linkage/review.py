"""The review queue: pairs that are too uncertain to be a match or a non-match, for a person to decide.

Here: the SELECT of linked.review, the number of open pairs. Not here: which pairs are open (clustering.py), how people
see and decide them (review/).
"""

import duckdb

STATES = ("ambiguous", "uncertain", "two_numbers", "conflicting", "vetoed")


def pair_id(subject: str, left: str, right: str) -> str:
    """SQL: the id of a pair of tokens in either order. It stays the same while both records report the same."""
    return f"left(md5({subject} || least({left}, {right}) || greatest({left}, {right})), 16)"


REVIEW = f"""
with pair as (
    select 'person' as subject, * from linked.person_open_pair
    union all
    select 'organization', * from linked.organization_open_pair
),

unresolved as (
    select 'person' as subject, token, min((record_id, role)) as earliest from linked.person_unresolved group by token
    union all
    select 'organization', token, min((record_id, role)) from linked.organization_unresolved group by token
)

select {pair_id("pair.subject", "token_l", "token_r")} as pair_id, pair.subject, state, weight,
    probability, token_l, l.earliest[1] as record_id_l, l.earliest[2] as role_l, token_r, r.earliest[1] as record_id_r,
    r.earliest[2] as role_r, evidence
from pair
left join unresolved as l on pair.subject = l.subject and l.token = token_l
left join unresolved as r on pair.subject = r.subject and r.token = token_r
"""


def open_pairs(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    """Number of pairs by subject and state, zeros included: {"person_uncertain": 12, ...}. `table`: as linked.review."""
    counted: dict[tuple[str, str], int] = {
        (subject, state): pairs
        for subject, state, pairs in con.execute(
            f"select subject, state, count(*) from {table} group by all"
        ).fetchall()
    }
    return {
        f"{subject}_{state}": counted.get((subject, state), 0)
        for subject in ("person", "organization")
        for state in STATES
    }
