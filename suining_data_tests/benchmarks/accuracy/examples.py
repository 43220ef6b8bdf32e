"""Examples of records that went wrong, with what was compared and the rule that decided.

Here: the tables and queries of --explain. Not here: printing (explain.py), which records went wrong (kinds.py).

The warehouse keeps the pairs that were linked or left to review. What else was compared is compared anew, from the same
tables with the same model.
"""

from dataclasses import dataclass
from typing import Any

import duckdb

from suining_data.linkage.clustering import MARGIN
from suining_data.linkage.linking import compare
from suining_data.linkage.subject_linkage import SUBJECT_LINKAGES, SubjectLinkage
from suining_data.linkage.threshold import ACCEPT
from suining_data_tests.benchmarks.accuracy.figures import Figures, rows_of
from suining_data_tests.benchmarks.accuracy.records import Subject

WORST, EXAMPLES, SHOWN = 10, 10, 3  # kinds of a subject, examples of a kind, records of a cluster
Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """A record and a cluster: some of the cluster's records, the strongest compared pair, and the rule that decided."""

    title: str
    records: list[Row]
    pair: Row | None
    rule: str


@dataclass(frozen=True)
class Example:
    """A record that went wrong, and what it was or should have been linked with."""

    outcome: str
    record: Row
    comparisons: list[Comparison]


def prepare(con: duckdb.DuckDBPyConnection, subject: Subject) -> None:
    """Compare the candidate pairs anew, and create the tables that `worst_kinds` and `examples` read.

    Reads the tables of records.py and kinds.py. wrong_record: a row per record and kind, `own_cluster` is where most
    other records of its subject are. cluster_token: the keys of every cluster.
    """
    name = subject.name
    compare(con, _linkage(subject))
    con.execute(f"""
        create or replace temp table cluster_token as
        select {name}_id as cluster_id, token from linked.{name}_identity
        union
        select record_id || role, token from linked.{name}_unresolved
        join {name}_matched using (record_id, role) where token is not null and not is_resolved
    """)
    con.execute(f"""
        create or replace temp table wrong_record as
        with wrong as (
            select record_id, role, true_id, cluster_id, outcome,
                unnest(case when len(kinds) = 0 then ['without_error'] else kinds end) as kind
            from {name}_placed where outcome in ('wrong', 'alone', 'apart')
        )

        select wrong.*, arg_max(part.cluster_id, (part.n, part.cluster_id)) as own_cluster
        from wrong left join {name}_part as part on part.true_id = wrong.true_id and part.cluster_id <> wrong.cluster_id
        group by all
    """)


def worst_kinds(con: duckdb.DuckDBPyConnection) -> list[Figures]:
    """The kinds of error with most records that went wrong, the worst first."""
    return rows_of(
        con,
        f"""
        select kind, count(*) as records, count_if(outcome = 'wrong') as wrong, count_if(outcome = 'alone') as alone,
            count_if(outcome = 'apart') as apart
        from wrong_record group by kind order by records desc, kind limit {WORST}
        """,
    )


def examples(con: duckdb.DuckDBPyConnection, subject: Subject, kind: str) -> list[Example]:
    """Ten records that went wrong and have an error of a kind, the same ones every time."""
    chosen = _rows(
        con,
        f"""
        select record_id, wrong_record.role, wrong_record.cluster_id, outcome, own_cluster, unresolved.token,
            unresolved.record_id is not null as is_unresolved, unresolved.contested_number, link_rule
        from wrong_record
        join linked.{subject.name}_record as record using (record_id, role)
        left join linked.{subject.name}_unresolved as unresolved using (record_id, role)
        where kind = ? order by md5(record_id || wrong_record.role) limit {EXAMPLES}
        """,
        [kind],
    )
    return [_example(con, subject, row) for row in chosen]


def _example(con: duckdb.DuckDBPyConnection, subject: Subject, row: Row) -> Example:
    sides = [("in the cluster of somebody else", row["cluster_id"])] if row["outcome"] == "wrong" else []
    if row["own_cluster"]:
        sides.append(("most of its own subject", row["own_cluster"]))
    record = _evidence(con, subject, "record_id = ? and role = ?", [row["record_id"], row["role"]])[0]
    comparisons = [_comparison(con, subject, row, title, cluster) for title, cluster in sides]
    return Example(row["outcome"], record | {"linked by": row["link_rule"]}, comparisons)


