"""Linked clusters against true ones: pairs of records, and whole clusters.

Here: section person and section organization. Not here: which errors the records carry (kinds.py).

A pair is two records in one cluster; pairs are counted by n(n-1)/2 of group sizes, never listed.
"""

import duckdb

from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject, account


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Precision, recall and F1 of pairs and of clusters. Reads the tables of records.py.

    A golden id is spurious if most of its records are about a subject that has another golden id with more of its
    records: somebody who does not exist beside somebody who does.
    """
    return account(con, subject) | row_of(con, _SQL.format(subject=subject.name))


_SQL = """
with part as (
    select *, n * (n - 1) // 2 as right_pairs, right_pairs - clean * (clean - 1) // 2 as right_pairs_with_error
    from {subject}_part
),

linked as (
    select cluster_id, count(*) as true_ids, sum(n)::bigint as records, records * (records - 1) // 2 as pairs
    from part group by cluster_id
),

truly as (
    select true_id, count(*) as parts, sum(n)::bigint as records, records * (records - 1) // 2 as pairs,
        sum(clean)::bigint as clean_records, pairs - clean_records * (clean_records - 1) // 2 as pairs_with_error
    from part group by true_id
),

golden as (
    select owner_id, count(*) as ids from {subject}_owner where is_resolved group by owner_id
),

figure as (
    select
        (select coalesce(sum(ids - 1), 0)::bigint from golden) as spurious,
        (select count(*) from linked) as clusters,
        (select count(*) from truly) as true_clusters,
        (select count(*) from part join linked using (cluster_id) join truly using (true_id)
            where linked.true_ids = 1 and truly.parts = 1) as right_clusters,
        (select sum(pairs)::bigint from linked) as linked_pairs,
        (select sum(pairs)::bigint from truly) as true_pairs,
        (select sum(right_pairs)::bigint from part) as right_pairs,
        (select sum(pairs_with_error)::bigint from truly) as true_pairs_with_error,
        (select sum(right_pairs_with_error)::bigint from part) as right_pairs_with_error
)

select clusters, true_clusters, right_clusters, linked_pairs, true_pairs,
    linked_pairs - right_pairs as false_pairs,
    true_pairs - right_pairs as missed_pairs,
    right_pairs / nullif(linked_pairs, 0) as precision,
    right_pairs / nullif(true_pairs, 0) as recall,
    2 * right_pairs / nullif(linked_pairs + true_pairs, 0) as f1,
    right_pairs_with_error / nullif(true_pairs_with_error, 0) as recall_with_error,
    right_clusters / nullif(clusters, 0) as cluster_precision,
    right_clusters / nullif(true_clusters, 0) as cluster_recall,
    2 * right_clusters / nullif(clusters + true_clusters, 0) as cluster_f1,
    spurious, spurious / nullif(true_clusters, 0) as spurious_share
from figure
"""
