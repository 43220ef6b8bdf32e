"""Clustering: which candidate pairs are matches, which records form a cluster, and which pairs a person must decide.

Here: thresholds, vetoes, decisions of people, splitting of clusters. Not here: weights (scoring.py), ids (registry.py),
the review queue (review.py).

A cluster has at most one resolved subject, because two different accepted numbers are two subjects. It never has two
members that veto each other, through whatever chain of pairs. A person's decision counts more than any weight or
cluster size, but less than a veto.
"""

from dataclasses import dataclass, field
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from suining_data.linkage.subject_linkage import SubjectLinkage

ACCEPT = 10.0  # weight (log2 of the odds) from which a pair is a match: one false match in a thousand such pairs
REVIEW = 0.0  # weight below which a pair is more likely a non-match
MARGIN = 5.0  # bits between the best and the second resolved subject; with less, a person decides
LARGE, STRONG = 12, 20.0  # a cluster grows beyond LARGE records only by pairs with at least the weight STRONG

Edges = dict[str, NDArray[Any]]


def cluster(
    con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, scored: str, profiles: str, decisions: str
) -> None:
    """Fill the temporary tables member(token, root, rule, weight, matched, evidence) and open_pair.

    `member` has every unresolved token of `profiles`; its `root` is the resolved subject of its cluster, or the first
    token of the cluster. `open_pair` (token_l, token_r, weight, probability, evidence, state) has the pairs that a
    person should decide. `decisions` has token_l, token_r, verdict, one row per pair in either order; `scored` includes
    every pair with the verdict `same`.
    """
    con.execute(_classified(subject, scored, profiles, decisions))
    edges = _edges(con)
    nodes = con.execute(f"select count(*) from {profiles}").fetchall()[0][0]
    labels = _components(nodes, edges["l"], edges["r"])
    _register_labels(con, labels)
    broken = _broken_components(con, subject, profiles)
    if broken:
        labels = _split(con, subject, profiles, edges, labels, broken)
        _register_labels(con, labels)
    con.execute(_members(profiles))
    con.execute(_OPEN)


def _classified(subject: SubjectLinkage, scored: str, profiles: str, decisions: str) -> str:
    """SQL: the temporary tables decided, classified_pair (every pair with what decides about it) and accepted_pair.

    `is_out`: a veto or a decision excludes the pair; two accepted numbers are a veto as well. `is_settled`: a person
    decided to which resolved subject the record belongs. `lead_weight`: bits above the next pair of the record;
    `gap_weight`: bits below the best pair of the record.
    """
    return f"""
        create or replace temp table decided as
        select least(token_l, token_r) as a, greatest(token_l, token_r) as b, verdict
        from {decisions} where verdict <> 'unsure';

        create or replace temp table classified_pair as
        with compared as (
            select l.node as l, r.node as r, pair.*, r.is_resolved, verdict,
                l.is_resolved and r.is_resolved as is_two_numbers, {_vetoed(subject)} as is_contradicted,
                is_two_numbers or is_contradicted as is_vetoed,
                is_vetoed or coalesce(verdict = 'different', false) as is_out
            from {scored} as pair
            join {profiles} as l on l.token = pair.token_l
            join {profiles} as r on r.token = pair.token_r
            left join decided on decided.a = least(pair.token_l, pair.token_r)
                and decided.b = greatest(pair.token_l, pair.token_r)
        )

        select *, row_number() over best as position, weight - lead(weight) over best as lead_weight,
            first_value(weight) over best - weight as gap_weight,
            bool_or(coalesce(verdict = 'same', false) and is_resolved and not is_out) over (partition by token_l) as is_settled
        from compared
        window best as (partition by token_l, is_resolved, is_out order by weight desc, token_r);

        create or replace temp table accepted_pair as
        select l, r, token_l, token_r, evidence, weight, verdict is not null as is_decided
        from classified_pair
        where not is_out and (verdict = 'same' or (weight >= {ACCEPT} and (not is_resolved or (
            not is_settled and position = 1 and coalesce(lead_weight, {MARGIN}) >= {MARGIN}))))
    """


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    """The accepted pairs as columns l, r, weight, the strongest first. Decided pairs come before all others."""
    ordered = con.execute("""
        select l, r, case when is_decided then 'inf'::double else weight end as weight
        from accepted_pair order by is_decided desc, accepted_pair.weight desc, l, r
    """)
    return {name: np.asarray(column) for name, column in ordered.fetchnumpy().items()}


def _vetoed(subject: SubjectLinkage) -> str:
    return " or ".join(f"coalesce({veto}, false)" for veto in subject.vetoes) or "false"


def _components(nodes: int, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.int64]:
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(nodes, nodes))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def _register_labels(con: duckdb.DuckDBPyConnection, labels: NDArray[np.int64]) -> None:
    table = pa.table({"node": np.arange(len(labels)), "component": labels})
    con.register("labels", table)
    con.execute("create or replace temp table component as select * from labels")
    con.unregister("labels")


def _broken_components(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, profiles: str) -> list[int]:
    """Components with two resolved subjects, with two members that a veto or a decision separates, or with too many."""
    rows = con.execute(f"""
        with member as (select component, p.* from component join {profiles} as p using (node)),
        several as (select component from member group by component having count(*) > 1),
        size as (
            select component from member semi join several using (component)
            group by component having count(*) > {LARGE} or count(*) filter (where is_resolved) > 1
        )
        select component from size
        union
        select l.component from member as l
        join member as r on l.component = r.component and l.node < r.node
        left join decided on decided.a = least(l.token, r.token) and decided.b = greatest(l.token, r.token)
        where l.component in (from several) and l.component not in (from size)
            and (decided.verdict = 'different' or {_vetoed(subject)})
        order by 1
    """).fetchall()
    return [component for (component,) in rows]