def _comparison(con: duckdb.DuckDBPyConnection, subject: Subject, row: Row, title: str, cluster: str) -> Comparison:
    records = _evidence(
        con,
        subject,
        f"(record_id, role) in (select (record_id, role) from {subject.name}_matched where cluster_id = ?) "
        "and (record_id, role) <> (?, ?)",
        [cluster, row["record_id"], row["role"]],
    )
    pair = _strongest_pair(con, row, cluster)
    return Comparison(f"{title}: {cluster}", records, pair, _rule(con, subject, row, cluster, pair))


def _strongest_pair(con: duckdb.DuckDBPyConnection, row: Row, cluster: str) -> Row | None:
    """The compared pair of the record, or of the number that it has, with a key of a cluster."""
    own = "select ?" if row["is_unresolved"] else "select token from cluster_token where cluster_id = ?"
    found = _rows(
        con,
        f"""
        with own(token) as ({own}), theirs as (select token from cluster_token where cluster_id = ?)
        select * from classified_pair
        where (token_l in (from own) and token_r in (from theirs)) or (token_r in (from own) and token_l in (from theirs))
        order by weight desc, token_l, token_r limit 1
        """,
        [row["token"] if row["is_unresolved"] else row["cluster_id"], cluster],
    )
    return found[0] if found else None


def _rule(con: duckdb.DuckDBPyConnection, subject: Subject, row: Row, cluster: str, pair: Row | None) -> str:
    """What decided whether a record is in a cluster, in words."""
    is_inside, contested = row["cluster_id"] == cluster, "contested number; " if row["contested_number"] else ""
    if is_inside and not row["is_unresolved"]:
        return "linked by an accepted number"
    if is_inside:
        return contested + (f"linked by weight {pair['weight']:.1f}" if pair else "linked through other records")
    if pair:
        return contested + _rule_of_pair(con, subject, pair)
    keys = con.execute(
        "select starts_with(token, 'record:') from cluster_token where cluster_id = ?", [cluster]
    ).fetchall()
    if (row["is_unresolved"] and row["token"] is None) or not keys:
        return contested + "not compared: a record reports too little"
    has_numbers = not row["is_unresolved"] and (False,) in keys
    return contested + ("two accepted numbers, not compared" if has_numbers else "not blocked")


def _rule_of_pair(con: duckdb.DuckDBPyConnection, subject: Subject, pair: Row) -> str:
    """What kept a compared pair apart, and whether it is left to review."""
    lead, gap, weight = pair["lead_weight"], pair["gap_weight"], f"weight {pair['weight']:.1f}"
    if pair["is_vetoed"]:
        vetoes = [veto for veto in _linkage(subject).vetoes if _holds(con, veto, pair)]
        rule = "; ".join(f"veto: {veto}" for veto in vetoes or ["two accepted numbers"])
    elif pair["verdict"]:
        rule = f"decided by a person: {pair['verdict']}"
    elif pair["weight"] < ACCEPT:
        rule = f"threshold: {weight} is below {ACCEPT:g}"
    elif pair["is_resolved"] and gap > 0:
        rule = f"another subject is {gap:.1f} bits ahead"
    elif pair["is_resolved"] and lead is not None and lead < MARGIN:
        rule = f"margin: the next subject is only {lead:.1f} bits behind"
    else:
        rule = f"accepted with {weight}, but the cluster was split"
    state = con.execute(
        "select state from open_pair where token_l = ? and token_r = ?", [pair["token_l"], pair["token_r"]]
    ).fetchone()
    return f"{rule}; {f'left to review ({state[0]})' if state else 'not left to review'}"


def _holds(con: duckdb.DuckDBPyConnection, veto: str, pair: Row) -> bool:
    return bool(
        con.execute(
            f"""select 1 from candidate_profile as l, candidate_profile as r
            where l.token = ? and r.token = ? and coalesce({veto}, false)""",
            [pair["token_l"], pair["token_r"]],
        ).fetchone()
    )


def _evidence(con: duckdb.DuckDBPyConnection, subject: Subject, where: str, values: list[object]) -> list[Row]:
    """What some records report: the columns that linkage compares, without empty ones."""
    sql = f"""select * exclude (record_id, role_number, name_authority) from linked.{subject.name}_evidence
        where {where} order by resource_id, md5(record_id || role) limit {SHOWN}"""
    return [{name: value for name, value in row.items() if value is not None} for row in _rows(con, sql, values)]


def _rows(con: duckdb.DuckDBPyConnection, sql: str, values: list[object]) -> list[Row]:
    selected = con.execute(sql, values)
    names = [column[0] for column in selected.description]
    return [dict(zip(names, row, strict=True)) for row in selected.fetchall()]


def _linkage(subject: Subject) -> SubjectLinkage:
    (linkage,) = (linkage for linkage in SUBJECT_LINKAGES if linkage.name == subject.name)
    return linkage
