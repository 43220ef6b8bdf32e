"""Clustering: which candidate pairs are matches, which records form a cluster, and which pairs a person must decide.

Here: vetoes, decisions of people, joining of clusters, the thresholds beside that of a match. Not here: weights (scoring.py),
the threshold of a match (threshold.py), ids (registry.py), the review queue (review.py).

A cluster has at most one resolved subject, because two different accepted numbers are two subjects. It never has two
members that veto each other, through whatever chain of pairs. Two clusters of several records join when enough of the
pairs between them agree: one false match between two persons with many records has no support. So a cluster may be as
large as its records agree. A person's decision counts more than any weight or support, but less than a veto.
"""

from collections import Counter
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from suining_data.linkage.subject_linkage import SubjectLinkage

REVIEW = 0.0  # weight below which a pair is more likely a non-match
MARGIN = 5.0  # bits between the best and the second resolved subject; with less, a person decides
# Two clusters join if at least SHARE of the pairs of their records have the weight SUPPORT, one of them is a match. Records
# without a number also join by several pairs of the weight SUPPORT. Of thresholds and shares tried on data with one to
# twenty records a person, these lose least (suining_data_tests/benchmarks/foreign).
SUPPORT = 5.0
SHARE = 0.3
SEVERAL = 2

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
    doubtful = _doubtful_components(con, subject, profiles)
    if doubtful:
        labels = _joined_anew(con, subject, profiles, edges, labels, doubtful)
        _register_labels(con, labels)
    con.execute(_members(profiles))
    con.execute(_open_pairs(subject.accept))


def _classified(subject: SubjectLinkage, scored: str, profiles: str, decisions: str) -> str:
    """SQL: the temporary tables decided, classified_pair (every pair with what decides about it) and linking_pair.

    `is_out`: a veto or a decision excludes the pair; two accepted numbers are a veto as well. `is_settled`: a person
    decided to which resolved subject the record belongs. `lead_weight`: bits above the next pair of the record;
    `gap_weight`: bits below the best pair of the record.
    A linking pair is accepted (it joins two records), or it supports others.
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

        create or replace temp table linking_pair as
        select l, r, token_l, token_r, is_resolved, evidence, weight, verdict is not null as is_decided,
            coalesce(verdict = 'same', false) or (weight >= {subject.accept} and (not is_resolved or (
                not is_settled and position = 1 and coalesce(lead_weight, {MARGIN}) >= {MARGIN}))) as is_accepted
        from classified_pair
        where not is_out and case when is_resolved then is_accepted else verdict = 'same' or weight >= {min(SUPPORT, subject.accept)} end
    """


