"""Linked clusters against true ones: pairs of records, and whole clusters.

Here: section person and section organization. Not here: which errors the records carry (kinds.py).

A pair is two records in one cluster; pairs are counted by n(n-1)/2 of group sizes, never listed.
"""

import duckdb

from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject, account


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Precision, recall and F1 of pairs and of clusters. Reads <subject>_matched."""
    return account(con, subject) | row_of(con, _SQL.format(matched=f"{subject.name}_matched"))


_SQL = """
with part as (
    select cluster_id, true_id, count(*) as n, count(*) filter (where len(kinds) = 0) as clean, count_if(not is_known) as unknown
    from {matched} group by all
),

pairs_of as (select *, n * (n - 1) // 2 as pairs, pairs - clean * (clean - 1) // 2 as pairs_with_error from part),

linked as (
    select cluster_id, sum(n)::bigint as n, count(*) as true_ids, sum(n) * (sum(n) - 1) // 2 as pairs
    from part group by cluster_id
),

truly as (
    select true_id, sum(n)::bigint as n, count(*) as parts, sum(n) * (sum(n) - 1) // 2 as pairs,
        pairs - sum(clean) * (sum(clean) - 1) // 2 as pairs_with_error
    from part group by true_id
),

figure as (
    select
        (select count(*) from linked) as clusters,
        (select count(*) from truly) as true_clusters,
        (select count(*) from part join linked using (cluster_id) join truly using (true_id) where true_ids = 1 and parts = 1)
            as right_clusters,
        (select sum(unknown)::bigint from part) as records_without_id,
        (select sum(pairs)::bigint from linked) as linked_pairs,
        (select sum(pairs)::bigint from truly) as true_pairs,
        (select sum(pairs)::bigint from pairs_of) as right_pairs,
        (select sum(pairs_with_error)::bigint from truly) as true_pairs_with_error,
        (select sum(pairs_with_error)::bigint from pairs_of) as right_pairs_with_error
)

select records_without_id, clusters, true_clusters, right_clusters, true_pairs,
    linked_pairs - right_pairs as false_pairs,
    true_pairs - right_pairs as missed_pairs,
    right_pairs / linked_pairs as precision,
    right_pairs / true_pairs as recall,
    2 * right_pairs / (linked_pairs + true_pairs) as f1,
    right_pairs_with_error / true_pairs_with_error as recall_with_error,
    right_clusters / clusters as cluster_precision,
    right_clusters / true_clusters as cluster_recall,
    2 * right_clusters / (clusters + true_clusters) as cluster_f1
from figure
"""
