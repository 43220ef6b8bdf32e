"""Probabilistic linkage of one subject: it assigns records without an accepted number to a subject.

Here: the sequence blocking, scoring, clustering, and the tables linked.<subject>_link and linked.<subject>_open_pair.
Not here: the parts (blocking.py, scoring.py, clustering.py), ids (registry.py).
"""

import duckdb

from suining_data.linkage.blocking import FREQUENCY, PAIR, PROFILE, find_candidates, rounded_subjects
from suining_data.linkage.clustering import cluster
from suining_data.linkage.scoring import Inputs, score, trained_model
from suining_data.linkage.subject_linkage import SubjectLinkage
from suining_data.linkage.tokens import move_tokens
from suining_data.warehouse import STAGING

EVIDENCE = 'struct(comparison varchar, "level" varchar, weight double)[]'
LINK = f"token varchar, root varchar, is_subject boolean, rule varchar, weight double, matched varchar, evidence {EVIDENCE}"
OPEN_PAIR = f"token_l varchar, token_r varchar, weight double, probability double, evidence {EVIDENCE}, state varchar"
SCORED = f"token_l varchar, token_r varchar, weight double, probability double, evidence {EVIDENCE}"


def link(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage) -> int:
    """Write the staging tables of linked.<subject>_link, one row per unresolved token, and of the open pairs.

    `root` is the key of an accepted number, or the first token of the cluster. `is_subject` is true if the cluster
    reports enough to be a subject of its own. Returns the number of rows of linked.<subject>_link.
    """
    move_tokens(con, subject.name)
    compare(con, subject)
    con.execute(f"""
        create or replace table linked.{subject.name}_link{STAGING} as
        with placed as (
            select record.*, coalesce(member.root, record.token) as root, rule, weight, matched, evidence
            from linked.{subject.name}_unresolved as record left join member using (token)
            where record.token is not null
        ),

        subject as (
            select root, not starts_with(root, 'record:') or ({subject.exists}) as is_subject from placed group by root
        )

        select distinct token, root, is_subject, rule, weight, matched, evidence from placed join subject using (root)
    """)
    con.execute(f"create or replace table linked.{subject.name}_open_pair{STAGING} as from open_pair")
    return int(con.execute(f"select count(*) from linked.{subject.name}_link{STAGING}").fetchall()[0][0])


def compare(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage) -> None:
    """Fill the temporary tables of blocking.py, `scored`, and those of clustering.py."""
    con.execute(f"create or replace temp table last_decision as {_LAST_DECISION}", [subject.name])
    find_candidates(con, subject, "last_decision")
    _score(con, subject)
    cluster(con, subject, "scored", PROFILE, "last_decision")


# Of several decisions on a pair, in either order of its tokens, the last counts.
_LAST_DECISION = """
    select token_l, token_r, verdict from registry.decision where subject = ?
    qualify row_number() over (
        partition by least(token_l, token_r), greatest(token_l, token_r) order by decided_at desc, decision_number desc) = 1
"""


def _score(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage) -> None:
    (pairs,) = con.execute(f"select count(*) from {PAIR}").fetchall()[0]
    if pairs == 0:
        con.execute(f"create or replace temp table scored ({SCORED})")
    else:
        inputs = Inputs(PAIR, PROFILE, FREQUENCY, rounded_subjects(con))
        score(con, trained_model(subject.name)["settings"], inputs, "scored")