def _edges(con: duckdb.DuckDBPyConnection) -> Edges:
    """The linking pairs as columns l, r, weight, is_accepted, the strongest first. Decided pairs come before all others."""
    ordered = con.execute("""
        select l, r, is_accepted, case when is_decided then 'inf'::double else weight end as weight
        from linking_pair order by is_decided desc, linking_pair.weight desc, l, r
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


def _doubtful_components(con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, profiles: str) -> list[int]:
    """Components with two resolved subjects, with two members that a veto or a decision separates, or with a member that
    no accepted pair links to the resolved subject or to the only other member."""
    rows = con.execute(f"""
        with member as (select component, p.* from component join {profiles} as p using (node)),

        direct as (
            select l as node from linking_pair where is_accepted and is_resolved
            union
            select unnest([l, r]) from linking_pair join component on node = l
            where is_accepted and component in (select component from component group by component having count(*) = 2)
        ),

        several as (
            select component, count(*) filter (where is_resolved) as resolved, bool_and(is_resolved or direct.node is not null) as is_direct
            from member left join direct using (node) group by component having count(*) > 1
        ),

        weak as (select component from several where resolved > 1 or not is_direct)

        select component from weak
        union
        select l.component from member as l
        join member as r on l.component = r.component and l.node < r.node
        left join decided on decided.a = least(l.token, r.token) and decided.b = greatest(l.token, r.token)
        where l.component in (select component from several) and l.component not in (from weak)
            and (decided.verdict = 'different' or {_vetoed(subject)})
        order by 1
    """).fetchall()
    return [component for (component,) in rows]


def _joined_anew(
    con: duckdb.DuckDBPyConnection,
    subject: SubjectLinkage,
    profiles: str,
    edges: Edges,
    labels: NDArray[np.int64],
    doubtful: list[int],
) -> NDArray[np.int64]:
    """The labels after the members of doubtful components are joined pair by pair, the strongest pairs first.

    A pair without enough support is tried again after others have joined.
    """
    inside = np.isin(labels[edges["l"]], doubtful)
    vetoes = _vetoes_inside(con, subject, profiles, doubtful)
    resolved = {node for (node,) in con.execute(f"select node from {profiles} where is_resolved").fetchall()}
    pairs = list(zip(*(edges[name][inside].tolist() for name in ("l", "r", "weight", "is_accepted")), strict=True))
    clusters = _Clusters(pairs, vetoes, resolved)
    remaining = pairs
    while len(rest := [pair for pair in remaining if not clusters.join(*pair)]) < len(remaining):
        remaining = rest
    fresh = labels.copy()
    inside_nodes = np.flatnonzero(np.isin(labels, doubtful))
    fresh[inside_nodes] = labels.max() + 1 + np.array([clusters.root(int(node)) for node in inside_nodes])
    return fresh


def _vetoes_inside(
    con: duckdb.DuckDBPyConnection, subject: SubjectLinkage, profiles: str, doubtful: list[int]
) -> dict[int, set[int]]:
    """Node -> nodes of the same doubtful component that must not be in its cluster."""
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
        [doubtful],
    ).fetchall()
    vetoes: dict[int, set[int]] = {}
    for left, right in rows:
        vetoes.setdefault(left, set()).add(right)
    return vetoes


class _Clusters:
    """Union-find with conditions: two clusters stay separate on a veto, with two resolved nodes, or without support."""

    def __init__(
        self, pairs: list[tuple[int, int, float, bool]], vetoes: dict[int, set[int]], resolved: set[int]
    ) -> None:
        self.vetoes = vetoes
        self.resolved = resolved
        self.parents: dict[int, int] = {}
        self.members: dict[int, set[int]] = {}
        self.support: dict[int, Counter[int]] = {}  # cluster -> other cluster -> linking pairs between them
        for left, right, *_ in pairs:
            for one, other in ((left, right), (right, left)):
                self.support.setdefault(one, Counter())[other] += 1

    def root(self, node: int) -> int:
        while (parent := self.parents.get(node, node)) != node:
            node = parent
        return node

    def join(self, left: int, right: int, weight: float, is_accepted: bool) -> bool:
        """Join the clusters of two nodes. True when they are one cluster now or were before."""
        a, b = self.root(left), self.root(right)
        if a == b:
            return True
        ours, theirs = self.members.get(a, {a}), self.members.get(b, {b})
        if len(self.resolved & (ours | theirs)) > 1 or any(self.vetoes.get(node, set()) & theirs for node in ours):
            return False
        is_decided = weight == float("inf")
        if not is_decided and not self._is_supported(left, right, is_accepted):
            return False
        self._merge(*((a, b) if len(self.support[a]) >= len(self.support[b]) else (b, a)))
        return True

    def _is_supported(self, left: int, right: int, is_accepted: bool) -> bool:
        """Whether enough pairs of the two clusters agree. A resolved subject is all of its records, so it needs no other."""
        if is_accepted and not self.resolved.isdisjoint((left, right)):
            return True
        a, b = self.root(left), self.root(right)
        ours, theirs = self.members.get(a, {a}), self.members.get(b, {b})
        agreeing = self.support[a][b]
        if agreeing < SHARE * len(ours) * len(theirs):
            return False
        return is_accepted or (agreeing >= SEVERAL and self.resolved.isdisjoint(ours | theirs))

    def _merge(self, kept: int, joined: int) -> None:
        self.parents[joined] = kept
        self.members[kept] = self.members.get(kept, {kept}) | self.members.pop(joined, {joined})
        ours, theirs = self.support[kept], self.support.pop(joined)
        del ours[joined], theirs[kept]
        for other, pairs in theirs.items():
            ours[other] += pairs
            del self.support[other][joined]
            self.support[other][kept] += pairs


def _members(profiles: str) -> str:
    """SQL: every unresolved token with its cluster, and the strongest pair that links it to the cluster."""
    return f"""
        create or replace temp table member as
        with placed as (select token, is_resolved, component from {profiles} join component using (node)),

        root as (
            select component, coalesce(min(token) filter (where is_resolved), min(token)) as root,
                bool_or(is_resolved) as is_of_resolved
            from placed group by component
        ),

        link as (
            select token_l as token, token_r as matched, weight, is_decided, evidence from linking_pair
            union all
            select token_r, token_l, weight, is_decided, evidence from linking_pair
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


def _open_pairs(accept: float) -> str:
    """SQL: the pairs for a person.

    A weight between the thresholds, too small a lead, split into two clusters, two accepted numbers of what seems to be one
    subject, a match but for a veto, or a decision `same` against a veto or another decision. Of several resolved subjects
    for one record, only those within MARGIN of the best are open.
    """
    return f"""
        create or replace temp table open_pair as
        select token_l, token_r, weight, probability, evidence,
            case when verdict = 'same' then 'vetoed' when is_two_numbers then 'two_numbers' when is_vetoed then 'conflicting'
                when weight >= {accept} then 'ambiguous' else 'uncertain' end as state
        from classified_pair as pair
        left join (select token, root, is_of_resolved from member) as l on l.token = pair.token_l
        left join (select token, root, is_of_resolved from member) as r on r.token = pair.token_r
        where coalesce(l.root, pair.token_l) <> coalesce(r.root, pair.token_r)
            and case when verdict = 'same' then true
                when verdict = 'different' or weight < {REVIEW} then false
                when is_two_numbers then not is_contradicted
                when is_vetoed and (weight < {accept} or l.is_of_resolved or (is_resolved and gap_weight > 0)) then false
                when weight < {accept} and l.is_of_resolved and coalesce(r.is_of_resolved, true) then false
                else not is_resolved or (not is_settled and gap_weight < {MARGIN}) end
    """
