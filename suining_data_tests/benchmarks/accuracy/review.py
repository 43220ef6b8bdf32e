"""What linkage has left to a person to decide.

Here: section review, over the pairs of linked.review. Not here: what was linked (clusters.py).
"""

import duckdb

from suining_data.warehouse import table_exists
from suining_data_tests.benchmarks.accuracy.figures import Figures, row_of
from suining_data_tests.benchmarks.accuracy.records import Subject


def measure(con: duckdb.DuckDBPyConnection, subject: Subject) -> Figures:
    """Pairs, the records in them and their share of all, and the share of pairs that truly are one subject."""
    if not table_exists(con, "linked.review"):
        return {"table": "missing", "pairs": 0, "records": 0, "share_of_records": 0.0, "share_of_true_pairs": None}
    return {"table": "linked.review"} | row_of(con, _SQL.format(subject=subject.name))


_SQL = """
with pair as (from linked.review where subject = '{subject}'),

record as (
    select record_id_l as record_id, role_l as role from pair
    union
    select record_id_r, role_r from pair
),

judged as (
    select l.true_id = r.true_id as is_true
    from pair
    join {subject}_matched as l on l.record_id = record_id_l and l.role = role_l
    join {subject}_matched as r on r.record_id = record_id_r and r.role = role_r
),

figure as (
    select (select count(*) from pair) as pairs, (select count(*) from record) as records,
        (select count(*) from {subject}_matched) as all_records, count_if(is_true) / nullif(count(*), 0) as share_of_true_pairs
    from judged
)

select pairs, records, records / nullif(all_records, 0) as share_of_records, share_of_true_pairs from figure
"""