def _split(
    con: duckdb.DuckDBPyConnection,
    subject: SubjectLinkage,
    profiles: str,
    edges: Edges,
    labels: NDArray[np.int64],
    broken: list[int],
) -> NDArray[np.int64]:
    """Split broken components: join their members anew, the strongest pairs first, never against a veto."""
    inside = np.isin(labels[edges["l"]], broken)
    vetoes = _vetoes_inside(con, subject, profiles, broken)
    resolved = {node for (node,) in con.execute(f"select node from {profiles} where is_resolved").fetchall()}
    sets = _DisjointSets(vetoes, resolved)
    for left, right, weight in zip(*(edges[name][inside].tolist() for name in ("l", "r", "weight")), strict=True):
        sets.join(left, right, weight)
    fresh = labels.copy()
    inside_nodes = np.flatnonzero(np.isin(labels, broken))
    fresh[inside_nodes] = labels.max() + 1 + np.array([sets.root(int(node)) for node in inside_nodes])
    return fresh


def _vetoes_inside(
    con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, profiles: str, broken: list[int]
) -> dict[int, set[int]]:
    """Node -> nodes of the same broken component that must not be in its cluster."""
    rows = con.execute(
        f"""
        with member as (
            select component, p.* from component join {profiles} as p using (node) where list_contains(?, component)
        )
        select l.node, r.node from member as l
        join member as r on l.component = r.component and l.node <> r.node
        left join decided on decided.a = least(l.token, r.token) and decided.b = greatest(l.token, r.token)
        where decided.verdict = 'different' or {_vetoed(subject)}
        """,
        [broken],
    ).fetchall()
    vetoes: dict[int, set[int]] = {}
    for left, right in rows:
        vetoes.setdefault(left, set()).add(right)
    return vetoes


@dataclass
class _DisjointSets:
    """Union-find with conditions: two sets stay separate on a veto, with two resolved nodes, or when too large."""

    vetoes: dict[int, set[int]]
    resolved: set[int]
    parents: dict[int, int] = field(default_factory=dict)
    members: dict[int, set[int]] = field(default_factory=dict)

    def root(self, node: int) -> int:
        while (parent := self.parents.get(node, node)) != node:
            node = parent
        return node

    def join(self, left: int, right: int, weight: float) -> None:
        a, b = self.root(left), self.root(right)
        if a == b:
            return
        ours, theirs = self.members.get(a, {a}), self.members.get(b, {b})
        if len(self.resolved & (ours | theirs)) > 1 or any(self.vetoes.get(node, set()) & theirs for node in ours):
            return
        if len(ours) + len(theirs) > LARGE and weight < STRONG:
            return
        self.parents[b] = a
        self.members[a] = ours | theirs


def _members(profiles: str) -> str:
    """SQL: every unresolved token with its cluster, and the strongest accepted pair that links it to the cluster."""
    return f"""
        create or replace temp table member as
        with placed as (select token, is_resolved, component from {profiles} join component using (node)),

        root as (
            select component, coalesce(min(token) filter (where is_resolved), min(token)) as root,
                bool_or(is_resolved) as is_of_resolved
            from placed group by component
        ),

        link as (
            select token_l as token, token_r as matched, weight, is_decided, evidence from accepted_pair
            union all
            select token_r, token_l, weight, is_decided, evidence from accepted_pair
        ),

        best as (
            select link.* from link
            join placed as a using (token)
            join placed as b on b.token = link.matched and a.component = b.component
            qualify row_number() over (
                partition by link.token order by link.is_decided desc, link.weight desc, matched) = 1
        )

        select placed.token, root, is_of_resolved, matched, weight, evidence,
            case when is_decided then 'decided' when matched is not null then 'scored' end as rule
        from placed
        join root using (component)
        left join best using (token)
        where not placed.is_resolved
    """


# The pairs for a person: a weight between the thresholds, too small a lead, split into two clusters, two accepted numbers
# of what seems to be one subject, a match but for a veto, or a decision `same` against a veto or another decision. Of
# several resolved subjects for one record, only those within MARGIN of the best are open.
_OPEN = f"""
    create or replace temp table open_pair as
    select token_l, token_r, weight, probability, evidence,
        case when verdict = 'same' then 'vetoed' when is_two_numbers then 'two_numbers' when is_vetoed then 'conflicting'
            when weight >= {ACCEPT} then 'ambiguous' else 'uncertain' end as state
    from classified_pair as pair
    left join (select token, root, is_of_resolved from member) as l on l.token = pair.token_l
    left join (select token, root, is_of_resolved from member) as r on r.token = pair.token_r
    where coalesce(l.root, pair.token_l) <> coalesce(r.root, pair.token_r)
        and case when verdict = 'same' then true
            when verdict = 'different' or weight < {REVIEW} then false
            when is_two_numbers then not is_contradicted
            when is_vetoed and (weight < {ACCEPT} or l.is_of_resolved or (is_resolved and gap_weight > 0)) then false
            when weight < {ACCEPT} and l.is_of_resolved and coalesce(r.is_of_resolved, true) then false
            else not is_resolved or (not is_settled and gap_weight < {MARGIN}) end
"""
